/** Applies injected faults to tasks. */
import type { VendorFault } from '../faults.ts';
import type { TaskBook, TaskRecord } from './tasks.ts';

export const applyFaults = {
  /** Applies a fault injected on the create call to the task it makes. */
  atItsEnd(task: TaskRecord, fault: VendorFault, tasks: TaskBook): void {
    if (fault.kind === 'fail-task') task.ending = failureOf(fault);
    if (fault.kind === 'expire-task') task.ending = 'expire';
    if (fault.kind === 'cancel-task') task.ending = 'cancel';
    if (fault.kind === 'unknown-status') task.statusWord = fault.word;
    if (fault.kind === 'bill-tokens') task.billedTokens = fault.tokens;
    if (fault.kind === 'without-file') task.hasNoFile = true;
    if (fault.kind === 'forget-task') tasks.forget(task);
  },

  /** Applies a fault injected on another route to the tasks it concerns, before the route reads them. */
  atOnce(task: TaskRecord, fault: VendorFault | undefined, tasks: TaskBook): void {
    if (fault?.kind === 'fail-task') tasks.end(task, failureOf(fault));
    if (fault?.kind === 'expire-task') tasks.end(task, 'expire');
    if (fault?.kind === 'cancel-task') tasks.end(task, 'cancel');
    if (fault?.kind === 'forget-task') tasks.forget(task);
  },
};

function failureOf({ code, message }: { code: string; message?: string }) {
  return { code, message: message ?? 'The request failed.' };
}
