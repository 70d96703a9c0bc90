/** What a member does to make the bot read one payload, and the outcome in a comparable form. */
import type { Member } from '#sandbox/discord/actors.ts';
import { file } from '#sandbox/discord/discord.ts';
import type { Reply } from '#sandbox/discord/reply.ts';
import { NeverHappened } from '#sandbox/discord/waiting.ts';
import { HOUR, SECOND } from '#src/clock.ts';
import { jobSchema, type Job } from '#src/jobs/record/job.ts';

import { pngImage } from '../fakes/images.ts';
import { until, type Scenario, type ScenarioOptions } from './harness.ts';
import { moderator, readReply } from './moderator.ts';
import type { SchemaNames } from './openapi-fields.ts';

/** The outcome of one payload, compared with that of the unchanged one. */
export type Outcome = Readonly<Record<string, unknown>>;

/** Sends the payload at once, and returns the outcome. */
export type Send = () => Promise<Outcome>;

export interface Play {
  readonly name: string;
  readonly world?: Pick<ScenarioOptions, 'vendor'> | undefined;
  /** What all variations share, made once; then what each needs before it is sent. */
  begin(s: Scenario): Promise<() => Promise<Send>>;
}

/** Where an interaction contains objects that the OpenAPI file describes. */
export const INTERACTION_SCHEMAS: SchemaNames = {
  type: 'InteractionTypes',
  context: 'InteractionContextType',
  locale: 'AvailableLocalesEnum',
  guild_locale: 'AvailableLocalesEnum',
  channel: 'GuildChannelResponse',
  member: 'GuildMemberResponse',
  message: 'MessageResponse',
  'data.type': 'ApplicationCommandType',
  'data.component_type': 'MessageComponentTypes',
  'data.options.*.type': 'ApplicationCommandOptionType',
  'data.options.*.options.*.type': 'ApplicationCommandOptionType',
  'data.components.*.type': 'MessageComponentTypes',
  'data.components.*.component.type': 'MessageComponentTypes',
  'data.resolved.users.*': 'UserResponse',
  'data.resolved.members.*': 'BasicGuildMemberResponse',
  'data.resolved.roles.*': 'GuildRoleResponse',
  'data.resolved.channels.*': 'GuildChannelResponse',
  'data.resolved.messages.*': 'MessageResponse',
  'data.resolved.attachments.*': 'MessageAttachmentResponse',
};

const PROMPT = 'A paper boat drifts across a quiet bay';
const ANSWERED_WITHIN_MS = 30 * SECOND;
const REFUSAL = /incomplete|can’t read|did not s|went wrong|no longer|older version|Only /;
const cat = pngImage({ width: 500, height: 500 });

/** Its first private text or its form; undefined where none comes. */
export async function answerTo(reply: Reply): Promise<Outcome> {
  try {
    return { told: withoutAmounts(await reply.refusal({ timeoutMs: ANSWERED_WITHIN_MS })) };
  } catch (error) {
    if (error instanceof NeverHappened) return { told: undefined };
    throw error;
  }
}

/** Balances differ between runs; ids are longer. */
function withoutAmounts(text: string): string {
  return text.replace(/(?<!\d)[\d,]{1,9}(?!\d)/g, '#');
}

async function formOf(reply: Reply): Promise<Outcome> {
  const form = reply.formOpened({ timeoutMs: ANSWERED_WITHIN_MS });
  try {
    const { title, fields } = await Promise.race([form, refusalOf(reply)]);
    const picture = fields.find(({ customId }) => customId === 'picture');
    return { title, pictures: picture?.options?.map(({ label }) => label) };
  } catch (error) {
    if (error instanceof NeverHappened) return answerTo(reply);
    throw error;
  }
}

/** Never resolves: a missing form is given up at once when there is a refusal. */
async function refusalOf(reply: Reply): Promise<never> {
  const refusal = await reply.refusal({ timeoutMs: ANSWERED_WITHIN_MS });
  throw new NeverHappened(refusal);
}

/** Undefined where none come. */
async function choicesOf(choices: ReturnType<Member['types']>): Promise<Outcome> {
  try {
    return { choices: (await choices).map(({ value }) => value) };
  } catch (error) {
    if (error instanceof NeverHappened) return { choices: undefined };
    throw error;
  }
}

/** The job as accepted, or the refusal where there is none. */
export async function orderOf(s: Scenario, reply: Reply): Promise<Outcome> {
  const givenUpAtMs = Date.now() + ANSWERED_WITHIN_MS;
  const isOver = () => isRefused(reply) || Date.now() > givenUpAtMs;
  const job = await until(
    () => jobOf(s, reply),
    (one) => one !== undefined || isOver(),
  );
  if (job === undefined) return answerTo(reply);
  const { guildId, channelId, memberId, isPrivate, isEphemeral, notify, request, holdCredits } =
    job;
  const { seed: _, ...asked } = request;
  const place = { guildId, channelId, memberId, isPrivate, isEphemeral, notify };
  const isItsMessage = job.messageId === reply.message?.id;
  return { ...place, ...asked, holdCredits, isItsMessage };
}

async function jobOf({ ledgers }: Scenario, { interactionId }: Reply): Promise<Job | undefined> {
  const row = await ledgers.database
    .selectFrom('jobs')
    .select('record')
    .where('interaction_id', '=', interactionId)
    .executeTakeFirst();
  return row && jobSchema.parse(JSON.parse(row.record));
}

function isRefused({ visible }: Reply): boolean {
  return visible.some(
    ({ isEphemeral, isLoading, text }) => isEphemeral && !isLoading && REFUSAL.test(text),
  );
}

function play(name: string, send: (s: Scenario) => Promise<Outcome>): Play {
  return { name, begin: async (s) => async () => async () => send(s) };
}

const picture = () => file('cat.png', cat);
const lookAt = (s: Scenario) => s.bob.says('look', { attachments: [picture()] });

export const PLAYS: readonly Play[] = [
  play('/credits', async (s) => answerTo(s.bob.runs('credits', {}))),
  play('/settings check', async (s) => answerTo(moderator(s).runs('settings check', {}))),
  play('/quota grant', async (s) =>
    answerTo(moderator(s).runs('quota grant', { amount: 50, user: s.alice.id })),
  ),
  play('/quota role', async (s) =>
    answerTo(moderator(s).runs('quota role', { role: s.guild.role('Extras'), credits: 5 })),
  ),
  play('/settings log-channel', async (s) => {
    const { id } = s.guild.channel('log');
    return answerTo(moderator(s).runs('settings log-channel', { channel: id }));
  }),
  play('/video with a picture', async (s) =>
    orderOf(s, s.video({ prompt: PROMPT, private: true, first_frame: picture() })),
  ),
  play('typing into an option', async (s) => choicesOf(s.alice.types('video', 'model', 'fast'))),
  play('Animate image', async (s) => formOf(s.alice.runsOnMessage('Animate image', lookAt(s)))),
  {
    name: 'the form of Animate image',
    begin: async (s) => async () => {
      const menu = s.alice.runsOnMessage('Animate image', lookAt(s));
      await menu.formOpened();
      return async () => orderOf(s, s.alice.submits(menu, { prompt: PROMPT }));
    },
  },
  {
    name: 'the button of a price question',
    async begin(s) {
      await readReply(moderator(s).runs('settings limits', { confirm_above: 1 }));
      return async () => {
        const question = s.video({ prompt: PROMPT });
        const { buttons } = await question.until((message) => message.buttons.length > 0);
        const label = buttons.find((button) => button.label.startsWith('Make it'))?.label ?? '';
        return async () => orderOf(s, s.alice.clicks(question, label));
      };
    },
  },
  {
    name: 'Cancel, pressed by another member',
    world: { vendor: { queueMs: HOUR } },
    async begin(s) {
      const reply = s.video({ prompt: PROMPT });
      await reply.until(({ buttons }) => buttons.some(({ label }) => label === 'Cancel'));
      return async () => async () => answerTo(s.bob.clicks(reply, 'Cancel'));
    },
  },
  {
    name: 'a select menu that the bot has never sent',
    async begin(s) {
      const said = lookAt(s);
      return async () => async () => answerTo(s.alice.forgesChoice(said, 'job:cancel:1', ['2']));
    },
  },
];
