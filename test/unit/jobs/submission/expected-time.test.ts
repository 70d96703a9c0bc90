import { describe, expect, test } from 'vitest';

import { SECOND } from '#src/clock.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { expectedRenderMs } from '#src/jobs/submission/expected-time.ts';

import { aJob, aRequest, aTakenSubmission, JOB_BORN_MS } from '../../../builders/job.ts';

function finishedIn(seconds: number, request = aRequest()): Job {
  return aJob({
    state: 'delivered',
    request,
    submissions: [aTakenSubmission({ submittedAtMs: JOB_BORN_MS })],
    result: { videoUrl: 'https://videos.example/1', succeededAtMs: JOB_BORN_MS + seconds * SECOND },
  });
}

const long = aRequest({ length: { unit: 'seconds', seconds: 10 } });
const sharp = aRequest({ resolution: '1080p' });

describe('when a video may be expected', () => {
  test.each([
    { times: [], what: 'no history' },
    { times: [60, 61], what: 'two videos' },
  ])('$what: nothing is said', ({ times }) => {
    expect(
      expectedRenderMs(
        aJob(),
        times.map((time) => finishedIn(time)),
      ),
    ).toBeUndefined();
  });

  test('the median, which one slow video does not move', () => {
    const history = [60, 900, 50, 55, 58].map((time) => finishedIn(time));

    expect(expectedRenderMs(aJob(), history)).toBe(58 * SECOND);
  });

  test('of those of the same length and size, when there are three', () => {
    const like = [100, 110, 120].map((time) => finishedIn(time, long));
    const others = [10, 11, 12, 13].map((time) => finishedIn(time));
    const larger = [300, 300, 300].map((time) =>
      finishedIn(time, { ...long, resolution: '1080p' }),
    );

    expect(expectedRenderMs({ request: long }, [...others, ...larger, ...like])).toBe(110 * SECOND);
  });

  test('of all of the model when fewer are alike', () => {
    const history = [finishedIn(100, sharp), finishedIn(20), finishedIn(30)];

    expect(expectedRenderMs({ request: sharp }, history)).toBe(30 * SECOND);
  });

  test('those whose time is not known do not count', () => {
    const untold = aJob({ state: 'delivered', submissions: [] });
    const history = [untold, untold, untold, ...[20, 30, 40].map((time) => finishedIn(time, long))];

    expect(expectedRenderMs(aJob(), history)).toBe(30 * SECOND);
    expect(expectedRenderMs(aJob(), [untold, untold, untold])).toBeUndefined();
  });
});
