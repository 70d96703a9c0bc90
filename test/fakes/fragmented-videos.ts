/** MP4 files in fragments, as OBS and browsers record them: 25 frames per second in ticks of 1/1000 s. */
import { changeBoxes } from './mp4-changes.ts';
import { mp4Box, mp4File, uint32 } from './videos.ts';

export const FRAME_TICKS = 40;
const FRAMES_PER_SECOND = 25;
const FRAME_BYTES = 10;
/** `tfhd`: offsets count from the fragment itself. */
const BASE_IS_FRAGMENT = 0x2_0000;
/** `trun`: an offset, and for each frame a duration and a size. */
const PLACE_DURATIONS_SIZES = 0x301;

export interface FragmentSettings {
  frames: number;
  /** When the first frame is decoded, in ticks; undefined omits the box. */
  startTick: number | undefined;
  frameTicks?: number;
  /** What the run claims to contain. */
  claimedFrames?: number;
  trackId?: number;
}

/** `moof` and its `mdat`. */
export function fragment(settings: FragmentSettings): Buffer[] {
  const { frames, startTick, frameTicks = FRAME_TICKS, trackId = 1 } = settings;
  const { claimedFrames = frames } = settings;
  const samples = Array.from({ length: frames }, () => [frameTicks, FRAME_BYTES]).flat();
  const run = uint32(PLACE_DURATIONS_SIZES, claimedFrames, 0, ...samples);
  return [
    mp4Box(
      'moof',
      mp4Box('mfhd', uint32(0, 1)),
      mp4Box(
        'traf',
        mp4Box('tfhd', uint32(BASE_IS_FRAGMENT, trackId)),
        ...(startTick === undefined ? [] : [mp4Box('tfdt', uint32(0, startTick))]),
        mp4Box('trun', run),
      ),
    ),
    mp4Box('mdat', Buffer.alloc(frames * FRAME_BYTES, 'media')),
  ];
}

/** Everything before the fragments. */
export function fragmentedStart(statedSeconds?: number): Buffer {
  const whole = mp4File({
    seconds: statedSeconds ?? 0,
    framesPerSecond: 0,
    duration: 'in-fragments',
    mediaBytes: 0,
  });
  const withDefaults = changeBoxes(whole, 'moov/mvex', ([header = Buffer.alloc(0)]) => [
    ...(statedSeconds === undefined ? [] : [header]),
    mp4Box('trex', uint32(0, 1, 1, 0, 0, 0)),
  ]);
  return changeBoxes(withDefaults, '', (boxes) => boxes.slice(0, -1));
}

/** One fragment per second. */
export function fragmentedMp4({
  seconds = 5,
  statedSeconds,
}: { seconds?: number; statedSeconds?: number } = {}): Buffer {
  const fragments = Array.from({ length: seconds }, (_, second) =>
    fragment({ frames: FRAMES_PER_SECOND, startTick: second * FRAMES_PER_SECOND * FRAME_TICKS }),
  );
  return Buffer.concat([fragmentedStart(statedSeconds), ...fragments.flat()]);
}
