import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

import { UserError } from '#src/errors.ts';
import { inspectReferenceVideo } from '#src/media/inspection/inspect-reference.ts';
import { text } from '#src/text/text.ts';

import { anyMutation, mutate } from '../../../fakes/mp4-mutations.ts';
import { temporaryFolder } from '../../../fakes/temporary-folder.ts';
import { hasFfmpeg, makeWithFfmpeg, tone, warnWithoutFfmpeg } from '../ffmpeg/ffmpeg.ts';

const run = promisify(execFile);
const ANY_LENGTH = {
  label: text('media:referenceVideo'),
  limits: { minSeconds: 0, maxSeconds: 1e12 },
};
/** ffprobe guesses the duration of some single packets. */
const TOLERANCE_SECONDS = 0.15;
const RUNS = 100;
const SEED = 1;
const PICTURES = '-f lavfi -i testsrc2=s=432x432:r=24:d=3';
const CODING = '-c:v libx264 -preset ultrafast -bf 2 -crf 45 -pix_fmt yuv420p -c:a aac -b:a 16k';
const FORMS = {
  'plain.mp4': '',
  'plain.mov': '',
  'fragments.mp4': '-movflags frag_keyframe+empty_moov+default_base_moof -frag_duration 500000',
  'indexed.mp4': '-movflags +dash -frag_duration 700000',
};

const seconds = z.coerce.number().catch(0);
const probed = z.object({
  format: z.object({ duration: seconds }).catch({ duration: 0 }),
  streams: z.array(z.object({ duration: seconds })).catch([]),
  packets: z
    .array(z.object({ stream_index: z.number(), pts_time: seconds, duration_time: seconds }))
    .catch([]),
});

warnWithoutFfmpeg('forged-against-ffprobe.test.ts');

describe.skipIf(!hasFfmpeg)('a reference video with changed boxes', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const files: Buffer[] = [];
  beforeAll(async () => {
    folder = await temporaryFolder();
    for (const [name, flags] of Object.entries(FORMS)) {
      const args = [PICTURES, tone(3), CODING, flags].filter(Boolean).join(' ');
      files.push(await readFile(await makeWithFfmpeg(args, join(folder.path, name))));
    }
  });
  afterAll(async () => folder[Symbol.asyncDispose]());

  test('a changed reference video is refused, or held for no less than ffprobe finds in it', async () => {
    const path = join(folder.path, 'forged.mp4');
    const mutations = fc.array(anyMutation, { minLength: 1, maxLength: 2 });
    let accepted = 0;

    await fc.assert(
      fc.asyncProperty(fc.nat(files.length - 1), mutations, async (index, list) => {
        const bytes = mutate(files[index] ?? Buffer.alloc(0), list);
        const held = await heldSeconds(bytes);
        if (held === undefined) return;
        accepted += 1;
        await writeFile(path, bytes);
        expect(await longestByFfprobe(path)).toBeLessThanOrEqual(held + TOLERANCE_SECONDS);
      }),
      // A fixed seed: a rare finding belongs to a longer search, not to an unrelated change.
      { numRuns: RUNS, seed: SEED },
    );

    expect(accepted).toBeGreaterThan(RUNS / 10);
  }, 120_000);
});

async function heldSeconds(bytes: Buffer): Promise<number | undefined> {
  try {
    return (await inspectReferenceVideo(bytes, ANY_LENGTH)).billableMs / 1000;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The length by the container, by each stream, and by all packets of a stream. */
async function longestByFfprobe(path: string): Promise<number> {
  const entries = 'format=duration:stream=duration:packet=stream_index,pts_time,duration_time';
  const args = ['-v', 'quiet', '-of', 'json', '-show_entries', entries, path];
  const output = await run('ffprobe', args, { maxBuffer: 1e8 }).catch(() => ({ stdout: '{}' }));
  const { format, streams, packets } = probed.parse(JSON.parse(output.stdout));
  const totals = new Map<number, number>();
  for (const { stream_index: stream, duration_time: duration } of packets) {
    totals.set(stream, (totals.get(stream) ?? 0) + duration);
  }
  const shown = packets.map((packet) => packet.pts_time);
  const span = Math.max(0, ...shown) - Math.min(0, ...shown);
  return Math.max(format.duration, span, ...streams.map((one) => one.duration), ...totals.values());
}
