/** Who may see a job's message, and where its member may be reached beside it. */
import type { Job } from '../../jobs/record/job.ts';

/** What was asked for in private stays so, should Discord not have said that the reply is ephemeral. */
export function isForMemberOnly({
  isPrivate,
  isEphemeral,
}: Pick<Job, 'isPrivate' | 'isEphemeral'>): boolean {
  return isPrivate || isEphemeral;
}

/**
 * Whoever asked for a direct message, and whoever asked in private: after a quarter of an hour
 * nothing else reaches them, and the video is theirs.
 */
export function mayUseDirectMessage(
  job: Pick<Job, 'notify' | 'isPrivate' | 'isEphemeral'>,
): boolean {
  return job.notify === 'dm' || (isForMemberOnly(job) && job.notify !== 'none');
}
