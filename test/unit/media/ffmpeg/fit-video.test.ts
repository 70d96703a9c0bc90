import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { needsReencoding } from '#src/media/ffmpeg/fit-video.ts';

import { GIVE_VIDEO, roomWith } from './fitting-room.ts';

describe('a video needs to be encoded anew', () => {
  test.each([
    ['not in H.264 of 8 bits', { codec: 'avc1', profile: 100, bitDepth: 8 }, false],
    ['not in H.264 that does not say more', { codec: 'avc1' }, false],
    ['in H.264 of 10 bits', { codec: 'avc1', profile: 110, bitDepth: 10 }, true],
    ['in H.264 4:4:4', { codec: 'avc1', profile: 244, bitDepth: 8 }, true],
    ['in H.265', { codec: 'hvc1', profile: 1, bitDepth: 8 }, true],
    ['in H.265 of 10 bits', { codec: 'hev1', profile: 2, bitDepth: 10 }, true],
    ['in AV1', { codec: 'av01' }, true],
  ])(
    '%s',
    (_, { codec, profile, bitDepth }: Partial<Parameters<typeof needsReencoding>[0]>, is) => {
      expect(needsReencoding({ codec: codec ?? '', profile, bitDepth })).toBe(is);
    },
  );
});

describe('a video made to fit', () => {
  test('lies whole in its place, and nothing else beside it', async () => {
    await using room = await roomWith(GIVE_VIDEO);

    const { size } = await stat(join(room.folder, 'made.mp4'));

    expect(await room.fit()).toEqual({ bytes: size, width: 1280, height: 720 });
    expect(await room.results()).toEqual(['job.mp4']);
    expect(room.logged.join()).toContain('video re-encoded');
  });

  test('is made from a local file, without a shell, a keyboard or a playlist', async () => {
    await using room = await roomWith(GIVE_VIDEO);

    await room.fit();

    const [call = ''] = await room.ffmpeg.calls();
    const [input = '', output = ''] = call.split(' -i ');
    expect(input).toContain('-nostdin');
    expect(input).toMatch(/-protocol_whitelist file -f mov$/);
    expect(output).toMatch(/^file:\/\S+input\.mp4 /);
    expect(output).toMatch(/-f mp4 file:\/\S+\.part$/);
  });

  test('is made by a program that knows none of our settings', async () => {
    await using room = await roomWith(`env > "$folder/environment"; ${GIVE_VIDEO}`);

    await room.fit();

    const environment = await readFile(join(room.folder, 'environment'), 'utf8');
    const names = environment
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(new Set(names)).toEqual(new Set(['PATH', 'PWD']));
  });

  test('has no sound where its original has none', async () => {
    await using room = await roomWith(GIVE_VIDEO);

    await room.fit({ hasAudio: false });

    expect((await room.ffmpeg.calls()).join()).not.toContain('aac');
  });

  test('is tried again with less when it came out too large', async () => {
    const onceTooLarge =
      'if [ -e "$folder/again" ]; then cp "$folder/made.mp4" "$out"; else touch "$folder/again"; head -c 1100000 /dev/zero > "$out"; fi';
    await using room = await roomWith(onceTooLarge);

    expect(await room.fit()).toMatchObject({ width: 1280 });

    const rates = (await room.ffmpeg.calls()).map((call) =>
      Number(/-maxrate (\d+)/.exec(call)?.[1]),
    );
    expect(rates).toHaveLength(2);
    expect(rates[1]).toBeLessThan((rates[0] ?? 0) * 0.9);
  });
});

describe('a video that cannot fit', () => {
  test('is known before any work where the room is too small for a bearable picture', async () => {
    await using room = await roomWith(GIVE_VIDEO);

    expect(await room.fit({ maxBytes: 50_000 })).toBe('cannot-fit');

    expect(await room.ffmpeg.calls()).toEqual([]);
  });

  test('is given up after three tries, and nothing is left of them', async () => {
    await using room = await roomWith('head -c 1000001 /dev/zero > "$out"');

    expect(await room.fit()).toBe('cannot-fit');

    expect(await room.ffmpeg.calls()).toHaveLength(3);
    expect(await room.results()).toEqual([]);
  });
});
