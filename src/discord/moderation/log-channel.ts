/**
 * The server's log channel: every delivered video, every change a moderator made, and when the budget
 * is nearly or wholly spent. Videos and changes are posted as they are announced; a crash can lose
 * such a post, never what it tells of, which is in the ledger and the log. Warnings are kept in the
 * database until they were posted.
 */
import { createHash } from 'node:crypto';

import { ComponentType, MessageFlags } from 'discord.js';

import { MINUTE, SECOND, type Clock } from '../../clock.ts';
import type { Job } from '../../jobs/job.ts';
import { Loop } from '../../jobs/loop.ts';
import type { Logger } from '../../logger.ts';
import type { QuotaManager } from '../../quota/quota-manager.ts';
import type { BudgetWarning } from '../../quota/warnings.ts';
import type { Database } from '../../storage/database.ts';
import type { Messenger } from '../delivery/messenger.ts';
import { refusalOf } from '../discord-error.ts';
import type { ServerSettingsStore } from '../server/server-settings.ts';
import { changeLine, type ToldChange } from './change-text.ts';
import { videoLine, warningLine } from './log-lines.ts';

const LOOK_EVERY_MS = 30 * SECOND;
const LOOK_AGAIN_MS = MINUTE;
/** Of a message's text; Discord takes 4000 characters. */
const MAX_LENGTH = 3900;

export interface LogChannelDependencies {
  messenger: Pick<Messenger, 'create'>;
  settings: Pick<ServerSettingsStore, 'read'>;
  quota: Pick<QuotaManager, 'dueWarnings' | 'markWarningPosted'>;
  database: Database;
  clock: Clock;
  logger: Logger;
}

export interface LogChannel {
  changed(guildId: string, change: ToldChange): void;
  jobChanged(job: Job): void;
  start(): void;
  /** Waits for what is being posted. */
  stop(): Promise<void>;
}

export function createLogChannel(dependencies: LogChannelDependencies): LogChannel {
  const { clock, logger } = dependencies;
  const inHand = new Set<Promise<unknown>>();
  const warnings = new Loop({
    clock,
    turn: async (signal) => {
      await postWarnings(signal, dependencies);
      return LOOK_EVERY_MS;
    },
    onError: (error) => {
      logger.error({ err: error }, 'budget warnings could not be posted');
      return LOOK_AGAIN_MS;
    },
  });
  const post = (guildId: string, key: string, text: string): void => {
    const posting = tell(guildId, { key, text }, dependencies).catch((error: unknown) => {
      logger.warn({ err: error, guildId }, 'a line could not be posted to the log channel');
    });
    inHand.add(posting);
    void posting.finally(() => inHand.delete(posting));
  };
  let changes = 0;
  return {
    changed(guildId, change) {
      changes += 1;
      post(guildId, `change-${clock.now()}-${changes}`, changeLine(change));
      warnings.wake();
    },
    jobChanged(job) {
      if (job.state === 'accepted') warnings.wake();
      if (job.state === 'delivered') post(job.guildId, `video-${job.id}`, videoLine(job));
    },
    start: () => warnings.start(),
    async stop() {
      await warnings.stop();
      await Promise.all(inHand);
    },
  };
}

async function postWarnings(
  signal: AbortSignal,
  dependencies: LogChannelDependencies,
): Promise<void> {
  const { quota, database, clock } = dependencies;
  for (const warning of await quota.dueWarnings(database)) {
    if (signal.aborted) return;
    // What was reached in a period that is over helps nobody.
    const isOver = warning.resetsAtMs <= clock.now();
    const isDone = isOver || (await postWarning(warning, dependencies));
    if (isDone) await quota.markWarningPosted(database, warning, clock.now());
  }
}

/** @returns false where there is no log channel yet: it may still be set in this period */
async function postWarning(
  warning: BudgetWarning,
  dependencies: LogChannelDependencies,
): Promise<boolean> {
  const { guildId, period, percent } = warning;
  const line = { key: `budget-${guildId}-${period}-${percent}`, text: warningLine(warning) };
  return (await tell(guildId, line, dependencies)) !== 'no-channel';
}

/** @throws Error when Discord could not be asked: it may be tried again */
async function tell(
  guildId: string,
  { key, text }: { key: string; text: string },
  { settings, messenger, logger }: LogChannelDependencies,
): Promise<'posted' | 'refused' | 'no-channel'> {
  const { logChannelId } = await settings.read(guildId);
  if (logChannelId === undefined) return 'no-channel';
  const content = text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 1)}…`;
  try {
    await messenger.create(
      logChannelId,
      {
        flags: MessageFlags.IsComponentsV2,
        components: [{ type: ComponentType.TextDisplay, content }],
        allowed_mentions: { parse: [] },
      },
      { nonce: nonceOf(key) },
    );
    return 'posted';
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === 'try-later') throw error;
    logger.warn({ guildId, refusal }, 'the log channel takes no message');
    return 'refused';
  }
}

/** Discord drops a second message of the same nonce, so that two processes do not tell it twice; 25 characters at most. */
function nonceOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 25);
}
