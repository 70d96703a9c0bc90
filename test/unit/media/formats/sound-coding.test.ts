/** Which sound iPhones play, decided from the file’s description alone. */
import { describe, expect, test } from 'vitest';

import { needsOtherSound, needsReencoding } from '#src/media/ffmpeg/fit-video.ts';
import { withByteSource } from '#src/media/formats/byte-source.ts';
import { readDescription } from '#src/media/formats/mp4-boxes.ts';
import { videoFacts } from '#src/media/formats/probe-video.ts';

import { esds, mp4Box, mp4File, type Mp4Settings } from '../../../fakes/videos.ts';

async function factsOf(settings: Mp4Settings) {
  const description = await withByteSource(mp4File(settings), readDescription);
  return videoFacts(description);
}

function sound(soundCodec: string, soundConfiguration?: Buffer): Mp4Settings {
  return { hasAudio: true, soundCodec, ...(soundConfiguration && { soundConfiguration }) };
}

const AAC = esds(0x40);

describe('sound that plays everywhere', () => {
  test.each([
    ['none', { hasAudio: false }],
    ['AAC', sound('mp4a', AAC)],
    ['AAC of MPEG-2', sound('mp4a', esds(0x67))],
    ['MP3', sound('mp4a', esds(0x6b))],
    ['AAC in QuickTime’s wrapping', sound('mp4a', mp4Box('wave', mp4Box('frma'), AAC))],
    ['an undescribed coding', sound('mp4a')],
    ['a description that is cut', sound('mp4a', AAC.subarray(0, AAC.length - 14))],
    ['a description of another kind', sound('mp4a', mp4Box('esds', Buffer.alloc(30)))],
  ])('%s needs no other sound', async (_, settings) => {
    expect(needsOtherSound(await factsOf(settings))).toBe(false);
  });
});

describe('sound that iPhones do not play', () => {
  test.each([
    ['Opus', sound('Opus', mp4Box('dOps', Buffer.alloc(11)))],
    ['AC-3', sound('ac-3', mp4Box('dac3', Buffer.alloc(3)))],
    ['E-AC-3', sound('ec-3', mp4Box('dec3', Buffer.alloc(5)))],
    ['FLAC', sound('fLaC')],
    ['PCM in a MOV', sound('sowt')],
    ['AC-3 labelled as AAC', sound('mp4a', esds(0xa5))],
    ['Vorbis labelled as AAC', sound('mp4a', esds(0xdd))],
  ])('%s needs other sound but no other pictures', async (_, settings) => {
    const facts = await factsOf(settings);

    expect(needsOtherSound(facts)).toBe(true);
    expect(needsReencoding(facts)).toBe(false);
  });
});
