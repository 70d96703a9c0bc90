/** Decides who may see a job's message, and where else its member can be reached. */
import type { Job } from '../../jobs/record/job.ts';

/**
 * Treats a request for a private reply as private even where Discord does not report the reply as
 * ephemeral.
 */
export function isForMemberOnly({
  isPrivate,
  isEphemeral,
}: Pick<Job, 'isPrivate' | 'isEphemeral'>): boolean {
  return isPrivate || isEphemeral;
}

/**
 * True for members who chose direct messages, and for private requests: after the interaction token
 * expires
 * (15 minutes), nothing else reaches the member.
 */
export function mayUseDirectMessage(
  job: Pick<Job, 'notify' | 'isPrivate' | 'isEphemeral'>,
): boolean {
  return job.notify === 'dm' || (isForMemberOnly(job) && job.notify !== 'none');
}
