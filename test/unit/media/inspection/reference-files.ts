/** A reference video in which any table can be falsified, and what the inspection then finds. */
import {
  inspectReferenceVideo,
  type ReferenceVideoFacts,
} from '#src/media/inspection/inspect-reference.ts';
import { REFERENCE_LIMITS_2_5 } from '#src/media/inspection/reference-limits.ts';
import { text } from '#src/text/text.ts';

import { changeBoxes, changeContent, typeOf } from '../../../fakes/mp4-changes.ts';
import { mp4Box, mp4File, uint32 } from '../../../fakes/videos.ts';
import { inspectionTextOf } from './inspection-text.ts';

export const OPTIONS = { label: text('media:referenceVideo'), limits: REFERENCE_LIMITS_2_5 };
export const TRACK = 'moov/trak';
export const TABLES = 'moov/trak/mdia/minf/stbl';

/** 5 s, with its description after its media so that changes move no sample. */
export const HONEST = mp4File({ descriptionAt: 'end' });
export const FRAMES = 120;
/** Ticks of the media’s time scale, and of the movie’s. */
export const MEDIA_SECOND = 24_000;
export const MOVIE_SECOND = 1000;

export async function inspectionText(bytes: Buffer): Promise<string> {
  return inspectionTextOf(inspectReferenceVideo(bytes, OPTIONS));
}

export async function measure(
  bytes: Buffer,
): Promise<Pick<ReferenceVideoFacts, 'seconds' | 'billableMs'>> {
  const { seconds, billableMs } = await inspectReferenceVideo(bytes, OPTIONS);
  return { seconds, billableMs };
}

export function unclear(reason: string): string {
  return `The length of the reference video is unclear. Re-export the clip as an ordinary MP4 and send the new file. (${reason})`;
}

/** The valid file with boxes added after those at the path. */
export function addAfter(path: string, ...boxes: readonly Buffer[]): Buffer {
  return changeBoxes(HONEST, path, (before) => [...before, ...boxes]);
}

/** The valid file with a box added before those at the path. */
export function addBefore(path: string, box: Buffer): Buffer {
  return changeBoxes(HONEST, path, (before) => [box, ...before]);
}

export function removeBox(path: string, type: string): Buffer {
  return changeBoxes(HONEST, path, (before) => before.filter((box) => typeOf(box) !== type));
}

export function replaceBox(path: string, content: Buffer): Buffer {
  return changeContent(HONEST, path, () => content);
}

/** A time table with one entry. */
export function times(frames: number, ticks = 1000): Buffer {
  return mp4Box('stts', uint32(0, 1, frames, ticks));
}

export type EditEntry = readonly [duration: number, start: number, rate?: number];

export function edits(...entries: readonly EditEntry[]): Buffer {
  const contents = entries.map(([duration, start, rate = 0x1_0000]) => {
    const entry = uint32(duration, 0, rate);
    entry.writeInt32BE(start, 4);
    return entry;
  });
  return mp4Box('edts', mp4Box('elst', uint32(0, entries.length), ...contents));
}

/** The valid file with that edit list. */
export function withEdits(...entries: readonly EditEntry[]): Buffer {
  return addBefore(TRACK, edits(...entries));
}
