/**
 * The server's log channel: every delivered video, every change a moderator made, and when the budget
 * is nearly or wholly spent, each once and in order. What is due stands in the database until it was
 * posted; announcements only wake the loop. What happened while no log channel was set is not posted
 * later.
 *
 * A crash between a post and its mark makes the post again: Discord drops it by its nonce for some
 * minutes. Only when the bot comes back later than that is the one line that was in hand there twice.
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

/** Of one process at a time: two would post each line twice. */
const LEASE = 'log-channel';
const LOOK_EVERY_MS = 30 * SECOND;
/** While another process is at it, and what it takes up may be older than what woke us. */
const ASK_AGAIN_MS = SECOND;
const RETRY: BackoffPolicy = { firstMs: 2 * SECOND, maxMs: 10 * MINUTE };
/** So that a server with many lines does not keep the others waiting. */
const LINES_AT_ONCE = 10;
const SERVERS_AT_ONCE = 50;

export interface LogChannelDependencies extends LogDueDependencies {
  readonly messenger: Pick<Messenger, 'create'>;
  readonly settings: Pick<ServerSettingsStore, 'read'>;
  /** The language that a server has chosen in Discord. */
  readonly guildLocale: (guildId: string) => Locale;
  readonly leases: Pick<Leases, 'take'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface LogChannel {
  /** Something was changed, and is in the log. */
  changed(): void;
  jobChanged(job: Job): void;
  start(): void;
  /** Waits for what is being posted. */
  stop(): Promise<void>;
}

interface Pause {
  readonly attempt: number;
  readonly notBeforeMs: number;
}

export function createLogChannel(dependencies: LogChannelDependencies): LogChannel {
  const { leases, clock, logger } = dependencies;
  /** Servers whose log channel could not be reached, until it is tried again. */
  const pauses = new Map<string, Pause>();
  const loop = new Loop({
    clock,
    async tick(signal) {
      await using lease = await leases.take(LEASE);
      if (lease === undefined) return ASK_AGAIN_MS;
      return await tellServers(signal, pauses, dependencies);
    },
    onError(error) {
      logger.error({ err: error }, 'what the log channels are to be told could not be read');
      return backoffMs(RETRY, 3);
    },
  });
  return {
    changed: () => loop.wake(),
    jobChanged({ state }) {
      // An accepted one may be what uses up the budget.
      if (state === 'accepted' || state === 'delivered') loop.wake();
    },
    start: () => loop.start(),
    stop: async () => loop.stop(),
  };
}

/** @returns in how many milliseconds to look again */
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

/** Never throws: what one server's channel does to us must not keep the others waiting. */
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
    }
    pauses.delete(guildId);
    return lines.length < LINES_AT_ONCE ? 'all' : 'more';
  } catch (error) {
    const attempt = (pauses.get(guildId)?.attempt ?? 0) + 1;
    const waitMs = backoffMs(RETRY, attempt);
    pauses.set(guildId, { attempt, notBeforeMs: clock.now() + waitMs });
    logger.warn({ err: error, guildId, attempt, waitMs }, 'a log channel could not be told yet');
    return 'paused';
  }
}

/**
 * Posts it, unless there is no channel or the channel takes no message: then it is done with as well.
 *
 * @throws Error when Discord could not be asked: it may be tried again
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
  dependencies.logger.warn({ guildId, refusal }, 'the log channel takes no message');
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

/** 25 characters at most. */
function nonceOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 25);
}
