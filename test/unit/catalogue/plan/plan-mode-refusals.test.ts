import { describe, expect, test } from 'vitest';

import type { AskedOptions } from '#src/catalogue/request.ts';

import {
  BOTH,
  FIRST,
  plan,
  refusalOf,
  several,
  SOUND,
  VIDEO,
  type Here,
} from '../../../fakes/plan.ts';

describe('refusals of modes', () => {
  const FEW = { offered: ['1.5-pro', '1.0-pro-fast', '1.0-pro'] } as const;
  const refused: readonly [string, Partial<AskedOptions>, Here, string][] = [
    [
      'a first frame and a reference',
      { inputs: [...FIRST, ...several(1)] },
      {},
      'A video starts from frames or from references, not both. Give the first frame as a reference instead, or leave the references out.',
    ],
    [
      'two frames and a reference video, on any model',
      { model: '2.0', inputs: [...BOTH, ...VIDEO] },
      {},
      'A video starts from frames or from references, not both. Give the first and last frame as references instead, or leave the references out.',
    ],
    [
      'a last frame alone and a reference',
      { inputs: ['last_frame', ...several(1)] },
      {},
      'A video starts from frames or from references, not both. Give the last frame as a reference instead, or leave the references out.',
    ],
    [
      'five references on lite',
      { model: '1.0-lite-i2v', inputs: several(5) },
      {},
      '1.0-lite-i2v takes up to 4, not 5 reference images. Leave 1 out, or use 2.0-mini, 2.0-fast, or 2.0.',
    ],
    [
      'ten references on 2.0',
      { model: '2.0', inputs: several(10) },
      {},
      '2.0 takes up to 9, not 10 reference images. Leave 1 out, or use 2.5.',
    ],
    [
      'more references than any model takes',
      { inputs: several(31) },
      {},
      'No model here takes 31 reference images. Possible: up to 9 (2.0-mini, 2.0-fast, and 2.0); up to 30 (2.5); up to 4 (1.0-lite-i2v). Leave 1 out.',
    ],
    [
      'too many videos and too many sounds',
      {
        model: '2.0',
        inputs: [...several(4, 'reference_video'), ...several(5, 'reference_audio')],
      },
      {},
      '2.0 takes up to 3, not 4 reference videos. Leave 1 out. 2.0 takes up to 3, not 5 reference sounds. Leave 2 out. For all of it, use 2.5.',
    ],
    [
      'a reference on a model without them',
      { model: '1.5-pro', inputs: several(1) },
      {},
      '1.5-pro takes text alone, a first frame, or first and last frame, not a reference image. Give the picture as first_frame instead, or use 2.0-mini, 2.0-fast, or 2.0.',
    ],
    [
      'references where no model has them',
      { inputs: several(2) },
      FEW,
      'No model here takes 2 reference images. Possible: text alone or a first frame (1.0-pro-fast); text alone, a first frame, or first and last frame (1.0-pro and 1.5-pro). Give one of the pictures as first_frame instead.',
    ],
    [
      'a reference video on a model without references',
      { model: '1.0-pro', inputs: VIDEO },
      {},
      '1.0-pro takes text alone, a first frame, or first and last frame, not a reference video. Leave the references out, or use 2.0-mini, 2.0-fast, or 2.0.',
    ],
    [
      'a reference video on a model that takes only images',
      { model: '1.0-lite-i2v', inputs: [...several(1), ...VIDEO] },
      {},
      '1.0-lite-i2v takes no reference videos. Leave the reference video out, or use 2.0-mini, 2.0-fast, or 2.0.',
    ],
    [
      'sound alone on 2.0',
      { model: '2.0', inputs: SOUND },
      {},
      '2.0 takes a reference sound only beside an image or a video. Add a reference image.',
    ],
    [
      'sound alone on 2.5',
      { model: '2.5', inputs: SOUND },
      {},
      '2.5 takes a reference sound only beside an image or a video. Add a reference image.',
    ],
    [
      'sound alone where no model takes that',
      { inputs: SOUND },
      { offered: ['1.5-pro', '2.0-fast', '2.0'] },
      'No model here takes a reference sound alone. Add a reference image.',
    ],
    [
      'text alone on an image model',
      { model: '1.0-lite-i2v' },
      {},
      '1.0-lite-i2v needs a picture. Add a first frame, or use 2.0-mini, 1.0-pro-fast, or 1.0-pro.',
    ],
    [
      'text alone where only an image model is offered',
      {},
      { offered: ['1.0-lite-i2v'] },
      'No model here makes videos from text alone. Possible: a first frame, first and last frame, or references (1.0-lite-i2v). Add a first frame.',
    ],
    [
      'pictures on a text model',
      { model: '1.0-lite-t2v', inputs: BOTH },
      { offered: ['1.0-lite-t2v'] },
      '1.0-lite-t2v takes text alone, not a last frame. Leave the pictures out.',
    ],
    [
      'a reference on a text model',
      { model: '1.0-lite-t2v', inputs: several(1) },
      { offered: ['1.0-lite-t2v'] },
      '1.0-lite-t2v takes text alone, not a reference image. Leave the references out.',
    ],
    [
      'a ratio with a first frame on 2.5',
      { model: '2.5', inputs: FIRST, ratio: '9:16' },
      {},
      '2.5 makes the ratio adaptive with a first frame, not 9:16. Ask for adaptive, or use 2.0-mini, 1.0-pro-fast, or 1.0-pro.',
    ],
    [
      'an adaptive ratio with references on lite',
      { model: '1.0-lite-i2v', inputs: several(2), ratio: 'adaptive' },
      {},
      '1.0-lite-i2v makes the ratio 16:9, 4:3, 1:1, 3:4, 9:16, or 21:9 with references, not adaptive. Ask for 16:9, or use 2.0-mini, 2.0-fast, or 2.0.',
    ],
    [
      '1080p with references on lite',
      { model: '1.0-lite-i2v', inputs: several(2), resolution: '1080p' },
      {},
      '1.0-lite-i2v makes 480p or 720p with references, not 1080p. Ask for 720p, or use 2.0 or 2.5.',
    ],
    [
      '1080p on 2.0-fast',
      { model: '2.0-fast', resolution: '1080p' },
      {},
      '2.0-fast makes 480p or 720p, not 1080p. Ask for 720p, or use 1.0-pro-fast, 1.0-pro, or 2.0.',
    ],
    [
      'a fixed camera on 2.0',
      { model: '2.0', cameraFixed: true },
      {},
      '2.0 can’t keep the camera still. Turn camera_fixed off, or use 1.0-pro-fast, 1.0-pro, or 1.5-pro.',
    ],
    [
      'a fixed camera with references on lite',
      { model: '1.0-lite-i2v', inputs: several(1), cameraFixed: true },
      {},
      '1.0-lite-i2v can’t keep the camera still with references. Turn camera_fixed off.',
    ],
    [
      '20 s on 1.0-pro',
      { model: '1.0-pro', duration: 20 },
      {},
      '1.0-pro makes 2–12 s, not 20 s. Ask for 12 s, or use 2.5.',
    ],
    [
      '60 s',
      { duration: 60 },
      {},
      'No model here makes 60 s. Possible: 4–15 s (2.0-mini, 2.0-fast, and 2.0); 2–12 s (1.0-pro-fast, 1.0-pro, and 1.0-lite-t2v); 4–30 s (2.5); 4–12 s (1.5-pro). Ask for 30 s.',
    ],
    [
      'two things that each can be had, but not both',
      { inputs: several(1), duration: 2, audio: true },
      {},
      'No model here can do all of this together: 2 s (only 1.0-lite-i2v); sound (only 2.0-mini, 2.0-fast, 2.0, and 2.5). Leave one of them out.',
    ],
    [
      'a third option that is no violation',
      { duration: 2, audio: true, cameraFixed: true },
      {},
      'No model here can do all of this together: 2 s (only 1.0-pro-fast, 1.0-pro, and 1.0-lite-t2v); sound (only 2.0-mini, 2.0-fast, 2.0, 2.5, and 1.5-pro). Leave one of them out.',
    ],
    [
      'two things that no model does at all',
      { duration: 60, inputs: VIDEO, cameraFixed: true },
      {},
      'No model here makes 60 s. Possible: 4–15 s (2.0-mini, 2.0-fast, and 2.0); 4–30 s (2.5). Ask for 30 s. No model here that takes your files can keep the camera still. Turn camera_fixed off.',
    ],
  ];
  test.each(refused)('a refusal names what to change for %s', (_name, asked, context, sentence) => {
    expect(refusalOf(() => plan(asked, context))).toBe(sentence);
  });
});
