/** The re-encoding of a finished video: what its member reads, and what may happen meanwhile. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { mp4File } from '../fakes/videos.ts';
import { EDIT_BY_BOT, EDIT_BY_TOKEN, scenario, until, type Scenario } from './harness.ts';
import { slowEncoder } from './slow-encoder.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;
const SIZE = { seconds: 5, width: 1280, height: 720 };
const SMALL_LIMIT = { discord: { attachmentSizeLimitBytes: 512 * KIBIBYTE } };
const LARGE = mp4File({ ...SIZE, mediaBytes: 600 * KIBIBYTE });

const uploads = (s: Scenario) =>
  [EDIT_BY_TOKEN, EDIT_BY_BOT]
    .flatMap((route) => s.requests(route))
    .filter(({ files }) => files.length > 0);

test('the message shows that encoding is under way, and then the video', async () => {
  await using encoder = await slowEncoder(SIZE);
  await scenario({ ...SMALL_LIMIT, ffmpegPath: encoder.path }, async (s) => {
    s.vendor.setVideo(LARGE);
    const reply = s.video({ prompt: PROMPT });

    const waiting = await reply.until(({ text }) => text.includes('will be compressed'));
    expect(waiting.text).toContain('Over the 524 kB limit here');
    expect(waiting.media).toEqual([]);

    await encoder.release(1);
    await reply.until(({ media }) => media.length > 0);
    expect((await s.job('delivered')).deliveredAs).toBe('video');
    expect(uploads(s)).toHaveLength(1);
  });
});

test('a bot stopped during encoding encodes after its next start, and leaves nothing behind', async () => {
  await using encoder = await slowEncoder(SIZE);
  await scenario({ ...SMALL_LIMIT, ffmpegPath: encoder.path }, async (s) => {
    s.vendor.setVideo(LARGE);
    const reply = s.video({ prompt: PROMPT });
    await until(encoder.started, (count) => count === 1);

    await s.stop();
    await encoder.release(2);
    await s.start();

    await reply.until(({ media }) => media.length > 0);
    await s.job('delivered');
    expect(encoder.started()).toBe(2);
    expect(uploads(s)).toHaveLength(1);
    const names = await readdir(join(s.environment['DATA_DIR'] ?? '', 'videos'));
    expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

test('a delivery route with a lower limit gets its own encoding', async () => {
  const first = { ...SIZE, mediaBytes: 12 * MEBIBYTE };
  await using encoder = await slowEncoder(SIZE, first);
  const alice = { attachmentSizeLimitBytes: 20 * MEBIBYTE };
  await scenario({ alice, ffmpegPath: encoder.path }, async (s) => {
    s.vendor.setVideo(mp4File({ ...SIZE, mediaBytes: 21 * MEBIBYTE }));
    const reply = s.video({ prompt: PROMPT, notify: 'none' });
    await until(encoder.started, (count) => count === 1);

    // The command’s token has expired by the first encoding; the bot’s own allows 10 MiB.
    s.discord.inject({
      route: EDIT_BY_TOKEN,
      only: ({ files }) => files.length > 0,
      kind: 'status',
      status: 401,
      code: 50_027,
    });
    await encoder.release(2);

    await reply.until(({ media }) => media.length > 0);
    const { encodings } = await s.job('delivered');
    expect(encodings?.map(({ maxBytes }) => maxBytes)).toEqual([20 * MEBIBYTE, 10 * MEBIBYTE]);
    expect(encodings?.[0]?.made?.bytes).toBeGreaterThan(10 * MEBIBYTE);
    expect(uploads(s).map(({ status }) => status)).toEqual([401, 200]);
  });
});
