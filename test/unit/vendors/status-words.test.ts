import { expect, test } from 'vitest';

import { statusSchema, taskStateOf } from '#src/vendors/status-words.ts';

/** Every status of the five documents, and those seen in public clients. */
const SEEN = [
  ['queued', 'queued'],
  ['QUEUED', 'queued'],
  ['pending', 'queued'],
  ['waiting', 'queued'],
  ['In Queue', 'queued'],
  ['NOT_START', 'queued'],
  ['running', 'running'],
  ['Processing', 'running'],
  ['in_progress', 'running'],
  ['IN_PROGRESS', 'running'],
  ['in-progress', 'running'],
  ['inProgress', 'running'],
  ['generating', 'running'],
  ['active', 'running'],
  ['succeeded', 'succeeded'],
  ['SUCCEEDED', 'succeeded'],
  ['success', 'succeeded'],
  ['SUCCESS', 'succeeded'],
  ['complete', 'succeeded'],
  ['Completed', 'succeeded'],
  [' completed ', 'succeeded'],
  ['done', 'succeeded'],
  ['failed', 'failed'],
  ['FAILURE', 'failed'],
  ['ERROR', 'failed'],
  ['cancelled', 'cancelled'],
  ['canceled', 'cancelled'],
  ['Canceled', 'cancelled'],
  ['expired', 'expired'],
  ['wait', 'queued'],
  ['preparing', 'queued'],
  ['initializing', 'queued'],
  ['accepted', 'queued'],
  ['executing', 'running'],
  ['post-processing', 'running'],
  ['uploading', 'running'],
  ['rejected', 'failed'],
  ['moderated', 'failed'],
  ['aborted', 'cancelled'],
  ['terminated', 'cancelled'],
  ['timeout', 'expired'],
  ['TIMED_OUT', 'expired'],
] as const;

test.each(SEEN)('the status "%s" means %s', (word, state) => {
  expect(taskStateOf(word)).toBe(state);
  expect(statusSchema.parse(word)).toBe(state);
});

test.each([
  ['paused', 'unknown status "paused"'],
  // It could be waiting to run or waiting to be fetched.
  ['ready', 'unknown status "ready"'],
  ['almost done', 'unknown status "almost done"'],
  ['', 'unknown status string'],
  ['<b>done</b>', 'unknown status string'],
  [7, 'unknown status number'],
  [null, 'unknown status object'],
  [undefined, 'unknown status undefined'],
])('the unknown status %j is an error that names it', (word, message) => {
  expect(statusSchema.safeParse(word).error?.issues[0]?.message).toBe(message);
});
