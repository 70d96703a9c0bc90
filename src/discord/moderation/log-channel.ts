/**
 * Posts to the server's log channel: every delivered video, every moderator's change, and budgets that
 * are nearly or fully spent, each once and in order. Due lines stay in the database until posted;
 * announcements only wake the loop. What happened while no log channel was set is not posted later.
 *
 * After a crash between a post and its record, the line is posted again, and Discord drops the duplicate
 * by its nonce for some minutes. Only if the bot restarts later than that can the one line in progress
 * appear twice.
 */
import { createHash } from 'node:crypto';

import { ComponentType, MessageFlags } from 'discord.js';

import { backoffMs, type BackoffPolicy } from '../../backoff.ts';
import { MINUTE, SECOND, type Clock } from '../../clock.ts';
import type { Job } from '../../jobs/record/job.ts';
import type { Logger } from '../../logger.ts';
import { Loop } from '../../loop.ts';
import type { Leases } from '../../storage/leases/leases.ts';
import type { Locale } from '../../text/locales.ts';
import { catchRefusal, type Answered } from '../rest/discord-error.ts';
import type { Messenger } from '../rest/messenger.ts';
import type { ServerSettingsStore } from '../server/server-settings.ts';
import {
  dueLinesOf,
  serversWithDueLines,
  type DueLine,
  type LogDueDependencies,
} from './log-due.ts';

/** Held by one process at a time, because two would post each line twice. */
const LEASE = 'log-channel';
const LOOK_EVERY_MS = 30 * SECOND;
/** Pause while another process holds the lease: it may have read the due lines before this wake-up. */
const ASK_AGAIN_MS = SECOND;
const RETRY: BackoffPolicy = { firstMs: 2 * SECOND, maxMs: 10 * MINUTE };
/** Bounds a turn so that a server with many lines does not delay the others. */
const LINES_AT_ONCE = 10;
const SERVERS_AT_ONCE = 50;

export interface LogChannelDependencies extends LogDueDependencies {
  readonly messenger: Pick<Messenger, 'create'>;
  readonly settings: Pick<ServerSettingsStore, 'read'>;
  /** Returns the server's language in Discord. */
  readonly guildLocale: (guildId: string) => Locale;
  readonly leases: Pick<Leases, 'take'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface LogChannel {
  /** Announces a change that has been written to the change log. */
  changed(): void;
  jobChanged(job: Job): void;
  start(): void;
  /** Waits for posts in progress. */
  stop(): Promise<void>;
}

interface Pause {
  readonly attempt: number;
  readonly notBeforeMs: number;
}

export function createLogChannel(dependencies: LogChannelDependencies): LogChannel {
  const { leases, clock, logger } = dependencies;
  /** Servers whose log channel failed, with the time of their next try. */
  const pauses = new Map<string, Pause>();
  const loop = new Loop({
    clock,
    async tick(signal) {
      await using lease = await leases.take(LEASE);
      if (lease === undefined) return ASK_AGAIN_MS;
      return await tellServers(signal, pauses, dependencies);
    },
    onError(error) {
      logger.error({ err: error }, 'due log channel lines not read; retrying');
      return backoffMs(RETRY, 3);
    },
  });
  return {
    changed: () => loop.wake(),
    jobChanged({ state }) {
      // An accepted job may use up the budget.
      if (state === 'accepted' || state === 'delivered') loop.wake();
    },
    start: () => loop.start(),
    stop: async () => loop.stop(),
  };
}

/** @returns the milliseconds until the next check */
async function tellServers(
  signal: AbortSignal,
  pauses: Map<string, Pause>,
  dependencies: LogChannelDependencies,
): Promise<number> {
  const { clock } = dependencies;
  const servers = await serversWithDueLines(dependencies);
  for (const guildId of pauses.keys()) if (!servers.includes(guildId)) pauses.delete(guildId);
  const startedAtMs = clock.now();
  const due = servers.filter((guildId) => (pauses.get(guildId)?.notBeforeMs ?? 0) <= startedAtMs);
  const taken = due.slice(0, SERVERS_AT_ONCE);
  const told = await Promise.all(
    taken.map(async (guildId) => tryToTell(guildId, { signal, pauses }, dependencies)),
  );
  if (due.length > taken.length || told.includes('more')) return 0;
  const nowMs = clock.now();
  const waitsMs = [...pauses.values()].map(({ notBeforeMs }) => Math.max(0, notBeforeMs - nowMs));
  return Math.min(LOOK_EVERY_MS, ...waitsMs);
}

/** Never throws, so that one server's channel cannot delay the others. */
async function tryToTell(
  guildId: string,
  { signal, pauses }: { signal: AbortSignal; pauses: Map<string, Pause> },
  dependencies: LogChannelDependencies,
): Promise<'all' | 'more' | 'paused'> {
  const { clock, logger } = dependencies;
  try {
    const query = { guildId, limit: LINES_AT_ONCE, nowMs: clock.now() };
    const lines = await dueLinesOf(query, dependencies);
    for (const line of lines) {
      if (signal.aborted) return 'all';
      await tell(guildId, line, dependencies);
      await line.mark(clock.now());
      pauses.delete(guildId);
    }
    return lines.length < LINES_AT_ONCE ? 'all' : 'more';
  } catch (error) {
    const attempt = (pauses.get(guildId)?.attempt ?? 0) + 1;
    const waitMs = backoffMs(RETRY, attempt);
    pauses.set(guildId, { attempt, notBeforeMs: clock.now() + waitMs });
    logger.warn({ err: error, guildId, attempt, waitMs }, 'log channel post failed; retrying');
    return 'paused';
  }
}

/**
 * Posts the line. Skips it when no channel is set or Discord refuses the message.
 *
 * @throws Error when Discord cannot be reached; retry later
 */
async function tell(
  guildId: string,
  { key, line }: DueLine,
  dependencies: LogChannelDependencies,
): Promise<void> {
  if (line === undefined) return;
  const { logChannelId, language } = await dependencies.settings.read(guildId);
  if (logChannelId === undefined) return;
  const { text, withoutQuote } = line(language ?? dependencies.guildLocale(guildId));
  const post = async (words: string): Promise<Answered<void>> =>
    catchRefusal(async () => postTo(logChannelId, { key, text: words }, dependencies));
  const first = await post(text);
  const isBlocked = first.kind === 'refused' && first.refusal === 'blocked';
  const outcome = isBlocked ? await post(withoutQuote) : first;
  if (outcome.kind === 'answered') return;
  const { refusal } = outcome;
  dependencies.logger.warn({ guildId, refusal }, 'log channel post refused by Discord');
}

async function postTo(
  channelId: string,
  { key, text }: { key: string; text: string },
  { messenger }: Pick<LogChannelDependencies, 'messenger'>,
): Promise<void> {
  await messenger.create(
    channelId,
    {
      flags: MessageFlags.IsComponentsV2,
      components: [{ type: ComponentType.TextDisplay, content: text }],
      allowed_mentions: { parse: [] },
    },
    { nonce: nonceOf(key) },
  );
}

/** Returns at most 25 characters, Discord's limit for a nonce. */
function nonceOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 25);
}
