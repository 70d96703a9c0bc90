import { describe, expect, test } from 'vitest';

import { SECOND } from '#src/clock.ts';
import { lengthKey, type RenderTime } from '#src/jobs/record/render-times.ts';
import { expectedRenderMs } from '#src/jobs/submission/eta.ts';

import { aRequest } from '../../../fakes/job.ts';

function finishedIn(seconds: number, { resolution, length } = aRequest()): RenderTime {
  return { resolution, length: lengthKey(length), tookMs: seconds * SECOND };
}

const long = aRequest({ length: { unit: 'seconds', seconds: 10 } });
const sharp = aRequest({ resolution: '1080p' });

describe('the expected time of a video', () => {
  test.each([
    { times: [], what: 'no history' },
    { times: [60, 61], what: 'two videos' },
  ])('the expected time is unknown with $what', ({ times }) => {
    const history = times.map((time) => finishedIn(time));

    expect(expectedRenderMs(aRequest(), history)).toBeUndefined();
  });

  test('the expected time is the median, which one slow video does not change', () => {
    const history = [60, 900, 50, 55, 58].map((time) => finishedIn(time));

    expect(expectedRenderMs(aRequest(), history)).toBe(58 * SECOND);
  });

  test('the expected time comes from videos of the same length and size when there are three', () => {
    const like = [100, 110, 120].map((time) => finishedIn(time, long));
    const others = [10, 11, 12, 13].map((time) => finishedIn(time));
    const larger = [300, 300, 300].map((time) =>
      finishedIn(time, { ...long, resolution: '1080p' }),
    );

    expect(expectedRenderMs(long, [...others, ...larger, ...like])).toBe(110 * SECOND);
  });

  test('the expected time comes from all videos of the model when fewer are alike', () => {
    const history = [finishedIn(100, sharp), finishedIn(20), finishedIn(30)];

    expect(expectedRenderMs(sharp, history)).toBe(30 * SECOND);
  });
});
