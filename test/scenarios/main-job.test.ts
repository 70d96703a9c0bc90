/** The main path, end to end: from `/video` to the finished video, with everything visible on the way. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { file } from '#sandbox/discord/discord.ts';
import { SECOND } from '#src/clock.ts';

import { pngImage } from '../fakes/images.ts';
import { CALLBACK, openApiFile, scenario, type Scenario } from './harness.ts';

const IS_COMPONENTS_V2 = 1 << 15;
const PROMPT = 'A paper boat drifts across a quiet bay at dawn';
const LONG_RENDER_MS = 60 * SECOND;

const createSchema = z.looseObject({
  content: z.array(
    z.looseObject({
      type: z.string(),
      role: z.string().optional(),
      image_url: z.object({ url: z.string() }).optional(),
    }),
  ),
  safety_identifier: z.string(),
  execution_expires_after: z.int(),
});

function createBodies({ vendor }: Scenario) {
  return vendor.tasks.map(({ request }) => createSchema.parse(request));
}

function asDataUri(bytes: Buffer): string {
  return `data:image/png;base64,${bytes.toString('base64')}`;
}

test('every body is checked against Discord’s OpenAPI file', ({ skip }) => {
  const isHeld = openApiFile() !== undefined;
  if (!isHeld)
    skip('DISCORD_OPENAPI_FILE is not set: bodies are held to the rules of the sandbox only');
  expect(isHeld).toBe(true);
});

describe.concurrent('a prompt alone', () => {
  test('a prompt becomes a video in the same message, exactly once', () =>
    scenario({}, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      const done = await reply.until(({ media }) => media.length > 0);
      await s.job('delivered');

      expect(done.media).toHaveLength(1);
      expect(done.media[0]?.fileName).toMatch(/^seedance-[0-9a-z]+\.mp4$/);
      expect(done.media[0]?.bytes().subarray(4, 8).toString('latin1')).toBe('ftyp');
      expect(done.id).toBe(reply.message?.id);
      expect(done.text).not.toContain('<@');
      expect(s.guild.channel().messages.map(({ id }) => id)).toEqual([done.id]);
      expect(reply.versions.filter(({ media }) => media.length > 0)).toHaveLength(1);
      expect(s.vendor.tasks).toHaveLength(1);
      expect(s.vendor.tasks[0]?.downloads).toBe(1);
    }));

  test('the create call has every field that affects price or result, and those that find it again', () =>
    scenario({}, async (s) => {
      await s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);

      const [body] = createBodies(s);
      expect(body).toMatchObject({
        model: 'dreamina-seedance-2-0-mini-260615',
        content: [{ type: 'text', text: PROMPT }],
        resolution: '720p',
        ratio: '16:9',
        duration: 5,
        seed: (await s.job('delivered')).request.seed,
        generate_audio: true,
        watermark: false,
      });
      expect(body?.execution_expires_after).toBeGreaterThanOrEqual(169_201);
      expect(body?.execution_expires_after).toBeLessThanOrEqual(172_800);
      expect(body?.safety_identifier).toMatch(/^[0-9a-f]{32,64}$/);
      expect(body?.safety_identifier).not.toContain(s.alice.id);
    }));

  test('the message shows each state, with the price, until the result line', () =>
    scenario({ vendor: { queueMs: LONG_RENDER_MS, renderMs: LONG_RENDER_MS } }, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      const queued = await reply.until(({ text }) => text.includes('Queued'));
      expect(queued.text).toContain(`> ${PROMPT}`);
      expect(queued.text).toContain('2.0-mini, 720p, 16:9, 5 s, sound · up to 39 credits, held');
      expect(queued.buttons.map(({ label }) => label)).toEqual(['Cancel']);

      s.clock.pass(LONG_RENDER_MS);
      const running = await reply.until(({ text }) => text.includes('Rendering'));
      expect(running.text).toMatch(/sent <t:\d+:R>/);
      expect(running.buttons).toEqual([]);

      s.vendor.setRenderMs(0);
      s.clock.pass(3 * SECOND);
      const done = await reply.until(({ media }) => media.length > 0);
      const { seed } = (await s.job('delivered')).request;
      expect(done.text).toMatch(
        /Seedance 2\.0-mini · 5 s · 864×480 · \d+ kB · seed \d+ · 39 credits/,
      );
      expect(done.text).toContain(`seed ${seed}`);

      const shown = reply.versions.map(({ text }) => text);
      expect(shown).toEqual([...new Set(shown)]);
      expect(reply.versions.slice(1).every(({ flags }) => (flags & IS_COMPONENTS_V2) !== 0)).toBe(
        true,
      );
      expect(reply.versions.flatMap(({ mentionsPinged }) => mentionsPinged)).toEqual([]);
    }));

  test('the message is edited only when there is something new to see', () =>
    scenario({}, async (s) => {
      const busy = { on: 'create', kind: 'status', status: 429, code: 'ServerOverloaded' } as const;
      for (const _ of [1, 2, 3]) s.vendor.inject({ ...busy, headers: { 'retry-after': '1' } });
      const reply = s.video({ prompt: PROMPT });
      const job = await s.job('delivered');

      expect(job.submissions).toHaveLength(4);
      const waiting = reply.versions.filter(({ text }) => text.includes('Waiting to start'));
      const texts = waiting.map(({ text }) => text);
      expect(texts.at(-1)).toContain('is busy');
      expect(texts).toHaveLength(new Set(texts).size);
    }));

  test('a command is acknowledged before anything else, once, and in time for Discord', () =>
    scenario({}, async (s) => {
      const reply = s.video({ prompt: PROMPT });

      // Discord itself accepts none after three seconds.
      await reply.acknowledged();
      expect(s.requests(CALLBACK)).toHaveLength(1);
      expect(s.requests(CALLBACK)[0]?.body).toMatchObject({ type: 5 });
      await s.job('delivered');
    }));

  test('a job holds its price from the start and is settled at the usage', () =>
    scenario({ vendor: { renderMs: LONG_RENDER_MS } }, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      await reply.until(({ text }) => text.includes('Rendering'));
      const during = await s.alice.runs('credits').refusal();
      expect(during).toContain('461 credits left of 500');
      expect(during).toContain('0 used, 39 held');
      expect(await s.ledgers.vendorLedger()).toMatchObject([{ state: 'open', credits: 39 }]);

      s.vendor.setRenderMs(0);
      s.clock.pass(3 * SECOND);
      await s.job('delivered');
      const after = await s.alice.runs('credits').refusal();
      expect(after).toContain('461 credits left of 500');
      expect(after).toContain('39 used, 0 held');
      expect(after).toMatch(/<t:\d+:R>: −39, for a video/);
      expect(await s.ledgers.serverBalance()).toBe(-39);
      expect(await s.ledgers.vendorLedger()).toMatchObject([{ state: 'billed', credits: 39 }]);
    }));
});

describe.concurrent('pictures', () => {
  test('a first frame is sent as bytes with its role, and the ratio follows it', () =>
    scenario({}, async (s) => {
      const picture = pngImage({ width: 800, height: 450 });
      const reply = s.video({
        prompt: PROMPT,
        first_frame: file('boat.png', picture),
        duration: 4,
      });
      await reply.until(({ media }) => media.length > 0);

      expect(createBodies(s)).toMatchObject([
        {
          content: [
            { type: 'text', text: PROMPT },
            { type: 'image_url', role: 'first_frame', image_url: { url: asDataUri(picture) } },
          ],
          ratio: 'adaptive',
          duration: 4,
        },
      ]);
      const { holdCredits, costCredits } = await s.job('delivered');
      expect(costCredits).toBeLessThanOrEqual(holdCredits);
      expect(await s.ledgers.serverBalance()).toBe(-(costCredits ?? 0));
    }));

  test('first and last frame are both sent, each with its role', () =>
    scenario({}, async (s) => {
      const first = pngImage({ colour: { red: 250, green: 200, blue: 90 } });
      const last = pngImage({ colour: { red: 10, green: 10, blue: 60 } });
      const reply = s.video({
        prompt: PROMPT,
        first_frame: file('day.png', first),
        last_frame: file('night.png', last),
        model: '1.0-pro',
        resolution: '480p',
      });
      await reply.until(({ media }) => media.length > 0);

      const [body] = createBodies(s);
      expect(body).toMatchObject({ model: 'seedance-1-0-pro-250528', resolution: '480p' });
      expect(body?.content.map(({ role }) => role)).toEqual([
        undefined,
        'first_frame',
        'last_frame',
      ]);
      expect(body?.content.slice(1).map(({ image_url: image }) => image?.url)).toEqual([
        asDataUri(first),
        asDataUri(last),
      ]);
      expect(body).not.toHaveProperty('generate_audio');
    }));
});

describe.concurrent('options', () => {
  test('each typed option reaches the vendor as typed', () =>
    scenario({ vendor: { dialect: 'powertokens' } }, async (s) => {
      const reply = s.video({
        prompt: PROMPT,
        model: '1.5-pro',
        ratio: '9:16',
        duration: 7,
        resolution: '480p',
        seed: 424_242,
        camera_fixed: true,
        audio: false,
        watermark: true,
      });
      await reply.until(({ media }) => media.length > 0);

      expect(createBodies(s)).toMatchObject([
        {
          ratio: '9:16',
          duration: 7,
          resolution: '480p',
          seed: 424_242,
          camera_fixed: true,
          generate_audio: false,
          watermark: true,
        },
      ]);
    }));

  test('flags in the prompt count as options, and no flag is left in the sent text', () =>
    scenario({}, async (s) => {
      await s
        .video({ prompt: `${PROMPT} --dur 6 --rs 480p --made-up 3` })
        .until(({ media }) => media.length > 0);

      const [body] = createBodies(s);
      expect(body).toMatchObject({ duration: 6, resolution: '480p' });
      expect(JSON.stringify(body?.content)).not.toMatch(/--\w/);
      expect(body?.content[0]).toMatchObject({ text: PROMPT });
    }));

  test('two jobs at once have different tags', () =>
    scenario({ vendor: { renderMs: LONG_RENDER_MS } }, async (s) => {
      s.video({ prompt: PROMPT });
      s.video({ prompt: 'A second boat follows the first one' }, s.bob);
      await s.vendor.until((tasks) => tasks.length === 2);

      const [one, other] = createBodies(s);
      expect(one?.execution_expires_after).not.toBe(other?.execution_expires_after);
      expect(one?.safety_identifier).not.toBe(other?.safety_identifier);
    }));
});
