/** The gallery has an example of every content of a job’s message, and a value for every sentence. */
import { expect, test } from 'vitest';

import { isShown, stringsIn } from '#sandbox/gallery/coverage.ts';
import { groupOf } from '#sandbox/gallery/examples.ts';
import { jobGroups } from '#sandbox/gallery/make.ts';
import {
  placeholdersWithoutExample,
  sentenceGroups,
  sentenceKeys,
} from '#sandbox/gallery/sentences.ts';
import { FAILURE_REASONS, JOB_STATES } from '#src/jobs/record/job.ts';
import { LOCALES } from '#src/text/locales.ts';

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

test.each(LOCALES)('each sentence in %s is shown in words, not as its key', (locale) => {
  const shown = sentenceGroups({ ...SETTING, locale }).flatMap(({ examples: ofGroup }) => ofGroup);
  const asKeys = shown.filter(({ title, body }) => {
    const [, key = ''] = title.split(':');
    // A key of one word may be the word itself: granted.
    return /[A-Z]/.test(key) && JSON.stringify(body).includes(`"${key}"`);
  });

  expect(asKeys.map(({ title }) => title)).toEqual([]);
});
