import { sunrise } from '../demo/pictures.ts';
/** The actions shown with a running bot: every command, by members and by a moderator, and its replies. */
import { file } from '../discord/command-options.ts';
import { plainPng } from '../vendor/results/still.ts';
import type { GalleryEntry, GalleryGroup } from './protocol.ts';
import { LOG_CHANNELS, type Act, type GalleryStage } from './stage.ts';

const PROMPTS = {
  'en-US': [
    'A paper boat drifts across a quiet bay at dawn',
    'The sun climbs over the bay, and the water glitters',
    'Two cats play chess, slow motion',
  ],
  'zh-CN': [
    '黎明时分，一只纸船漂过宁静的海湾',
    '太阳从海湾上升起，海面波光粼粼',
    '两只猫在下棋，慢动作',
  ],
} as const;
const WORDS = { 'en-US': 'casino', 'zh-CN': '赌场' } as const;
const NOTES = { 'en-US': 'For the harbour festival', 'zh-CN': '港口节专用' } as const;

/** Plays everything, in an order in which each group finds its prerequisites. */
export async function playAll(stage: GalleryStage): Promise<GalleryGroup[]> {
  await stage.plays({
    title: UNSHOWN,
    who: stage.mia,
    command: 'settings language',
    options: { language: stage.locale },
  });
  return [
    await group('play-video', 'A video is asked for', videos(stage), stage),
    await group('play-questions', 'A price is asked about', questions(stage), stage),
    await group('play-refusals', 'A request that cannot be made', refusals(stage), stage),
    await group('play-quota', 'Moderators and the budget', quota(stage), stage),
    await group('play-settings', 'Moderators and the settings', settings(stage), stage),
    await group('play-limits', 'Where moderators have set limits', limits(stage), stage),
    await members(stage),
    await group('play-retired', 'A model is retired', retired(stage), stage),
    await log(stage),
  ];
}

/** The title of an action that only prepares the next. */
const UNSHOWN = '';

type Acts = Iterable<Omit<Act, 'who'> & Partial<Pick<Act, 'who'>>>;

/** One after another; by alice unless another member is named. */
async function group(
  id: string,
  title: string,
  acts: Acts,
  stage: GalleryStage,
): Promise<GalleryGroup> {
  const entries: GalleryEntry[] = [];
  for (const act of acts) {
    const entry = await stage.plays({ who: stage.alice, ...act });
    if (entry.title !== UNSHOWN) entries.push(entry);
  }
  return { id, title, entries };
}

const isDone: Act['shows'] = ({ media }) => media.length > 0;

function videos({ locale, bo, mia }: GalleryStage): Acts {
  const [boat, bay, cats] = PROMPTS[locale];
  const picture = file('sunrise.png', sunrise());
  const command = 'video';
  return [
    { title: 'From a prompt', command, options: { prompt: boat }, shows: isDone },
    {
      title: 'From a picture',
      who: bo,
      command,
      options: { prompt: bay, first_frame: picture, model: '1.0-pro-fast' },
      shows: isDone,
    },
    {
      title: 'A draft, with what its final costs',
      command,
      options: { prompt: cats, draft: true, model: '2.5' },
      shows: isDone,
    },
    {
      title: 'Privately',
      who: mia,
      command,
      options: { prompt: cats, private: true, model: '1.0-pro' },
      shows: isDone,
    },
  ];
}

function questions({ locale, bo }: GalleryStage): Acts {
  const [prompt] = PROMPTS[locale];
  const ask = (title: string, options: Act['options']) => ({
    title,
    who: bo,
    command: 'video',
    options: { prompt, ...options },
  });
  return [
    ask('Above what the server lets pass', { duration: 15 }),
    ask('A named model, with the usual one’s price beside it', { model: '2.5' }),
    ask('An expensive model chosen by the bot', { duration: 16 }),
    ask('A draft, with its finals', { draft: true }),
  ];
}

function refusals({ locale, bo }: GalleryStage): Acts {
  const [prompt] = PROMPTS[locale];
  const ask = (title: string, options: Act['options']) => ({
    title,
    who: bo,
    command: 'video',
    options: { prompt, ...options },
  });
  const text = file('boat.png', Buffer.from('This is no picture.'));
  return [
    { title: 'Nothing to go by', who: bo, command: 'video' },
    ask('Too long', { duration: 40 }),
    ask('Too long for the model', { model: '2.0-mini', duration: 20 }),
    ask('Too large for the model', { model: '2.0-mini', resolution: '1080p' }),
    ask('An unknown model', { model: '2.0 mni' }),
    ask('A model that ByteDance has retired', { model: '1.5-pro' }),
    ask('A fixed camera where there is none', { model: '2.0', camera_fixed: true }),
    ask('Economy where there is none', { model: '2.0', economy: true }),
    ask('Sound where there is none', { model: '1.0-pro', audio: true }),
    ask('A last frame alone', { last_frame: file('end.png', plainPng(640, 360)) }),
    ask('References where the model takes none', {
      model: '1.0-pro',
      reference_1: file('cat.png', plainPng(640, 360)),
    }),
    ask('A picture that is too small', { first_frame: file('tiny.png', plainPng(120, 90)) }),
    ask('A file that is no picture', { first_frame: text }),
    ask('An unknown flag in the prompt', { prompt: `${prompt} --resolution 4k` }),
  ];
}

function quota({ locale, mia, alice, bo, roleId }: GalleryStage): Acts {
  const note = NOTES[locale];
  const by = (title: string, name: string, options: Act['options'] = {}) => ({
    title,
    who: mia,
    command: `quota ${name}`,
    options,
  });
  return [
    by('The server’s limits, as they are', 'server'),
    by('A limit for everyone', 'server', { credits: 600, at_once: 4, waiting: 20 }),
    by('A limit for a role', 'role', { role: roleId, credits: 120, per: 'day', max_cost: 60 }),
    by('A limit for one member', 'user', { user: bo.id, credits: 200, at_once: 2 }),
    by('A limit taken away', 'user', { user: bo.id, clear: 'at_once' }),
    by('A limit above what the operator allows', 'server', { credits: 5000 }),
    by('A limit by day in place of by month', 'user', { user: bo.id, per: 'day' }),
    by('Credits on top', 'grant', { user: alice.id, amount: 40, note }),
    by('Credits for the server', 'grant', { amount: 100 }),
    by('Credits deducted', 'deduct', { user: alice.id, amount: 10, note }),
    by('What was used is forgiven', 'reset', { user: bo.id }),
    by('A member', 'show', { user: alice.id }),
    by('A member is blocked', 'block', { user: bo.id, reason: note, days: 3 }),
    { title: 'What the blocked member sees', who: bo, command: 'video', options: { prompt: note } },
    { title: 'And in their credits', who: bo, command: 'credits' },
    by('Unblocked', 'unblock', { user: bo.id }),
    by('Not blocked', 'unblock', { user: bo.id }),
    by('The report', 'report', { period: 'this_month' }),
    by('The report of a month without videos', 'report', { period: 'last_month' }),
    by('The log of changes', 'log'),
    by('The ledger as a file', 'export'),
    by('The ledger of days the wrong way round', 'export', {
      from: '2026-11-20',
      to: '2026-11-02',
    }),
  ];
}

function settings({ locale, mia, guild }: GalleryStage): Acts {
  const by = (title: string, name: string, options: Act['options'] = {}) => ({
    title,
    who: mia,
    command: `settings ${name}`,
    options,
  });
  return [
    by('As they are at first', 'show'),
    by('Channels', 'channels', { mode: 'only', channel: guild.channel('videos').id }),
    by('Models', 'models', { model: '2.5', allowed: false }),
    by('Limits', 'limits', { max_seconds: 8, max_resolution: '720p', confirm_above: 30 }),
    by('Defaults', 'defaults', { model: '1.0-pro', ratio: '9:16', duration: 5, audio: false }),
    by('Words', 'words', { add: WORDS[locale] }),
    by('Words, the same again', 'words', { add: WORDS[locale] }),
    by('The time zone', 'time-zone', { zone: 'Europe/Berlin' }),
    by('A time zone that does not exist', 'time-zone', { zone: 'Europe/Harbour' }),
    by('The language', 'language', { language: locale }),
    by('Everything that is set', 'show'),
    by('What would stop a video', 'check'),
  ];
}

function limits({ locale, mia, alice, guild }: GalleryStage): Acts {
  const [prompt] = PROMPTS[locale];
  const ask = (title: string, options: Act['options'], channel?: string) => ({
    title,
    command: 'video',
    options: { prompt, ...options },
    channel,
  });
  const asMia = (command: string, options: Act['options']) => ({
    title: UNSHOWN,
    who: mia,
    command,
    options,
  });
  return [
    ask('Not in this channel', {}, 'general'),
    ask('Not this model', { model: '2.5' }),
    ask('Not this long', { duration: 12, model: '2.0-mini' }),
    ask('Not this large', { resolution: '1080p', model: '1.0-pro' }),
    ask('Not this word', { prompt: `${prompt}, ${WORDS[locale]}` }),
    asMia('settings limits', { max_seconds: 0, max_resolution: 'any', confirm_above: 0 }),
    asMia('quota user', { user: alice.id, max_cost: 10 }),
    ask('More than one video may cost', { model: '2.0-mini' }),
    asMia('quota user', { user: alice.id, clear: 'all' }),
    asMia('quota user', { user: alice.id, credits: 1 }),
    ask('More than is left', { model: '2.0-mini' }),
    asMia('quota user', { user: alice.id, at_once: 0, clear: 'credits' }),
    ask('None at once', { model: '2.0-mini' }),
    asMia('quota user', { user: alice.id, clear: 'at_once' }),
    asMia('settings channels', { mode: 'everywhere', channel: guild.channel('videos').id }),
  ];
}

/** The members' own commands, and the form. */
async function members(stage: GalleryStage): Promise<GalleryGroup> {
  const { alice } = stage;
  const asked = await group(
    'play-members',
    'Members ask',
    [
      { title: 'What can I spend?', command: 'credits' },
      { title: 'Which models are there?', command: 'models' },
    ],
    stage,
  );
  const plain = alice.says('Look at this');
  const noPicture = await stage.uses('A message without a picture', plain);
  const said = alice.says('Look at this', { attachments: [file('sunrise.png', sunrise())] });
  const form = await stage.opens('The form of “Animate image”', said);
  return { ...asked, entries: [...asked.entries, noPicture, form] };
}

function* retired({ locale, world, mia }: GalleryStage): Generator<Omit<Act, 'who'>> {
  const [prompt] = PROMPTS[locale];
  const id = world.vendor.models.find((model) => model.includes('2-0-mini'));
  if (id === undefined) throw new Error('The vendor offers no 2.0-mini');
  world.vendor.setRetired(id, true);
  yield {
    title: 'The vendor no longer knows it',
    command: 'video',
    options: { prompt, model: '2.0-mini' },
    shows: ({ buttons }) => buttons.some(({ customId = '' }) => customId.includes('instead')),
  };
  yield { title: 'In the list', command: 'models' };
  const check = { title: 'In the check', command: 'settings check', who: mia };
  yield check;
}

/** Videos and changes in one channel, budgets in another: Discord accepts five messages in five seconds. */
async function log(stage: GalleryStage): Promise<GalleryGroup> {
  const { locale, mia, bo, alice, guild } = stage;
  const [boat, , cats] = PROMPTS[locale];
  const [changes, budgets] = LOG_CHANNELS;
  const play = async (act: Omit<Act, 'title' | 'who'> & Partial<Act>): Promise<GalleryEntry> =>
    stage.plays({ title: UNSHOWN, who: mia, ...act });
  const logTo = async (name: string): Promise<GalleryEntry> =>
    play({
      title: 'A log channel is chosen',
      command: 'settings log-channel',
      options: { channel: guild.channel(name).id },
    });
  const chosen = await logTo(changes);
  const model = '1.0-pro-fast';
  const video = { command: 'video', shows: isDone };
  await play({ ...video, who: alice, options: { prompt: boat, model } });
  await play({ ...video, who: bo, options: { prompt: cats, model, private: true } });
  const note = NOTES[locale];
  await play({ command: 'quota grant', options: { user: alice.id, amount: 40, note } });
  await stage.logged(changes, 4);
  await logTo(budgets);
  // First 80 % of the budget are used, then all of it.
  await play({ command: 'quota server', options: { credits: 70 } });
  await stage.logged(budgets, 3);
  await play({ command: 'quota server', options: { credits: 10 } });
  await stage.logged(budgets, 5);
  const entries = LOG_CHANNELS.flatMap((name) => stage.messagesOf(name, 'In the log channel'));
  return { id: 'play-log', title: 'The log channel', entries: [chosen, ...entries] };
}
