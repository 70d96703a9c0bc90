/** Refuses a button press once the data it needs has been removed. */
import { UserError } from '../../errors.ts';
import type { Job } from '../../jobs/record/job.ts';
import { text } from '../../text/text.ts';

/** @throws UserError when the job's prompt has been removed */
export function checkPromptKept({ promptRemovedAtMs }: Pick<Job, 'promptRemovedAtMs'>): void {
  if (promptRemovedAtMs === undefined) return;
  throw new UserError(text('orders:promptNotKept'));
}
