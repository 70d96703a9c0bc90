import { describe, expect, test } from 'vitest';

import { withInputFacts } from '#src/catalogue/plan/input-facts.ts';
import { videoRequestSchema } from '#src/catalogue/request.ts';

import { plan } from '../../../fakes/plan.ts';

const REQUEST = plan({ model: '2.5', inputs: ['reference_image'] });
const PICTURE = {
  role: 'reference_image',
  mimeType: 'image/png',
  width: 640,
  height: 640,
} as const;
const SOUND = { role: 'reference_audio', mimeType: 'audio/mpeg' } as const;
const VIDEO = { role: 'reference_video', mimeType: 'video/mp4', seconds: 5 } as const;

describe('inputs whose bytes have been read', () => {
  test('read inputs do not change a request that every vendor accepts', () => {
    expect(withInputFacts(REQUEST, [PICTURE])).toBe(REQUEST);
    expect(withInputFacts(REQUEST, [])).toBe(REQUEST);
  });

  test.each(['image/heic', 'image/heif', 'IMAGE/HEIC'])(
    'read inputs report that a picture is %s',
    (mimeType) => {
      expect(withInputFacts(REQUEST, [PICTURE, { ...PICTURE, mimeType }]).inputFacts).toEqual({
        hasHeif: true,
        soundSeconds: 0,
        videoPixels: [],
      });
    },
  );

  test('read inputs report the total length of the audio and the size of each video', () => {
    const request = withInputFacts(REQUEST, [
      { ...VIDEO, width: 1_280, height: 720 },
      { ...SOUND, seconds: 5.1 },
      { ...VIDEO, width: 640, height: 640 },
      { ...SOUND, seconds: 5.2 },
      { ...SOUND, seconds: 4.7 },
    ]);

    expect(request.inputFacts).toEqual({
      hasHeif: false,
      soundSeconds: 15,
      videoPixels: [921_600, 409_600],
    });
    expect(videoRequestSchema.parse(JSON.parse(JSON.stringify(request)))).toEqual(request);
  });
});
