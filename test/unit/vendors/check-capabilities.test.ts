import { describe, expect, test } from 'vitest';

import type { VideoRequest } from '#src/catalogue/request.ts';
import { VENDOR_NAMES } from '#src/catalogue/vendors.ts';
import { inWords } from '#src/text/text.ts';
import { CAPABILITIES, capabilitiesOf } from '#src/vendors/capabilities.ts';
import { whyUnsupported, vendorViolations } from '#src/vendors/check-capabilities.ts';

const REQUEST: VideoRequest = {
  model: '1.0-pro',
  prompt: 'a crab',
  resolution: '720p',
  ratio: '16:9',
  length: { unit: 'seconds', seconds: 5 },
  seed: 4_711,
  isCameraFixed: false,
  hasWatermark: false,
  inputs: [],
  tier: 'default',
  returnsLastFrame: true,
};

const NO_FACTS = { hasHeif: false, soundSeconds: 0, videoPixels: [] };

function reason(vendor: string, request: Partial<VideoRequest>): string | undefined {
  const reasons = whyUnsupported(vendor, { ...REQUEST, ...request });
  return reasons && inWords('en-US', reasons);
}

test('every configured vendor has a row', () => {
  expect(VENDOR_NAMES.filter((name) => capabilitiesOf(name) === undefined)).toEqual([]);
});

test('a plain request has no violation', () => {
  for (const vendor of ['byteplus', 'volcengine', 'azerion', 'powertokens', 'aimlapi', 'ark']) {
    expect(reason(vendor, {})).toBeUndefined();
  }
});

describe('a violation', () => {
  test.each<[vendor: string, request: Partial<VideoRequest>, words: string]>([
    ['kyyaipower', {}, '1.0-pro is not offered'],
    ['nobody', {}, '1.0-pro is not offered'],
    ['toString', {}, '1.0-pro is not offered'],
    ['aimlapi', { length: { unit: 'seconds', seconds: 7 } }, '1.0-pro makes 5 or 10 s, not 7 s'],
    ['aimlapi', { ratio: '1:1' }, '1.0-pro makes the ratio 16:9 with text alone, not 1:1'],
    ['aimlapi', { model: '2.5', resolution: '1080p' }, '2.5 makes 480p or 720p, not 1080p'],
    [
      'aimlapi',
      { model: '2.5', inputs: Array.from({ length: 10 }, () => 'reference_image' as const) },
      '2.5 takes up to 9, not 10 reference images',
    ],
    ['aimlapi', { length: { unit: 'frames', frames: 57 } }, '1.0-pro makes whole seconds only'],
    [
      'kyyaipower',
      { model: '1.5-pro', isCameraFixed: true },
      '1.5-pro can’t keep the camera still',
    ],
    ['kyyaipower', { model: '2.0', hasAudio: true }, '2.0 makes no sound'],
    [
      'kyyaipower',
      { model: '2.0', length: { unit: 'model-chooses' } },
      '2.0 can’t choose the length itself',
    ],
    ['kyyaipower', { model: '2.0', resolution: '1080p' }, '2.0 makes 720p, not 1080p'],
    ['powertokens', { tier: 'flex' }, '1.0-pro has no economy price'],
    ['azerion', { model: '1.5-pro', isDraft: true }, '1.5-pro makes no drafts'],
    ['azerion', { model: '1.5-pro', draftTaskId: 'cgt-1' }, '1.5-pro makes no drafts'],
    ['pixazo', { model: '2.0', resolution: '1080p' }, '2.0 makes 480p or 720p, not 1080p'],
    [
      'pixazo',
      { model: '2.5', length: { unit: 'model-chooses' } },
      '2.5 can’t choose the length itself',
    ],
    [
      'pixazo',
      { model: '1.0-lite-i2v', inputs: ['reference_image'] },
      '1.0-lite-i2v takes a first frame or first and last frame, not references',
    ],
    [
      'pixazo',
      {
        model: '1.0-lite-i2v',
        inputs: ['first_frame', 'last_frame'],
        ratio: 'adaptive',
      },
      '1.0-lite-i2v makes the ratio 16:9, 9:16, 1:1, 4:3, or 3:4 with first and last frame, not adaptive',
    ],
    [
      'kyyaipower',
      { model: '2.0', inputs: ['first_frame'], inputFacts: { ...NO_FACTS, hasHeif: true } },
      '2.0 takes JPEG and PNG pictures, not HEIC',
    ],
    [
      'aimlapi',
      {
        model: '2.0',
        inputs: ['reference_video'],
        inputFacts: { ...NO_FACTS, videoPixels: [1_280 * 720, 1_920 * 1_080] },
      },
      '2.0 takes reference videos of 409600 to 927408 pixels (1280×720 fits), not of 2073600',
    ],
    [
      'aimlapi',
      {
        model: '2.5',
        inputs: ['reference_image', 'reference_audio'],
        inputFacts: { ...NO_FACTS, soundSeconds: 15.21 },
      },
      '2.5 takes 15 s of reference sounds in all, not 15.3 s',
    ],
  ])('a request is refused with what would work: %s, %j', (vendor, request, words) => {
    expect(reason(vendor, request)).toBe(words);
  });

  test('several violations are all reported', () => {
    const request = { ...REQUEST, model: '2.0', resolution: '480p', hasAudio: true } as const;

    expect(vendorViolations('kyyaipower', request).map(({ topic }) => topic)).toEqual([
      'resolution',
      'audio',
    ]);
    expect(reason('kyyaipower', request)).toBe('2.0 makes 720p, not 480p; 2.0 makes no sound');
  });
});

describe('inputs that the vendor accepts', () => {
  const heif = { inputs: ['first_frame'], inputFacts: { ...NO_FACTS, hasHeif: true } } as const;
  test.each<[vendor: string, request: Partial<VideoRequest>]>([
    ['kyyaipower', { ...heif, inputs: [...heif.inputs], model: '1.5-pro' }],
    ['byteplus', { ...heif, inputs: [...heif.inputs], model: '2.0', isCameraFixed: undefined }],
    [
      'aimlapi',
      {
        model: '2.5',
        inputs: ['reference_video', 'reference_audio'],
        inputFacts: { ...NO_FACTS, soundSeconds: 15.1, videoPixels: [834 * 1_112, 640 * 640] },
      },
    ],
    [
      'byteplus',
      {
        model: '2.5',
        inputs: ['reference_video', 'reference_audio'],
        inputFacts: { ...NO_FACTS, soundSeconds: 30, videoPixels: [1_920 * 1_080] },
      },
    ],
  ])('a request is accepted: %s, %j', (vendor, request) => {
    expect(reason(vendor, request)).toBeUndefined();
  });
});

test('a seed that cannot be passed on is not a violation', () => {
  expect(reason('kyyaipower', { model: '1.5-pro', seed: 1, isCameraFixed: false })).toBeUndefined();
});

test('vendors without a list call are polled no faster than their documentation allows', () => {
  expect(CAPABILITIES.kyyaipower.cadence.byIdMs).toBe(30_000);
  expect(CAPABILITIES.aimlapi.cadence.byIdMs).toBe(10_000);
  expect(CAPABILITIES.pixazo.cadence).toMatchObject({ byIdMs: 5_000, byIdLaterMs: 10_000 });
});
