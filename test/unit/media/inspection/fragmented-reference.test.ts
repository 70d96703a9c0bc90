import { describe, expect, test } from 'vitest';

import { inspectReferenceVideo } from '#src/media/inspection/inspect-reference.ts';

import {
  FRAME_TICKS,
  fragment,
  fragmentedMp4,
  fragmentedStart,
} from '../../../fakes/fragmented-videos.ts';
import { changeBoxes, changeContent, contentOf } from '../../../fakes/mp4-changes.ts';
import { mp4Box, uint32 } from '../../../fakes/videos.ts';
import {
  HONEST,
  MEDIA_SECOND,
  OPTIONS,
  measure,
  unclear,
  inspectionText,
} from './reference-files.ts';

describe('a fragmented reference video', () => {
  test.each([
    ['that state no length', fragmentedMp4()],
    ['that state their length', fragmentedMp4({ statedSeconds: 5 })],
    ['that state too little', fragmentedMp4({ statedSeconds: 2 })],
  ])('a video in fragments %s is as long as its frames', async (_, bytes) => {
    const facts = await inspectReferenceVideo(bytes, OPTIONS);

    expect(facts).toMatchObject({ seconds: 5, billableMs: 5000, framesPerSecond: 25 });
  });

  const many = { frames: 125, startTick: 0 };
  test.each([
    ['a stated length', fragmentedMp4({ statedSeconds: 14 })],
    [
      'a gap',
      Buffer.concat([
        fragmentedStart(),
        ...fragment(many),
        ...fragment({ frames: 50, startTick: 12_000 }),
      ]),
    ],
    [
      'a late start, which ffmpeg counts twice',
      Buffer.concat([fragmentedStart(), ...fragment({ frames: 125, startTick: 4500 })]),
    ],
    [
      'fragments without a time',
      Buffer.concat([
        fragmentedStart(),
        ...fragment(many),
        ...fragment({ frames: 225, startTick: undefined }),
      ]),
    ],
    [
      'an index',
      Buffer.concat([
        fragmentedStart(),
        mp4Box('sidx', uint32(0, 1, 1000, 0, 0, 1, 100, 14_000, 0)),
        ...fragment(many),
      ]),
    ],
  ])('a fragmented video has its longest stated length: %s', async (_, bytes) => {
    expect((await measure(bytes)).billableMs).toBe(14_000);
  });

  test('the frames in the description are counted as well', async () => {
    const first = changeBoxes(HONEST, 'moov', (boxes) => [
      ...boxes,
      mp4Box('mvex', mp4Box('trex', uint32(0, 1, 1, 0, 0, 0))),
    ]);
    const more = fragment({ frames: 216, startTick: 5 * MEDIA_SECOND, frameTicks: 1000 });

    expect(await measure(Buffer.concat([first, ...more]))).toEqual({
      seconds: 14,
      billableMs: 14_000,
    });
  });

  test('durations come from the description when a fragment states none', async () => {
    const run = mp4Box('trun', uint32(0, 350));
    const bytes = Buffer.concat([
      changeContent(fragmentedStart(), 'moov/mvex/trex', () => uint32(0, 1, 1, FRAME_TICKS, 0, 0)),
      mp4Box('moof', mp4Box('traf', mp4Box('tfhd', uint32(0, 1)), run)),
      mp4Box('mdat'),
    ]);

    expect((await measure(bytes)).billableMs).toBe(14_000);
  });

  test.each([
    [
      'a run of more frames than it holds',
      fragment({ ...many, claimedFrames: 350 }),
      'its trun box states another number of samples than it has',
    ],
    [
      'a run of fewer frames than it holds',
      fragment({ ...many, claimedFrames: 50 }),
      'its trun box states another number of samples than it has',
    ],
    [
      'a track that is not described',
      fragment({ ...many, trackId: 7 }),
      'it has fragments of a track that it does not describe',
    ],
    [
      'two times',
      [
        changeBoxes(Buffer.concat(fragment(many)), 'moof/traf', (boxes) => [
          ...boxes,
          mp4Box('tfdt', uint32(0, 9000)),
        ]),
      ],
      'it has 2 tfdt boxes where one belongs',
    ],
    [
      'fragments at the same time',
      [...fragment(many), ...fragment(many)],
      'its fragments are not in the order of their times',
    ],
    [
      'a fragment of an earlier time',
      [...fragment(many), ...fragment({ ...many, startTick: 4000 })],
      'its fragments are not in the order of their times',
    ],
    [
      'a second description',
      [mp4Box('moov', contentOf(HONEST, 'moov')), ...fragment(many)],
      'it has two descriptions',
    ],
    [
      'frames of more bytes than there are',
      [fragment(many)[0] ?? HONEST],
      'its frames would have more bytes than the file',
    ],
  ])('a fragmented video with %s is refused', async (_, fragments, reason) => {
    expect(await inspectionText(Buffer.concat([fragmentedStart(), ...fragments]))).toBe(
      unclear(reason),
    );
  });

  test('fragments that the description does not announce are refused', async () => {
    const bytes = Buffer.concat([HONEST, ...fragment(many)]);

    expect(await inspectionText(bytes)).toBe(
      unclear('it has fragments of a track that it does not describe'),
    );
  });

  test.each([
    ['is cut in a fragment', fragmentedMp4().subarray(0, -3)],
    ['has no fragment', fragmentedStart()],
  ])('a fragmented video that %s is damaged', async (_, bytes) => {
    expect(await inspectionText(bytes)).toContain('is damaged or cut short');
  });
});
