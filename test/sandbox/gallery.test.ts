/** The gallery has an example of every content of a job’s message, and a value for every sentence. */
import { expect, test } from 'vitest';

import { isShown, stringsIn } from '#sandbox/gallery/coverage.ts';
import { groupOf } from '#sandbox/gallery/examples.ts';
import { jobGroups } from '#sandbox/gallery/make.ts';
import { placeholdersWithoutExample, sentenceKeys } from '#sandbox/gallery/sentences.ts';
import { FAILURE_REASONS, JOB_STATES } from '#src/jobs/record/job.ts';

const SETTING = { locale: 'en-US', nowMs: Date.parse('2026-11-21T12:00:00Z') } as const;

/** In `cards.json` and in no message of a job: the reply after a restart, and a part of refusals. */
const NOT_OF_JOBS = ['cards:restarted', 'cards:inPrivateReplyToButton'];

const jobs = await jobGroups(SETTING);
const examples = jobs.flatMap((group) => group.examples);

test('each state of a job has an example', () => {
  const shown = new Set(examples.map(({ job }) => job?.state));

  expect(JOB_STATES.filter((state) => !shown.has(state))).toEqual([]);
});

test('each reason for a failure has an example', () => {
  const shown = new Set(examples.map(({ job }) => job?.failure?.reason));

  expect(FAILURE_REASONS.filter((reason) => !shown.has(reason))).toEqual([]);
});

test('each sentence about a job is in one of its examples', () => {
  const strings = stringsIn(jobs.map(groupOf));
  const ofJobs = sentenceKeys().filter((key) => key.startsWith('cards:'));

  expect(ofJobs.filter((key) => !isShown(key, strings))).toEqual(NOT_OF_JOBS.toSorted());
});

test('each placeholder of a sentence has an example value', () => {
  expect(sentenceKeys().flatMap(placeholdersWithoutExample)).toEqual([]);
});
