/** The log channel on a database, and what the moderators of its servers see. */
import { DiscordAPIError } from 'discord.js';

import type { Clock } from '#src/clock.ts';
import { createLogChannel } from '#src/discord/moderation/log-channel.ts';
import { NO_SETTINGS } from '#src/discord/server/server-settings.ts';
import { createJobStore } from '#src/jobs/record/job-store.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { createLogger } from '#src/logger.ts';
import type { Database } from '#src/storage/database.ts';
import type { Leases } from '#src/storage/leases/leases.ts';
import type { Locale } from '#src/text/locales.ts';

import { aJob, aTakenSubmission } from './job.ts';
import { quotaOn, quotaSettings } from './quota.ts';

/** Discord developer docs, "Create Message". */
const MAX_NONCE_LENGTH = 25;

type Failure = 'none' | 'before' | 'after' | DiscordAPIError;

export function discordError(code: number, status = 403): DiscordAPIError {
  const raw = { code, message: 'no' };
  return new DiscordAPIError(raw, code, status, 'POST', '/', { files: [], body: {} });
}

/** Log channels as the moderators of their servers see them. */
export class Channels {
  /** By channel. */
  readonly shown = new Map<string, string[]>();
  tries = 0;
  /** One for each attempt at a channel. `after`: the response is lost. */
  readonly failures = new Map<string, Failure[]>();
  readonly #nonces = new Set<string>();

  async create(
    channelId: string,
    { components }: { components: readonly object[] },
    { nonce }: { nonce: string },
  ): Promise<{ messageId: string }> {
    this.tries += 1;
    if (nonce.length > MAX_NONCE_LENGTH) throw new RangeError(`${nonce} is too long`);
    await Promise.resolve();
    const failure = this.failures.get(channelId)?.shift();
    if (failure === 'before') throw new Error('Discord cannot be reached');
    if (failure instanceof DiscordAPIError) throw failure;
    this.#show(channelId, JSON.stringify(components), nonce);
    if (failure === 'after') throw new Error('the answer was lost');
    return { messageId: nonce };
  }

  #show(channelId: string, text: string, nonce: string): void {
    if (this.#nonces.has(`${channelId} ${nonce}`)) return;
    this.#nonces.add(`${channelId} ${nonce}`);
    this.shown.set(channelId, [...(this.shown.get(channelId) ?? []), text]);
  }
}

export interface Setting {
  readonly database: Database;
  readonly channels: Channels;
  /** The log channel by server. */
  readonly set: Map<string, string>;
  /** Of every server. */
  readonly guildLocale?: Locale;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly lines: string[];
}

export function aLogChannel({
  database,
  channels,
  set,
  guildLocale = 'en-US',
  leases,
  clock,
  lines,
}: Setting) {
  return createLogChannel({
    messenger: channels,
    settings: {
      read: async (guildId) => {
        const logChannelId = set.get(guildId);
        return Promise.resolve(
          logChannelId === undefined ? NO_SETTINGS : { ...NO_SETTINGS, logChannelId },
        );
      },
    },
    store: createJobStore(database),
    quota: quotaOn(database, quotaSettings()).quota,
    database,
    guildLocale: () => guildLocale,
    leases,
    clock,
    logger: createLogger('info', { write: (line) => void lines.push(line) }),
  });
}

/** A video that reached Discord at that moment, unless another end is given. */
export async function insertEndedJob(
  database: Database,
  overrides: Partial<Job> & Pick<Job, 'id' | 'stateSinceMs'>,
): Promise<void> {
  const store = createJobStore(database);
  const submissions = [aTakenSubmission({ taskId: overrides.id })];
  const job = { interactionId: overrides.id, submissions, ...overrides };
  const before = aJob({ ...job, state: 'succeeded', version: 1 });
  const after = aJob({ state: 'delivered', ...job, version: 2 });
  await database.transaction().execute(async (transaction) => {
    await store.insert(transaction, before);
    await store.replace(transaction, before, after);
  });
}

export async function insertGrant(
  database: Database,
  { guildId = '100', ...step }: { stepId: string; nowMs: number; guildId?: string; note?: string },
): Promise<void> {
  const { quota, inTransaction } = quotaOn(database, quotaSettings());
  const change = { guildId, actorId: '900', credits: 7, reason: step.note, ...step };
  await inTransaction(async (transaction) => quota.grant(transaction, change));
}
