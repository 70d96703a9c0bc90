/** Videos that cannot be uploaded unchanged: too large for their route, or not playable there. */
import { beforeAll, describe, expect, test } from 'vitest';

import { noisyClip } from '#sandbox/noisy-clip.ts';
import { HOUR, SECOND } from '#src/clock.ts';

import { codingOf, hasFfmpeg, soundOf } from './clips.ts';
import { NEW_MESSAGE, scenario, until, type Scenario, type ScenarioOptions } from './harness.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const MEBIBYTE = 1024 * 1024;
const WITHOUT_FFMPEG = { ffmpegPath: '/nonexistent/ffmpeg' };
const SMALL_LIMIT: ScenarioOptions = { discord: { attachmentSizeLimitBytes: MEBIBYTE } };

describe.concurrent('the size warning before a video is made', () => {
  const RENDERING = { vendor: { queueMs: 24 * HOUR } };

  test('a warning says that a video will probably be too large here', () =>
    scenario(RENDERING, async (s) => {
      const reply = s.video({
        prompt: PROMPT,
        model: '1.0-pro-fast',
        resolution: '1080p',
        duration: 12,
      });
      const queued = await reply.until(({ text }) => text.includes('Queued'));

      expect(queued.text).toContain('May be over the 10.5 MB');
      expect(queued.text).toContain('lower resolution avoids');
    }));

  test('a video that will probably fit causes no warning', () =>
    scenario(RENDERING, async (s) => {
      const queued = await s.video({ prompt: PROMPT }).until(({ text }) => text.includes('Queued'));

      expect(queued.text).not.toContain('May be over');
    }));

  test('the size warning uses the member’s own limit', () =>
    scenario({ ...RENDERING, alice: { attachmentSizeLimitBytes: 50 * MEBIBYTE } }, async (s) => {
      const reply = s.video({
        prompt: PROMPT,
        model: '1.0-pro-fast',
        resolution: '1080p',
        duration: 12,
      });

      expect((await reply.until(({ text }) => text.includes('Queued'))).text).not.toContain(
        'May be over',
      );
    }));
});

async function expectFile(s: Scenario) {
  const reply = s.video({ prompt: PROMPT });
  const done = await reply.until(
    ({ media, text }) => media.length > 0 || text.includes('Download'),
  );
  const job = await s.job('delivered');
  const [file] = done.media;
  if (file === undefined) throw new Error(`There is no file, but: ${done.text}`);
  return { job, bytes: file.bytes(), done };
}

describe.skipIf(!hasFfmpeg)('large videos with ffmpeg', () => {
  let large: Buffer;
  let huge: Buffer;
  let modern: Buffer;
  let deep: Buffer;
  let silent: Buffer;

  beforeAll(() => {
    large = noisyClip({ megabytes: 2 });
    huge = noisyClip({ megabytes: 14 });
    modern = noisyClip({ encoder: 'libx265', megabytes: 0.5 });
    silent = noisyClip({ soundEncoder: 'libopus', megabytes: 0.5 });
    deep = noisyClip({ pixelFormat: 'yuv420p10le', megabytes: 0.5 });
  }, 60 * SECOND);

  test('the clips have the intended properties', () => {
    expect(large.length).toBeGreaterThan(1.2 * MEBIBYTE);
    expect(huge.length).toBeGreaterThan(10 * MEBIBYTE);
    expect(codingOf(modern)).toContain('hevc');
    expect(codingOf(deep)).toContain('10le');
  });

  describe.concurrent('videos over the limits', () => {
    test('a video over the limit is encoded to fit, and is in the message', () =>
      scenario(SMALL_LIMIT, async (s) => {
        s.vendor.setVideo(large);
        const { job, bytes } = await expectFile(s);

        expect(job.deliveredAs).toBe('video');
        expect(job.video?.bytes).toBe(large.length);
        expect(bytes.length).toBeLessThanOrEqual(MEBIBYTE);
        expect(bytes.length).toBeGreaterThan(MEBIBYTE / 4);
        expect(codingOf(bytes)).toBe('h264,yuv420p');
        expect(s.vendor.tasks[0]?.downloads).toBe(1);
        expect(await s.ledgers.serverBalance()).toBe(-39);
      }));

    test('a video too large for acceptable quality becomes a link', () =>
      scenario({ discord: { attachmentSizeLimitBytes: 20_000 } }, async (s) => {
        s.vendor.setVideo(large);
        const reply = s.video({ prompt: PROMPT });
        const done = await reply.until(({ text }) => text.includes('Download'));

        expect(done.text).toContain('too large to upload here');
        expect((await s.job('delivered')).deliveredAs).toBe('link');
      }));

    test.each(['H.265', '10-bit'])(
      'a video in %s is re-encoded, even when it is small enough',
      (kind) =>
        scenario({}, async (s) => {
          s.vendor.setVideo(kind === 'H.265' ? modern : deep);
          const { job, bytes } = await expectFile(s);

          expect(job.video?.needsReencoding).toBe(true);
          expect(codingOf(bytes)).toBe('h264,yuv420p');
        }),
    );

    test('a video that fits and plays everywhere is posted byte for byte', () =>
      scenario(SMALL_LIMIT, async (s) => {
        const fits = noisyClip({ megabytes: 0.5 });
        s.vendor.setVideo(fits);
        const { bytes } = await expectFile(s);

        expect(bytes.equals(fits)).toBe(true);
      }));

    test('a video with sound that iPhones do not play gets AAC and the same pictures', () =>
      scenario({}, async (s) => {
        s.vendor.setVideo(silent);
        const { job, bytes } = await expectFile(s);

        expect(job.video).toMatchObject({ needsOtherSound: true, needsReencoding: false });
        expect(soundOf(bytes)).toBe('aac');
        expect(codingOf(bytes)).toBe('h264,yuv420p');
        expect(bytes.includes('AIGC')).toBe(true);
      }));

    test('a video that Discord refuses as too large is sent again at 10 MiB', () =>
      scenario({ guild: { premiumTier: 2 }, vendor: { renderMs: 24 * HOUR } }, async (s) => {
        await refuseNewMessage(s, 1);
        const job = await s.job('delivered');

        const [message] = s.guild.channel().messages;
        expect(job.deliveredAs).toBe('video');
        expect(message?.media[0]?.sizeBytes).toBeLessThanOrEqual(10 * MEBIBYTE);
        expect(s.requests(NEW_MESSAGE).map(({ status }) => status)).toEqual([413, 200]);
      }));

    test('a video that Discord refuses even at 10 MiB becomes a link', () =>
      scenario({ guild: { premiumTier: 2 }, vendor: { renderMs: 24 * HOUR } }, async (s) => {
        await refuseNewMessage(s, 2);
        const job = await s.job('delivered');

        expect(job.deliveredAs).toBe('link');
        expect(s.requests(NEW_MESSAGE).map(({ status }) => status)).toEqual([413, 413, 200]);
        expect(s.guild.channel().messages).toHaveLength(1);
        expect(s.guild.channel().messages[0]?.text).toContain('Download');
      }));
  });

  /** On the route of a new message, the next request is certain to be the upload. */
  async function refuseNewMessage(s: Scenario, times: number): Promise<void> {
    s.vendor.setVideo(huge);
    const reply = s.video({ prompt: PROMPT });
    await reply.until(({ text }) => text.includes('Rendering'));
    s.guild.deleteMessage({ id: reply.message?.id ?? '' });
    s.discord.inject({ route: NEW_MESSAGE, kind: 'status', status: 413, code: 40_005, times });
    s.vendor.setRenderMs(0);
    s.clock.pass(3 * SECOND);
    await until(
      () => s.requests(NEW_MESSAGE),
      (sent) => sent.at(-1)?.status === 200,
    );
  }

  describe.concurrent('videos without ffmpeg', () => {
    test('a video over the limit without ffmpeg becomes a link that says so', () =>
      scenario({ ...SMALL_LIMIT, ...WITHOUT_FFMPEG }, async (s) => {
        s.vendor.setVideo(large);
        const done = await s
          .video({ prompt: PROMPT })
          .until(({ text }) => text.includes('Download'));

        expect(done.text).toContain('too large to upload here');
        expect(done.text).toMatch(/link expires <t:\d+:R>/);
        expect((await s.job('delivered')).deliveredAs).toBe('link');
      }));

    test('a video with sound that iPhones do not play is posted byte for byte without ffmpeg', () =>
      scenario(WITHOUT_FFMPEG, async (s) => {
        s.vendor.setVideo(silent);
        const { job, bytes } = await expectFile(s);

        expect(job.deliveredAs).toBe('video');
        expect(bytes.equals(silent)).toBe(true);
      }));

    test('a video that Discord does not play without ffmpeg becomes a link that says so', () =>
      scenario(WITHOUT_FFMPEG, async (s) => {
        s.vendor.setVideo(modern);
        const done = await s
          .video({ prompt: PROMPT })
          .until(({ text }) => text.includes('Download'));

        expect(done.text).toContain('Discord can’t play its format');
        expect(done.text).not.toContain('too large');
      }));
  });
});
