import { describe, expect, test } from 'vitest';

import { mp4File, type Mp4Settings } from '../fakes/videos.ts';
import { mp3File, wavFile } from '../unit/media/inspection/sounds.ts';
import {
  PRO_2_0,
  PRO_2_5,
  errorOf,
  image,
  png,
  serveFile,
  text,
  vendorClient,
} from './vendor-fixture.ts';

const FAST_2_0 = 'dreamina-seedance-2-0-fast-260128';
const MINI_2_0 = 'dreamina-seedance-2-0-mini-260615';

function video(url: string) {
  return { type: 'video_url', video_url: { url }, role: 'reference_video' };
}

function audio(url: string) {
  return { type: 'audio_url', audio_url: { url }, role: 'reference_audio' };
}

function sound(bytes: Buffer, type = 'wav'): Record<string, unknown> {
  return audio(`data:audio/${type};base64,${bytes.toString('base64')}`);
}

function images(count: number) {
  return Array.from({ length: count }, () => image(png(), 'reference_image'));
}

/** 720p of 16:9. */
function tokens(seconds: number): number {
  return Math.floor((1280 * 720 * (24 * seconds + 1)) / 1024);
}

describe('a reference video', () => {
  test.each([PRO_2_0, FAST_2_0, MINI_2_0, PRO_2_5])(
    'a reference video is fetched, and its seconds are billed next to those that are made, on %s',
    async (model) => {
      await using files = await serveFile(mp4File({ seconds: 6 }));
      await using client = await vendorClient();

      const id = await client.newTask({
        model,
        content: [text(), video(files.url)],
        ratio: '16:9',
        duration: 5,
      });

      const { usage } = await client.finished(id);
      expect(usage.completion_tokens).toBe(tokens(11));
    },
  );

  test('a reference video is billed by its own length, and several by their sum', async () => {
    await using files = await serveFile(mp4File({ seconds: 4.5 }));
    await using client = await vendorClient();
    const content = [text(), video(files.url), video(files.url), ...images(2)];

    const id = await client.newTask({ model: PRO_2_0, content, ratio: '16:9', duration: 4 });

    expect((await client.finished(id)).usage.total_tokens).toBe(tokens(13));
  });

  test.each<[string, Mp4Settings, string]>([
    ['that is too short', { seconds: 1 }, 'duration must be within [2, 15]'],
    ['that is too long', { seconds: 16 }, 'duration must be within [2, 15]'],
    ['that is too small', { width: 320, height: 240 }, 'within [480p, 4k]'],
    ['that is too large', { width: 7680, height: 4320 }, 'within [480p, 4k]'],
    ['that is too slow', { framesPerSecond: 15 }, 'within [24, 60]'],
    ['without a length', { duration: 'none' }, 'invalid video format'],
  ])('a reference video %s is refused', async (_, settings, says) => {
    await using files = await serveFile(mp4File(settings));
    await using client = await vendorClient();

    const reply = await client.create({ model: PRO_2_0, content: [text(), video(files.url)] });

    expect(reply.status).toBe(400);
    expect(errorOf(reply).message).toContain(says);
    expect(errorOf(reply).param).toBe('content[1].video_url');
    expect(client.vendor.tasks).toEqual([]);
  });

  test('a reference video of up to 30 s is accepted by 2.5', async () => {
    await using files = await serveFile(mp4File({ seconds: 30 }));
    await using client = await vendorClient();

    const reply = await client.create({ model: PRO_2_5, content: [text(), video(files.url)] });

    expect(reply.status).toBe(200);
  });

  test.each([
    ['an audio file', wavFile(), 'invalid video format'],
    ['a text file', Buffer.from('not a video'), 'invalid video format'],
  ])('a reference video that is %s is refused', async (_, bytes, says) => {
    await using files = await serveFile(bytes);
    await using client = await vendorClient();

    const reply = await client.create({ model: PRO_2_0, content: [text(), video(files.url)] });

    expect(errorOf(reply).message).toContain(says);
  });

  test.each([
    ['in the body', `data:video/mp4;base64,${mp4File().toString('base64')}`, 'invalid url'],
    ['from another host', 'https://clips.example/a.mp4', 'resource download failed'],
    ['that does not exist', 'http://127.0.0.1:1/a.mp4', 'resource download failed'],
  ])('a reference video %s is refused', async (_, url, says) => {
    await using client = await vendorClient();

    const reply = await client.create({ model: PRO_2_0, content: [text(), video(url)] });

    expect(errorOf(reply).message).toContain(says);
  });

  test('several reference videos may have 15 s together', async () => {
    await using files = await serveFile(mp4File({ seconds: 8 }));
    await using client = await vendorClient();
    const content = [text(), video(files.url), video(files.url)];

    const reply = await client.create({ model: PRO_2_0, content });

    expect(errorOf(reply).message).toContain('total duration');
    expect((await client.create({ model: PRO_2_5, content })).status).toBe(200);
  });
});

describe('reference audio', () => {
  test.each([
    ['WAV', sound(wavFile({ seconds: 5 }))],
    ['MP3', sound(mp3File({ seconds: 5 }), 'mpeg')],
    ['MP3 of variable bit rate', sound(mp3File({ seconds: 9, bitRates: [1, 14] }), 'mp3')],
  ])(
    'reference audio as %s in the body accompanies a picture, and costs nothing more',
    async (_, item) => {
      await using client = await vendorClient();
      const content = [text(), ...images(1), item];

      const id = await client.newTask({ model: PRO_2_0, content, ratio: '16:9', duration: 5 });

      expect((await client.finished(id)).usage.completion_tokens).toBe(tokens(5));
    },
  );

  test.each([PRO_2_0, PRO_2_5])('reference audio may not be alone on %s', async (model) => {
    await using client = await vendorClient();
    const content = [text(), sound(wavFile())];

    const reply = await client.create({ model, content });

    expect(errorOf(reply).message).toContain('reference_audio cannot be the only reference input');
  });

  test.each([
    ['too short', sound(wavFile({ seconds: 1 })), 'within [2, 15]'],
    ['too long', sound(mp3File({ seconds: 17 })), 'within [2, 15]'],
    ['over 15 MB', sound(wavFile({ seconds: 100, sampleRate: 96_000 })), 'exceeds 15 MB'],
    ['a picture', sound(Buffer.from('not a sound')), 'invalid audio format'],
    ['invalid base64', audio('data:audio/wav;base64,***'), 'invalid url'],
  ])('reference audio that is %s is refused', async (_, item, says) => {
    await using client = await vendorClient();

    const reply = await client.create({ model: PRO_2_0, content: [text(), ...images(1), item] });

    expect(reply.status).toBe(400);
    expect(errorOf(reply).message).toContain(says);
  });
});

describe('the number of references', () => {
  test.each([
    { model: PRO_2_0, most: 9 },
    { model: FAST_2_0, most: 9 },
    { model: MINI_2_0, most: 9 },
    { model: PRO_2_5, most: 30 },
  ])('$model accepts $most pictures', async ({ model, most }) => {
    await using client = await vendorClient();

    const taken = await client.create({ model, content: [text(), ...images(most)] });
    const refused = await client.create({ model, content: [text(), ...images(most + 1)] });

    expect(taken.status).toBe(200);
    expect(errorOf(refused).message).toContain(`at most ${most} reference image`);
  });

  test('2.0 accepts three audio files', async () => {
    await using client = await vendorClient();
    const sounds = (count: number) => Array.from({ length: count }, () => sound(wavFile()));
    const body = (count: number) => ({
      model: PRO_2_0,
      content: [text(), ...images(1), ...sounds(count)],
    });

    expect((await client.create(body(3))).status).toBe(200);
    expect(errorOf(await client.create(body(4))).message).toContain('at most 3 reference audio');
  });
});
