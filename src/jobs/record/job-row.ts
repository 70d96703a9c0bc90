/**
 * Converts jobs to rows of the jobs table and back. A record is validated when it is written and when
 * it is read, because a newer version or a manual edit may have written something unreadable.
 */
import type { Selectable } from 'kysely';

import type { JobTable } from '../../storage/schema.ts';
import { jobSchema, lastSubmission, type Job } from './job.ts';

/** The columns that a job is read from. */
export type RecordRow = Pick<Selectable<JobTable>, 'id' | 'record'>;

/** How many schema violations the error message names. */
const MOST_PLACES = 2;

/** A job's record does not match the schema. The message names the places but no contents. */
export class UnreadableJobError extends Error {
  readonly kind = 'unreadable-job';
  override readonly name = 'UnreadableJobError';
  readonly jobId: string;

  constructor(jobId: string, where: string) {
    super(
      `The record of job ${jobId} cannot be read (${where}). A newer version or a hand has written it: run that version, or restore the record from a backup. Until then the job stands still and its credits stay held.`,
    );
    this.jobId = jobId;
  }
}

/** @throws UnreadableJobError */
export function parseRecord({ id, record }: RecordRow): Job {
  const { success, data, error } = jobSchema.safeParse(jsonIn(record));
  if (success) return data;
  const places = error.issues.map(({ path, code }) => `${path.join('.') || 'all of it'}: ${code}`);
  throw new UnreadableJobError(id, places.slice(0, MOST_PLACES).join(', '));
}

/** Returns undefined, which matches no schema, for text that is not JSON. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Drop the error: its message contains part of the text.
    return undefined;
  }
}

/** Columns that are not part of the record and are written separately. */
type OwnColumn = 'shown_version' | 'shown_position' | 'verify_at' | 'log_posted';

/** The columns that queries need; everything else is in the record. */
export function columns(job: Job): Omit<Selectable<JobTable>, 'id' | OwnColumn> {
  return {
    version: job.version,
    state: job.state,
    guild_id: job.guildId,
    channel_id: job.channelId,
    member_id: job.memberId,
    interaction_id: job.interactionId,
    model: job.request.model,
    ...submissionColumns(job),
    expected_at: job.expectedAtMs ?? null,
    retry_at: job.retryAtMs,
    created_at: job.createdAtMs,
    updated_at: job.stateSinceMs,
    hold_credits: job.holdCredits,
    has_video: job.video === undefined ? 0 : 1,
    encoding_wanted_at: job.wantedEncoding?.sinceMs ?? null,
    has_prompt: job.promptRemovedAtMs === undefined ? 1 : 0,
    record: JSON.stringify(jobSchema.parse(job)),
  };
}

function submissionColumns(job: Job) {
  const submission = lastSubmission(job);
  return {
    vendor: submission?.vendor ?? null,
    task_id: submission?.taskId ?? null,
    submitted_at: submission?.submittedAtMs ?? null,
    expires_after_seconds: submission?.expiresAfterSeconds ?? null,
    start_number: submission?.startNumber ?? null,
  };
}
