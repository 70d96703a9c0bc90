/**
 * A row of the jobs table. A record is checked when it is written, since one that cannot be read
 * would stand in the way of all others, and again when it is read.
 */
import type { Selectable } from 'kysely';

import type { JobTable } from '../../storage/schema.ts';
import { jobSchema, lastSubmission, type Job } from './job.ts';

export function parseRecord(row: Pick<Selectable<JobTable>, 'record'>): Job {
  return jobSchema.parse(JSON.parse(row.record));
}

/** Columns that are no part of the record, and written by themselves. */
type OwnColumn = 'shown_version' | 'shown_place' | 'verify_at' | 'log_posted';

/** The columns that queries need; everything else is in the record. */
export function columns(job: Job): Omit<Selectable<JobTable>, 'id' | OwnColumn> {
  const submission = lastSubmission(job);
  return {
    version: job.version,
    state: job.state,
    guild_id: job.guildId,
    channel_id: job.channelId,
    member_id: job.memberId,
    interaction_id: job.interactionId,
    model: job.request.model,
    vendor: submission?.vendor ?? null,
    task_id: submission?.taskId ?? null,
    submitted_at: submission?.submittedAtMs ?? null,
    expected_at: job.expectedAtMs ?? null,
    expires_after_seconds: submission?.expiresAfterSeconds ?? null,
    created_at: job.createdAtMs,
    updated_at: job.stateSinceMs,
    hold_credits: job.holdCredits,
    has_video: job.video === undefined ? 0 : 1,
    record: JSON.stringify(jobSchema.parse(job)),
  };
}
