/** Buttons work for as long as what they need is kept; afterwards a press says so. */
import { UserError } from '../../errors.ts';
import type { Job } from '../../jobs/record/job.ts';
import { text } from '../../text/text.ts';

/** @throws UserError once the prompt of the job was removed */
export function checkPromptKept({ promptRemovedAtMs }: Pick<Job, 'promptRemovedAtMs'>): void {
  if (promptRemovedAtMs === undefined) return;
  throw new UserError(text('orders:promptNotKept'));
}
