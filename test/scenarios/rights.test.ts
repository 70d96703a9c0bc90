/**
 * Who may do what is checked in code on every path. Discord's own checks can be overridden by a
 * server's admins, a button outlives the right to press it, and a program of somebody's own sends
 * whatever id it likes: each is refused in words, and changes nothing.
 */
import { describe, expect, test } from 'vitest';

import type { Member } from '#sandbox/discord/actors.ts';
import type { OptionValue } from '#sandbox/discord/command-options.ts';
import { file } from '#sandbox/discord/discord.ts';
import type { MessageView } from '#sandbox/discord/message-view.ts';
import { MINUTE } from '#src/clock.ts';
import { parseCustomId } from '#src/discord/custom-id.ts';
import { JOB_ACTIONS } from '#src/discord/message/job-actions.ts';
import { LOG_PAGE } from '#src/discord/moderation/quota/log.ts';
import { QUOTA_OPTIONS } from '#src/discord/moderation/quota/options.ts';
import { SETTINGS_OPTIONS } from '#src/discord/moderation/settings/options.ts';
import { CONFIRM_ACTIONS } from '#src/discord/ordering/confirmation.ts';

import { pngImage } from '../builders/images.ts';
import { scenario, until, type Scenario } from './harness.ts';

const PROMPT = 'A paper boat drifts across a quiet bay at dawn';
const WENT_WRONG = 'Something went wrong';

/** All that a press may not touch; what is kept of interactions and replies is left out. */
async function everything({ books, vendor }: Scenario) {
  const { database } = books;
  const [limits, blocks, changes, accounts] = await Promise.all([
    database.selectFrom('limits').selectAll().execute(),
    database.selectFrom('blocks').selectAll().execute(),
    database.selectFrom('audit_log').select('step_id').execute(),
    database.selectFrom('accounts').select('time_zone').execute(),
  ]);
  const documents = await database
    .selectFrom('documents')
    .select('key')
    .where('key', 'like', 'server-settings:%')
    .execute();
  const jobs = (await books.jobs()).map(({ id, state }) => `${id} ${state}`);
  const ledger = (await books.ledger()).length;
  const zones = accounts.filter((account) => account.time_zone !== null);
  const tasks = vendor.tasks.length;
  return { limits, blocks, changes, zones, documents, jobs, ledger, tasks };
}

/** Plays it, and expects a refusal in words of ours, seen by its asker only, and nothing changed. */
async function refused(
  s: Scenario,
  name: string,
  act: () => { refusal(): Promise<string> },
): Promise<string> {
  const before = await everything(s);
  const sentence = await act().refusal();
  const after = await everything(s);
  const inWords = expect.not.stringContaining(WENT_WRONG);
  expect({ name, sentence, ...after }).toEqual({ name, sentence: inWords, ...before });
  return sentence;
}

const moderator = (s: Scenario): Member =>
  s.guild.member('mia', { permissions: ['ManageGuild'], roles: ['Cinema'] });

/** One valid call of each subcommand. */
const CALLS: Readonly<
  Record<string, (s: Scenario) => Readonly<Record<string, OptionValue>> | undefined>
> = {
  'quota server': () => ({ credits: 5 }),
  'quota role': (s) => ({ role: s.guild.role('Cinema'), credits: 5 }),
  'quota user': (s) => ({ user: s.alice.id, credits: 5 }),
  'quota grant': (s) => ({ user: s.alice.id, amount: 5 }),
  'quota take': () => ({ amount: 5 }),
  'quota reset': (s) => ({ user: s.alice.id }),
  'quota show': (s) => ({ user: s.bob.id }),
  'quota block': (s) => ({ user: s.bob.id }),
  'quota unblock': (s) => ({ user: s.bob.id }),
  'quota report': () => ({}),
  'quota log': () => ({}),
  'quota export': () => ({}),
  'settings show': () => ({}),
  'settings channels': () => ({ mode: 'only' }),
  'settings models': () => ({ model: '1.0-pro', allowed: false }),
  'settings limits': () => ({ max_seconds: 5 }),
  'settings defaults': () => ({ ratio: '1:1' }),
  'settings log-channel': () => ({}),
  'settings time-zone': () => ({ zone: 'Europe/Berlin' }),
  'settings words': () => ({ add: 'boat' }),
  'settings check': () => ({}),
};

describe.concurrent('a command of moderators', () => {
  test('is refused whoever may not manage the server, also where its admins opened it to all', () =>
    scenario({}, async (s) => {
      const names = [
        ...QUOTA_OPTIONS.map(({ name }) => `quota ${name}`),
        ...SETTINGS_OPTIONS.map(({ name }) => `settings ${name}`),
      ];
      expect(names.toSorted()).toEqual(Object.keys(CALLS).toSorted());
      s.guild.overrideCommand('quota', { everyone: true });
      s.guild.overrideCommand('settings', { everyone: true });

      for (const [name, options] of Object.entries(CALLS)) {
        const sentence = await refused(s, name, () => s.alice.runs(name, options(s)));
        expect(sentence).toContain('Only moderators can do this');
      }
    }));

  test('is refused whoever could a moment ago', () =>
    scenario({}, async (s) => {
      s.guild.overrideCommand('quota', { everyone: true });
      const mia = moderator(s);
      expect(await mia.runs('quota server', { credits: 500 }).refusal()).toContain('Now: 500');

      mia.losesRole('permissions of mia');

      const sentence = await refused(s, 'quota server', () =>
        mia.runs('quota server', { credits: 5 }),
      );
      expect(sentence).toContain('needs the permission Manage Server');
    }));
});

/** A log of two pages, as mia sees it. */
async function longLog(s: Scenario) {
  const mia = moderator(s);
  for (let amount = 1; amount <= 11; amount += 1) {
    await mia.runs('quota grant', { user: s.alice.id, amount }).refusal();
  }
  const log = mia.runs('quota log');
  const page = await log.until(({ text }) => text.includes('Page 1 of 2'));
  return { mia, log, older: idOf(page, 'Older') };
}

function idOf(message: MessageView, label: string): string {
  const id = message.buttons.find((button) => button.label === label)?.customId;
  if (id === undefined) throw new Error(`There is no button ${label}`);
  return id;
}

describe.concurrent('the pages of the log', () => {
  test('are closed to a moderator who is one no more', () =>
    scenario({}, async (s) => {
      const { mia, log } = await longLog(s);
      mia.losesRole('permissions of mia');

      const sentence = await refused(s, 'Older', () => mia.clicks(log, 'Older'));

      expect(sentence).toContain('Only moderators can do this');
      expect(log.message?.text).toContain('Page 1 of 2');
    }));

  test('are closed to a member who sends a moderator’s id', () =>
    scenario({}, async (s) => {
      const { older } = await longLog(s);
      const own = s.alice.says('let me see');

      const sentence = await refused(s, older, () => s.alice.forgesClick(own, older));

      expect(sentence).toContain('Only moderators can do this');
      expect(sentence).not.toContain('granted');
    }));

  test('are their own server’s, wherever the id comes from', () =>
    scenario({}, async (s) => {
      const { older } = await longLog(s);
      const other = s.discord.addGuild({ name: 'Elsewhere', channels: ['videos'] });
      const max = other.member('max', { permissions: ['ManageGuild'] });
      const log = max.runs('quota log');
      const own = await log.until(({ text }) => text.includes('Nobody has changed anything'));

      await max.runs('quota grant', { user: max.id, amount: 300 }).refusal();
      max.forgesClick(own, older);

      const page = await log.until(({ text }) => text.includes('300 credits granted'));
      expect(page.text).toContain('1 change');
    }));
});

/** What alice has in her server, by the id of its button or form. */
interface Belongings {
  readonly cancel: string;
  readonly final: string;
  readonly confirm: string;
  readonly animate: string;
}

const LAKE = { attachments: [file('lake.png', pngImage({ width: 640, height: 360 }))] };

async function formOf(who: Member) {
  const menu = who.runsOnMessage('Animate image', who.says('look', LAKE));
  const { customId } = await menu.formOpened();
  return { menu, customId };
}

async function belongings(s: Scenario): Promise<Belongings> {
  const draft = s.video({ prompt: PROMPT, draft: true });
  const delivered = await draft.until(({ media }) => media.length > 0);
  const final = await draft.until(({ buttons }) =>
    buttons.some(({ label }) => label === 'Make final'),
  );
  expect(delivered.isEphemeral).toBe(false);
  s.vendor.setRenderMs(10 * MINUTE);
  const mia = moderator(s);
  await mia.runs('quota server', { at_once: 1 }).refusal();
  await s.video({ prompt: PROMPT }).until(({ text }) => text.includes('Rendering'));
  const waits = await s.video({ prompt: PROMPT }).until(({ text }) => text.includes('in line'));
  await mia.runs('settings limits', { confirm_above: 1 }).refusal();
  const question = await s.video({ prompt: PROMPT }).until(({ text }) => text.includes('costs up'));
  return {
    cancel: idOf(waits, 'Cancel'),
    final: idOf(final, 'Make final'),
    confirm: question.buttons[0]?.customId ?? '',
    animate: (await formOf(s.alice)).customId,
  };
}

/** The same key under every other button there is: an id is made of parts, and parts can be exchanged. */
function variants({ cancel, final, confirm }: Belongings): string[] {
  const keys = [cancel, final, confirm].map((id) => parseCustomId(id)?.key ?? '');
  const kinds = [
    ...JOB_ACTIONS.map((action) => `job:${action}`),
    ...Object.values(CONFIRM_ACTIONS).map((action) => `video:${action}`),
  ];
  return kinds.flatMap((kind) => keys.map((key) => `${kind}:${key}`));
}

describe('the buttons and forms of a member', () => {
  test('do nothing for another member, and nothing in another server, also not for their owner', () =>
    scenario({}, async (s) => {
      const theirs = await belongings(s);
      const other = s.discord.addGuild({ name: 'Elsewhere', channels: ['videos'] });
      const people = {
        'another member': s.bob,
        'a moderator': moderator(s),
        'somebody of another server': other.member('eve', { permissions: ['ManageGuild'] }),
        'their owner in another server': other.member('alice', { person: s.alice }),
      };
      const ids = variants(theirs);
      expect(ids).toEqual(expect.arrayContaining([theirs.cancel, theirs.final, theirs.confirm]));

      for (const [name, who] of Object.entries(people)) {
        const own = who.says('mine');
        for (const id of ids) await refused(s, `${id} by ${name}`, () => who.forgesClick(own, id));
        const { menu } = await formOf(who);
        const sentence = await refused(s, `the form by ${name}`, () =>
          who.forgesForm(menu, { prompt: PROMPT }, theirs.animate),
        );
        expect(sentence).toContain('This form is too old');
      }
      // What was refused to others is still there for its owner.
      const own = s.alice.says('mine');
      const cancelled = s.alice.forgesClick(own, theirs.cancel);
      await cancelled.acknowledged();
      await until(
        () => s.books.jobs(),
        (jobs) => jobs.some(({ state }) => state === 'cancelled'),
      );
    }));
});

const UNKNOWN = 'V1StGXR8_Z5jdHi6B-myT';
const HOSTILE: readonly string[] = [
  ...JOB_ACTIONS.map((action) => `job:${action}:${UNKNOWN}`),
  ...Object.values(CONFIRM_ACTIONS).map((action) => `video:${action}:${UNKNOWN}`),
  `quota:${LOG_PAGE}:next`,
  `quota:${LOG_PAGE}:-1`,
  `quota:${LOG_PAGE}:99999999`,
  `animate-image:make:${UNKNOWN}`,
  `settings:drop:${UNKNOWN}`,
  `help:show:${UNKNOWN}`,
  `job:destroy:${UNKNOWN}`,
  'job:constructor:__proto__',
  '__proto__:a:b',
  "job:cancel:' or 1=1 --",
  'job:cancel:../../etc/passwd',
  'job:cancel:%00',
  'job:cancel',
  'job:cancel:a:b',
  ':::',
  '@everyone <@1> **x** `y`',
  '{"owner":"job"}',
  'Ｊob:cancel:１',
  '\u202Ejob:cancel:x',
  'x'.repeat(100),
];

test('an id that nobody made is refused in words to a moderator as to a member, and repeated to nobody', () =>
  scenario({}, async (s) => {
    const people = { 'a member': s.alice, 'a moderator': moderator(s) };
    for (const [name, who] of Object.entries(people)) {
      const own = who.says('mine');
      const { menu } = await formOf(who);
      for (const id of HOSTILE) {
        const sentence = await refused(s, `${id} by ${name}`, () => who.forgesClick(own, id));
        expect(sentence).not.toContain(id);
      }
      const sentence = await refused(s, 'the form', () =>
        who.forgesForm(menu, { prompt: PROMPT }, `animate-image:make:${UNKNOWN}`),
      );
      expect(sentence).toContain('This form is too old');
    }
  }));
