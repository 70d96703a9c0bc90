import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { needsReencoding } from '#src/media/ffmpeg/fit-video.ts';

import { GIVE_VIDEO, fitterWith } from './fitting-setup.ts';

describe('videos that must be re-encoded', () => {
  test.each([
    ['not in H.264 of 8 bits', { codec: 'avc1', profile: 100, bitDepth: 8 }, false],
    ['not in H.264 that does not say more', { codec: 'avc1' }, false],
    ['in H.264 of 10 bits', { codec: 'avc1', profile: 110, bitDepth: 10 }, true],
    ['in H.264 4:4:4', { codec: 'avc1', profile: 244, bitDepth: 8 }, true],
    ['in H.265', { codec: 'hvc1', profile: 1, bitDepth: 8 }, true],
    ['in H.265 of 10 bits', { codec: 'hev1', profile: 2, bitDepth: 10 }, true],
    ['in AV1', { codec: 'av01' }, true],
  ])(
    'a video %s must be re-encoded',
    (_, { codec, profile, bitDepth }: Partial<Parameters<typeof needsReencoding>[0]>, is) => {
      expect(needsReencoding({ codec: codec ?? '', profile, bitDepth })).toBe(is);
    },
  );
});

describe('a video encoded to fit', () => {
  test('a fitted video is complete in its place, and nothing is left beside it', async () => {
    await using setup = await fitterWith(GIVE_VIDEO);

    const { size } = await stat(join(setup.folder, 'made.mp4'));

    expect(await setup.fit()).toEqual({ bytes: size, width: 1280, height: 720 });
    expect(await setup.results()).toEqual(['job.mp4']);
    expect(setup.logged.join()).toContain('video re-encoded');
  });

  test('a video is fitted from a local file, without a shell, a keyboard or a playlist', async () => {
    await using setup = await fitterWith(GIVE_VIDEO);

    await setup.fit();

    const [call = ''] = await setup.ffmpeg.calls();
    const [input = '', output = ''] = call.split(' -i ');
    expect(input).toContain('-nostdin');
    expect(input).toMatch(/-protocol_whitelist file -f mov$/);
    expect(output).toMatch(/^file:\/\S+input\.mp4 /);
    expect(output).toMatch(/-f mp4 file:\/\S+\.part$/);
  });

  test('the encoding program receives none of the bot’s settings', async () => {
    await using setup = await fitterWith(`env > "$folder/environment"; ${GIVE_VIDEO}`);

    await setup.fit();

    const environment = await readFile(join(setup.folder, 'environment'), 'utf8');
    const names = environment
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(new Set(names)).toEqual(new Set(['PATH', 'PWD']));
  });

  test('a fitted video has no sound when its original has none', async () => {
    await using setup = await fitterWith(GIVE_VIDEO);

    await setup.fit({ hasAudio: false });

    expect((await setup.ffmpeg.calls()).join()).not.toContain('aac');
  });

  test('an encoding that came out too large is tried again with less', async () => {
    const onceTooLarge =
      'if [ -e "$folder/again" ]; then cp "$folder/made.mp4" "$out"; else touch "$folder/again"; head -c 1100000 /dev/zero > "$out"; fi';
    await using setup = await fitterWith(onceTooLarge);

    expect(await setup.fit()).toMatchObject({ width: 1280 });

    const rates = (await setup.ffmpeg.calls()).map((call) =>
      Number(/-maxrate (\d+)/.exec(call)?.[1]),
    );
    expect(rates).toHaveLength(2);
    expect(rates[1]).toBeLessThan((rates[0] ?? 0) * 0.9);
  });
});

describe('a video that cannot fit', () => {
  test('a limit too small for an acceptable picture is found before any work', async () => {
    await using setup = await fitterWith(GIVE_VIDEO);

    expect(await setup.fit({ maxBytes: 50_000 })).toBe('cannot-fit');

    expect(await setup.ffmpeg.calls()).toEqual([]);
  });

  test('the encoding is abandoned after three attempts, and leaves nothing', async () => {
    await using setup = await fitterWith('head -c 1000001 /dev/zero > "$out"');

    expect(await setup.fit()).toBe('cannot-fit');

    expect(await setup.ffmpeg.calls()).toHaveLength(3);
    expect(await setup.results()).toEqual([]);
  });
});
