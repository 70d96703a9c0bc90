import { describe, expect, test } from 'vitest';

import { flagsIn } from '#sandbox/vendor/create/flags.ts';

import { PRO, PRO_1_5, errorOf, text, vendorClient } from './vendor-fixture.ts';

describe('flags in the prompt', () => {
  test('flags of the documented example are read, including short names', () => {
    const prompt = 'a cat --rs 720p --rt 16:9 --dur 5 --fps 24 --wm true --seed 11 --cf false';

    expect(flagsIn(prompt)).toEqual({
      resolution: '720p',
      ratio: '16:9',
      duration: 5,
      watermark: true,
      seed: 11,
      camera_fixed: false,
    });
  });

  test('flags in any case and with an equals sign work; unknown flags and wrong values are ignored', () => {
    expect(flagsIn('--DURATION=7 --ratio 99:1 --watermark yes --seed x --loud 3')).toEqual({
      duration: 7,
    });
  });

  test('a leaked flag changes the bill', async () => {
    await using client = await vendorClient();
    const body = { model: PRO, resolution: '480p', duration: 2, ratio: '16:9' };
    const clean = await client.newTask({ ...body, content: [text('a cat')] });
    const leaked = await client.newTask({
      ...body,
      content: [text('a cat --dur 12 --resolution 1080p')],
    });

    expect((await client.finished(clean)).usage.total_tokens).toBe(19_845);
    expect((await client.finished(leaked)).usage.total_tokens).toBe(
      Math.floor((1920 * 1088 * 289) / 1024),
    );
  });

  test('a flag only fills what the body omits, where fields take precedence', async () => {
    await using client = await vendorClient({ flagPrecedence: 'body' });

    const id = await client.newTask({
      model: PRO,
      content: [text('a cat --dur 12 --rs 480p')],
      duration: 2,
    });

    expect(await client.finished(id)).toMatchObject({ duration: 2, resolution: '480p' });
  });

  test.each([
    { words: 'a cat --duration 60', param: 'contents[0].text.duration' },
    { words: 'a cat --rs 360p', param: 'contents[0].text.resolution' },
  ])('flags out of range are refused: "$words"', async ({ words, param }) => {
    await using client = await vendorClient();

    const reply = await client.create({ model: PRO, content: [text(words)] });

    expect(reply.status).toBe(400);
    expect(errorOf(reply).param).toBe(param);
  });

  test('a flag for an unsupported option is ignored', async () => {
    await using client = await vendorClient();

    const id = await client.newTask({ model: PRO_1_5, content: [text('a cat --frames 57')] });

    expect(await client.finished(id)).toMatchObject({ duration: 5 });
  });
});
