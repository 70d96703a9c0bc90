import { describe, expect, test } from 'vitest';

import type { VideoRequest } from '#src/catalogue/request.ts';
import { VENDOR_NAMES } from '#src/catalogue/vendors.ts';
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
  return whyUnsupported(vendor, { ...REQUEST, ...request });
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
    ['kyyaipower', {}, 'it does not offer 1.0-pro'],
    ['nobody', {}, 'it does not offer 1.0-pro'],
    ['toString', {}, 'it does not offer 1.0-pro'],
    [
      'aimlapi',
      { length: { unit: 'seconds', seconds: 7 } },
      'it makes 5 or 10 s of 1.0-pro, not 7 s',
    ],
    ['aimlapi', { ratio: '1:1' }, 'it makes the ratio 16:9 of 1.0-pro, not 1:1'],
    ['aimlapi', { model: '2.5', resolution: '1080p' }, 'it makes 480p or 720p of 2.5, not 1080p'],
    [
      'aimlapi',
      { model: '2.5', inputs: Array.from({ length: 10 }, () => 'reference_image' as const) },
      'it takes up to 9 reference images for 2.5, not 10',
    ],
    [
      'aimlapi',
      { length: { unit: 'frames', frames: 57 } },
      'it makes whole seconds only for 1.0-pro',
    ],
    [
      'kyyaipower',
      { model: '1.5-pro', isCameraFixed: true },
      'it cannot fix the camera for 1.5-pro',
    ],
    ['kyyaipower', { model: '2.0', hasAudio: true }, 'it makes no sound for 2.0'],
    [
      'kyyaipower',
      { model: '2.0', length: { unit: 'model-chooses' } },
      'it does not let the model choose the length for 2.0',
    ],
    ['kyyaipower', { model: '2.0', resolution: '1080p' }, 'it makes 720p of 2.0, not 1080p'],
    ['powertokens', { tier: 'flex' }, 'it has no economy tier for 1.0-pro'],
    ['azerion', { model: '1.5-pro', isDraft: true }, 'it makes no drafts for 1.5-pro'],
    ['azerion', { model: '1.5-pro', draftTaskId: 'cgt-1' }, 'it makes no drafts for 1.5-pro'],
    ['pixazo', { model: '2.0', resolution: '1080p' }, 'it makes 480p or 720p of 2.0, not 1080p'],
    [
      'pixazo',
      { model: '2.5', length: { unit: 'model-chooses' } },
      'it does not let the model choose the length for 2.5',
    ],
    [
      'pixazo',
      { model: '1.0-lite-i2v', inputs: ['reference_image'] },
      'it takes a first frame or first and last frame for 1.0-lite-i2v, not references',
    ],
    [
      'pixazo',
      {
        model: '1.0-lite-i2v',
        inputs: ['first_frame', 'last_frame'],
        ratio: 'adaptive',
      },
      'it makes the ratio 16:9, 9:16, 1:1, 4:3, or 3:4 of 1.0-lite-i2v, not adaptive',
    ],
    [
      'kyyaipower',
      { model: '2.0', inputs: ['first_frame'], inputFacts: { ...NO_FACTS, hasHeif: true } },
      'it takes no HEIC pictures for 2.0, but JPEG and PNG',
    ],
    [
      'aimlapi',
      {
        model: '2.0',
        inputs: ['reference_video'],
        inputFacts: { ...NO_FACTS, videoPixels: [1_280 * 720, 1_920 * 1_080] },
      },
      'it takes reference videos of 409600 to 927408 pixels for 2.0 (1280×720 fits), not of 2073600',
    ],
    [
      'aimlapi',
      {
        model: '2.5',
        inputs: ['reference_image', 'reference_audio'],
        inputFacts: { ...NO_FACTS, soundSeconds: 15.21 },
      },
      'it takes 15 s of reference sounds in all for 2.5, not 15.3 s',
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
    expect(whyUnsupported('kyyaipower', request)).toContain('; ');
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
