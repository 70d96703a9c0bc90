import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { imageSize } from 'image-size';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { plainPng } from '#sandbox/vendor/results/still.ts';

import { PRO, PRO_1_5, image, png, text, vendorClient } from './vendor-fixture.ts';

const hasFfmpeg = ['ffmpeg', 'ffprobe'].every(
  (program) => spawnSync(program, ['-version']).status === 0,
);

const probeSchema = z.object({
  streams: z.array(
    z.object({
      codec_name: z.string(),
      width: z.int().optional(),
      height: z.int().optional(),
      nb_frames: z.coerce.number(),
      channels: z.int().optional(),
    }),
  ),
});

async function probe(bytes: Uint8Array) {
  const folder = await mkdtemp(path.join(tmpdir(), 'probe-'));
  try {
    const file = path.join(folder, 'clip.mp4');
    await writeFile(file, bytes);
    const { stdout } = spawnSync('ffprobe', [
      ...'-v error -show_streams -of json'.split(' '),
      file,
    ]);
    return probeSchema.parse(JSON.parse(stdout.toString())).streams;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function bytesAt(url: string): Promise<Buffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`No video: ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

/** Faststart: a player finds the index before the pictures. */
function isFastStart(bytes: Buffer): boolean {
  return bytes.indexOf('moov') < bytes.indexOf('mdat');
}

const first = image(png(1024, 768), 'first_frame');
const last = image(png(800, 800), 'last_frame');

describe.skipIf(!hasFfmpeg)('videos rendered with ffmpeg', () => {
  test.each([
    {
      body: { model: PRO, content: [text()], resolution: '480p', duration: 2 },
      video: { width: 864, height: 480, nb_frames: 49 },
      streams: 1,
    },
    {
      body: { model: PRO, content: [first], resolution: '480p', duration: 2 },
      video: { width: 736, height: 544, nb_frames: 49 },
      streams: 1,
    },
    {
      body: { model: PRO, content: [first, last], ratio: '9:16', frames: 29, resolution: '720p' },
      video: { width: 704, height: 1248, nb_frames: 29 },
      streams: 1,
    },
    {
      body: { model: PRO_1_5, content: [text(), first], resolution: '480p', duration: 4 },
      video: { width: 752, height: 560, nb_frames: 97 },
      streams: 2,
    },
  ])('the video has the size and frames of its task: $video', async ({ body, video, streams }) => {
    await using client = await vendorClient({ video: 'ffmpeg' });

    const { content } = await client.finished(await client.newTask(body));
    const bytes = await bytesAt(content.video_url);

    const found = await probe(bytes);
    expect(found[0]).toMatchObject({ codec_name: 'h264', ...video });
    expect(found).toHaveLength(streams);
    expect(found[1] ?? { codec_name: 'aac', channels: 1 }).toMatchObject({
      codec_name: 'aac',
      channels: 1,
    });
    expect(isFastStart(bytes)).toBe(true);
  });

  test('identical tasks are rendered once, whatever their seeds', async () => {
    await using client = await vendorClient({ video: 'ffmpeg' });
    const body = { model: PRO, content: [text(), first], resolution: '480p', frames: 29 };
    const urls: string[] = [];
    for (const seed of [1, 2, 3]) {
      const { content } = await client.finished(await client.newTask({ ...body, seed }));
      urls.push(content.video_url);
    }
    expect(client.vendor.renders).toBe(0);

    await Promise.all(urls.map(bytesAt));

    expect(client.vendor.renders).toBe(1);
  });

  test('the last frame is a picture of its own video', async () => {
    await using client = await vendorClient({ video: 'ffmpeg' });
    const pictures: Buffer[] = [];
    for (const words of ['a cat on a roof', 'rain on a lake']) {
      const body = { model: PRO, content: [text(words)], resolution: '480p', frames: 29 };
      const id = await client.newTask({ ...body, return_last_frame: true });
      const { content } = await client.finished(id);
      pictures.push(await bytesAt(content.last_frame_url ?? ''));
    }

    for (const picture of pictures) {
      expect(imageSize(picture)).toMatchObject({ type: 'png', width: 864, height: 480 });
      expect(picture.equals(plainPng(864, 480))).toBe(false);
    }
    expect(pictures[0]?.equals(pictures[1] ?? Buffer.alloc(0))).toBe(false);
  });

  test('closing the vendor ends a rendering', async () => {
    const client = await vendorClient({ video: 'ffmpeg' });
    const { content } = await client.finished(
      await client.newTask({ model: PRO, content: [text(), first], duration: 12 }),
    );
    const closeOnceAsked = async () => {
      await client.vendor.until(([task]) => task?.downloads === 1);
      await client.vendor.close();
    };

    await Promise.all([
      expect(bytesAt(content.video_url)).rejects.toThrow(/fetch failed|terminated/u),
      closeOnceAsked(),
    ]);
  });

  test('a picture broken after its header still gives a video of the right size', async () => {
    await using client = await vendorClient({ video: 'ffmpeg' });
    const broken = image(png(1024, 768).slice(0, 120));

    const { content } = await client.finished(
      await client.newTask({ model: PRO, content: [broken], resolution: '480p', frames: 29 }),
    );

    expect((await probe(await bytesAt(content.video_url)))[0]).toMatchObject({
      width: 736,
      height: 544,
    });
  });
});

describe('the result link', () => {
  async function finishedVideo(options: Parameters<typeof vendorClient>[0] = {}) {
    const client = await vendorClient(options);
    const answer = await client.finished(
      await client.newTask({ model: PRO, content: [text()], return_last_frame: true }),
    );
    return { client, ...answer.content };
  }

  test('the result link serves the configured file until that is changed', async () => {
    const { client, video_url: url } = await finishedVideo();
    await using _ = client;
    const own = await bytesAt(url);
    const large = Buffer.alloc(1_000, 'large');

    client.vendor.setVideo(large);
    expect(await bytesAt(url)).toEqual(large);
    client.vendor.setVideo(undefined);
    expect(await bytesAt(url)).toEqual(own);
  });

  test('the result link serves the stored clip as an MP4 of known length', async () => {
    const { client, video_url: url } = await finishedVideo();
    await using _ = client;

    const response = await fetch(url);
    const bytes = Buffer.from(await response.arrayBuffer());

    expect(new URL(url).host).toBe(client.vendor.host);
    expect(response.headers.get('content-type')).toBe('video/mp4');
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
    expect(bytes.subarray(4, 8).toString()).toBe('ftyp');
    expect(isFastStart(bytes)).toBe(true);
    expect(client.vendor.tasks[0]?.downloads).toBe(1);
  });

  test.each([
    { range: 'bytes=0-9', part: [0, 10] },
    { range: 'bytes=10-', part: [10, undefined] },
    { range: 'bytes=-7', part: [-7, undefined] },
  ])('the result link serves the part $range', async ({ range, part }) => {
    const { client, video_url: url } = await finishedVideo();
    await using _ = client;
    const whole = await bytesAt(url);

    const response = await fetch(url, { headers: { range } });

    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toMatch(
      new RegExp(`^bytes \\d+-\\d+/${whole.length}$`, 'u'),
    );
    expect(Buffer.from(await response.arrayBuffer())).toEqual(whole.subarray(...part));
  });

  test('a test can wait for a download of the result link', async () => {
    const { client, video_url: url } = await finishedVideo();
    await using _ = client;
    const downloaded = client.vendor.until(([task]) => task?.downloads === 1);

    await bytesAt(url);

    await expect(downloaded).resolves.toBeUndefined();
  });

  test('the result link refuses a part beyond the end', async () => {
    const { client, video_url: url } = await finishedVideo();
    await using _ = client;

    expect((await fetch(url, { headers: { range: 'bytes=99999999-' } })).status).toBe(416);
  });

  test('the result link expires after a hundred downloads', async () => {
    const { client, video_url: url } = await finishedVideo();
    await using _ = client;
    for (let count = 0; count < 100; count += 1) await bytesAt(url);

    expect((await fetch(url)).status).toBe(403);
  });

  test('the result link expires at its time', async () => {
    let nowMs = Date.now();
    const { client, video_url: url } = await finishedVideo({
      now: () => nowMs,
      renderMs: 0,
      videoUrlLifeMs: 5_000,
    });
    await using _ = client;
    expect(url).toContain('X-Tos-Expires=5&');
    nowMs += 4_999;
    expect((await fetch(url)).status).toBe(200);
    nowMs += 1;

    expect((await fetch(url)).status).toBe(403);
  });

  test('the result link accepts no other signature, and no key in addition', async () => {
    const { client, video_url: url } = await finishedVideo();
    await using _ = client;

    const authorization = `Bearer ${client.vendor.key}`;

    expect((await fetch(url.replace('X-Tos-Signature=', '$&0'))).status).toBe(403);
    expect((await fetch(url, { headers: { authorization } })).status).toBe(400);
  });

  test('the last frame has the size of its video', async () => {
    const { client, last_frame_url: url = '' } = await finishedVideo();
    await using _ = client;

    expect(imageSize(await bytesAt(url))).toMatchObject({ type: 'png', width: 1920, height: 1088 });
  });
});
