/**
 * The words with which vendors report the state of a task, in one table for all dialects. Sources: the
 * vendors' documents, and answers seen in public clients (2026-11), which mix the dialects' words.
 */
import { z } from 'zod';

const TASK_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** In lower case, with `_` between words. */
const SYNONYMS: Readonly<Record<TaskState, readonly string[]>> = {
  queued: [
    'queued',
    'queueing',
    'queuing',
    'in_queue',
    'pending',
    'waiting',
    'submitted',
    'created',
    'scheduled',
    'not_start',
    'not_started',
    'wait',
    'accepted',
    'received',
    'preparing',
    'init',
    'initializing',
    'initialized',
  ],
  running: [
    'running',
    'processing',
    'in_progress',
    'inprogress',
    'generating',
    'active',
    'started',
    'rendering',
    'executing',
    'working',
    'post_processing',
    'postprocessing',
    'uploading',
  ],
  succeeded: [
    'succeeded',
    'success',
    'succeed',
    'successful',
    'complete',
    'completed',
    'done',
    'finished',
  ],
  failed: ['failed', 'fail', 'failure', 'error', 'errored', 'rejected', 'moderated'],
  cancelled: ['cancelled', 'canceled', 'cancel', 'aborted', 'terminated', 'stopped', 'revoked'],
  expired: ['expired', 'timeout', 'timed_out', 'time_out'],
};

/** Returns the state for a word, case-insensitively; undefined for a word that is not in the table. */
export function taskStateOf(word: string): TaskState | undefined {
  const written = normalise(word);
  return TASK_STATES.find((state) => SYNONYMS[state].includes(written));
}

/** Parses a status word into one of the six states. An unknown word is an error that names it. */
export const statusSchema: z.ZodType<TaskState> = z
  .unknown()
  .transform((word, context): TaskState => {
    const state = typeof word === 'string' ? taskStateOf(word) : undefined;
    if (state !== undefined) return state;
    context.addIssue({ code: 'custom', message: `unknown status ${quote(word)}` });
    return z.NEVER;
  });

function normalise(word: string): string {
  return word
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
}

/** Quotes a word for the log; anything else is reduced to its type. */
function quote(input: unknown): string {
  return typeof input === 'string' && /^[\w -]{1,32}$/.test(input) ? `"${input}"` : typeof input;
}
