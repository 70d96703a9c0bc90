import { describe, expect, it, test } from 'vitest';

import { describeFinals, describeModel, describeRequest } from '#src/catalogue/describe.ts';
import { modelOf } from '#src/catalogue/models.ts';
import { describeLength } from '#src/catalogue/plan/length.ts';
import { offersOf } from '#src/catalogue/prices/prices.ts';
import { MODEL_IDS, type Length, type VideoRequest } from '#src/catalogue/request.ts';
import { VENDOR_NAMES } from '#src/catalogue/vendors.ts';
import { LOCALES } from '#src/text/locales.ts';
import { inWords } from '#src/text/text.ts';

describe('the one-line description of a model', () => {
  it('the description names what the model can do', () => {
    expect(inWords('en-US', describeModel(modelOf('1.0-pro-fast')))).toBe(
      '1.0-pro-fast: text, first frame; 2–12 s; 480p–1080p; silent',
    );
  });

  it('the description gives the price of a default video', () => {
    const line = describeModel(modelOf('1.5-pro'), offersOf('byteplus')['1.5-pro']?.price);

    expect(inWords('en-US', line)).toBe(
      '1.5-pro: 27 credits for 5 s; text, first frame, first+last; 4–12 s; 480p–1080p; sound',
    );
    expect(inWords('zh-CN', line)).toBe(
      '1.5-pro：5 秒 27 积分；文本、首帧、首尾帧；4–12 秒；480p–1080p；声音',
    );
  });

  it('the description mentions references when the model accepts them', () => {
    expect(inWords('en-US', describeModel(modelOf('2.0-fast')))).toBe(
      '2.0-fast: text, first frame, first+last, references; 4–15 s; 480p–720p; sound',
    );
    expect(inWords('en-US', describeModel(modelOf('1.0-lite-i2v')))).toBe(
      '1.0-lite-i2v: first frame, first+last, references; 2–12 s; 480p–1080p; silent',
    );
  });

  it('the description fits an autocomplete choice at every vendor, in every language', () => {
    const lines = MODEL_IDS.flatMap((model) =>
      VENDOR_NAMES.map((vendor) => describeModel(modelOf(model), offersOf(vendor)[model]?.price)),
    );
    const tooLong = LOCALES.flatMap((locale) => lines.map((line) => inWords(locale, line))).filter(
      (line) => line.length > 100,
    );

    expect(tooLong).toEqual([]);
  });
});

describe('video lengths', () => {
  const lengths: readonly [Length, string][] = [
    [{ unit: 'seconds', seconds: 5 }, '5 s'],
    [{ unit: 'frames', frames: 61 }, '61 frames (2.54 s)'],
    [{ unit: 'model-chooses' }, 'a length of the model’s choice'],
  ];
  test.each(lengths)('%j reads as %s', (length, words) => {
    expect(inWords('en-US', describeLength(length))).toBe(words);
  });
});

describe('the description of a request', () => {
  const request: VideoRequest = {
    model: '1.5-pro',
    prompt: 'a cat',
    resolution: '720p',
    ratio: 'adaptive',
    length: { unit: 'seconds', seconds: 5 },
    seed: 1,
    isCameraFixed: true,
    hasAudio: true,
    hasWatermark: true,
    inputs: ['first_frame'],
  };

  it('the description of a request names every option that is on', () => {
    expect(inWords('en-US', describeRequest(request))).toBe(
      '1.5-pro, 720p, adaptive ratio, 5 s, sound, fixed camera, watermark',
    );
  });

  it('the description of a request omits options that are off', () => {
    const plain = {
      ...request,
      ratio: '16:9',
      isCameraFixed: false,
      hasAudio: false,
      hasWatermark: false,
    } as const;

    expect(inWords('en-US', describeRequest(plain))).toBe('1.5-pro, 720p, 16:9, 5 s');
  });

  const kinds: readonly [Partial<VideoRequest>, string][] = [
    [{ isDraft: true, resolution: '480p' }, '1.5-pro draft, 480p, 16:9, 5 s'],
    [
      { isDraft: false, draftTaskId: 'cgt-1', tier: 'flex' },
      '1.5-pro final, 720p, 16:9, 5 s, economy',
    ],
    [{ tier: 'default', isDraft: false, returnsLastFrame: true }, '1.5-pro, 720p, 16:9, 5 s'],
    [
      { model: '2.0', inputs: ['reference_video'], referenceVideoSeconds: 7.25 },
      '2.0, 720p, 16:9, 5 s, 7.3 s of reference video',
    ],
  ];
  test.each(kinds)('a request with %j is described as %s', (fields, words) => {
    const plain = { ...request, ratio: '16:9', isCameraFixed: false, hasAudio: false } as const;

    const described = describeRequest({ ...plain, hasWatermark: false, ...fields });

    expect(inWords('en-US', described)).toBe(words);
  });

  it('a request is described in Chinese', () => {
    expect(inWords('zh-CN', describeRequest(request))).toBe(
      '1.5-pro、720p、自适应比例、5 秒、声音、固定镜头、水印',
    );
  });
});

describe('the finals of a draft', () => {
  const finals = [
    { resolution: '480p', credits: 13 },
    { resolution: '720p', credits: 27 },
  ] as const;

  it('the finals of a draft are described with the unit once', () => {
    const draft = { length: { unit: 'seconds', seconds: 5 }, ratio: '16:9' } as const;

    expect(inWords('en-US', describeFinals(draft, finals))).toBe(
      '480p about 13 or 720p about 27 credits',
    );
  });

  it('the finals of a draft are described with their maximum price when the model chooses the length', () => {
    const draft = { length: { unit: 'model-chooses' }, ratio: '16:9' } as const;

    expect(inWords('zh-CN', describeFinals(draft, finals))).toBe(
      '480p 最多 13 或 720p 最多 27 积分',
    );
  });
});
