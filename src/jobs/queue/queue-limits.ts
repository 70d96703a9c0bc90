/**
 * Decides whether a member's new video is accepted, by how many videos run and wait. Videos beyond the
 * limit on running ones wait in the queue; videos beyond the limit on waiting ones are refused.
 */
import { QuotaExceeded } from '../../errors.ts';
import {
  memberMost,
  ruleName,
  serverMost,
  type Most,
  type StoredRules,
} from '../../quota/limits/limits.ts';
import type { Database } from '../../storage/database.ts';
import { text } from '../../text/text.ts';
import { nextToStart, type WaitingJob } from './fair-queue.ts';
import { readQueue } from './read-queue.ts';

export interface NewJob {
  readonly jobId: string;
  readonly guildId: string;
  readonly memberId: string;
  readonly nowMs: number;
}

/** @throws QuotaExceeded that names the rule that leaves no slot, running or waiting */
export async function checkQueueLimits(
  database: Database,
  rules: StoredRules,
  job: NewJob,
): Promise<void> {
  const member = memberMost('waiting', rules);
  const server = serverMost('waiting', rules);
  const atOnce = [memberMost('atOnce', rules), serverMost('atOnce', rules)] as const;
  checkAny(...atOnce);
  if (member === undefined && server === undefined) return;
  if (atOnce.every((most) => most === undefined)) return;
  const { before, after } = await waitingWith(database, job);
  const ownBefore = before.filter(({ memberId }) => memberId === job.memberId);
  const own = after.filter(({ memberId }) => memberId === job.memberId);
  if (member !== undefined && own.length > Math.max(member.most, ownBefore.length)) {
    throw tooMany('quota:queueFullMember', member);
  }
  if (server !== undefined && after.length > Math.max(server.most, before.length)) {
    throw tooMany('quota:queueFullServer', server);
  }
}

function checkAny(member: Most | undefined, server: Most | undefined): void {
  if (member?.most === 0) {
    throw new QuotaExceeded(text('quota:memberNoneAtOnce', { rule: ruleName(member.rule) }));
  }
  if (server?.most === 0) {
    throw new QuotaExceeded(text('quota:serverNoneAtOnce', { rule: ruleName(server.rule) }));
  }
}

/**
 * Returns the server's waiting jobs before and after the new job is accepted. Jobs that can start now
 * count as started. If the new job takes the slot of another member's job, that job counts as waiting.
 */
async function waitingWith(
  database: Database,
  job: NewJob,
): Promise<Record<'before' | 'after', WaitingJob[]>> {
  const { guildId, nowMs } = job;
  const { waiting, running, limits } = await readQueue(database, { guildId });
  const waitingOf = (jobs: readonly WaitingJob[]): WaitingJob[] => {
    const starting = new Set(nextToStart(jobs, running, { limits, nowMs }));
    return jobs.filter((one) => !starting.has(one));
  };
  const others = waiting.filter(({ jobId }) => jobId !== job.jobId);
  return {
    before: waitingOf(others),
    after: waitingOf([...others, { ...job, acceptedAtMs: nowMs }]),
  };
}

function tooMany(
  key: 'quota:queueFullMember' | 'quota:queueFullServer',
  { most, rule }: Most,
): QuotaExceeded {
  return new QuotaExceeded(text(key, { most, rule: ruleName(rule) }));
}
