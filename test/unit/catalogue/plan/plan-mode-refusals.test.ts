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
      'A video starts either from frames or from references, not from both. Give the first frame as a reference instead, or leave the references out.',
    ],
    [
      'two frames and a reference video, on any model',
      { model: '2.0', inputs: [...BOTH, ...VIDEO] },
      {},
      'A video starts either from frames or from references, not from both. Give the first frame and last frame as references instead, or leave the references out.',
    ],
    [
      'a last frame alone and a reference',
      { inputs: ['last_frame', ...several(1)] },
      {},
      'A video starts either from frames or from references, not from both. Give the last frame as a reference instead, or leave the references out.',
    ],
    [
      'five references on lite',
      { model: '1.0-lite-i2v', inputs: several(5) },
      {},
      '1.0-lite-i2v takes up to 4, not 5 reference images: leave 1 out, or use 2.0-mini, 2.0-fast, or 2.0.',
    ],
    [
      'ten references on 2.0',
      { model: '2.0', inputs: several(10) },
      {},
      '2.0 takes up to 9, not 10 reference images: leave 1 out, or use 2.5.',
    ],
    [
      'more references than any model takes',
      { inputs: several(31) },
      {},
      'No model here can do this. 31 reference images: 2.0-mini, 2.0-fast, and 2.0 take up to 9; 2.5 takes up to 30; 1.0-lite-i2v takes up to 4. Leave 1 out.',
    ],
    [
      'too many videos and too many sounds',
      {
        model: '2.0',
        inputs: [...several(4, 'reference_video'), ...several(5, 'reference_audio')],
      },
      {},
      '2.0 takes up to 3, not 4 reference videos: leave 1 out; 2.0 takes up to 3, not 5 reference sounds: leave 2 out, or use 2.5.',
    ],
    [
      'a reference on a model without them',
      { model: '1.5-pro', inputs: several(1) },
      {},
      '1.5-pro takes text alone, a first frame, or first and last frame, not a reference image: give the picture as first_frame instead, or use 2.0-mini, 2.0-fast, or 2.0.',
    ],
    [
      'references where no model has them',
      { inputs: several(2) },
      FEW,
      'No model here can do this. 2 reference images: 1.0-pro-fast takes text alone or a first frame; 1.0-pro and 1.5-pro take text alone, a first frame, or first and last frame. Give one of the pictures as first_frame instead.',
    ],
    [
      'a reference video on a model without references',
      { model: '1.0-pro', inputs: VIDEO },
      {},
      '1.0-pro takes text alone, a first frame, or first and last frame, not a reference video: leave the references out, or use 2.0-mini, 2.0-fast, or 2.0.',
    ],
    [
      'a reference video on a model that takes only images',
      { model: '1.0-lite-i2v', inputs: [...several(1), ...VIDEO] },
      {},
      '1.0-lite-i2v takes up to 4 reference images, not a reference video: leave the reference video out, or use 2.0-mini, 2.0-fast, or 2.0.',
    ],
    [
      'sound alone on 2.0',
      { model: '2.0', inputs: SOUND },
      {},
      '2.0 takes a reference sound beside a reference image or video, not a reference sound alone: add a reference image.',
    ],
    [
      'sound alone on 2.5',
      { model: '2.5', inputs: SOUND },
      {},
      '2.5 takes a reference sound beside a reference image or video, not a reference sound alone: add a reference image.',
    ],
    [
      'sound alone where no model takes that',
      { inputs: SOUND },
      { offered: ['1.5-pro', '2.0-fast', '2.0'] },
      'No model here can do this. A reference sound alone: 2.0-fast and 2.0 take a reference sound beside a reference image or video. Add a reference image.',
    ],
    [
      'text alone on an image model',
      { model: '1.0-lite-i2v' },
      {},
      '1.0-lite-i2v takes a first frame, first and last frame, or references, not text alone: add a first frame, or use 2.0-mini, 1.0-pro-fast, or 1.0-pro.',
    ],
    [
      'text alone where only an image model is offered',
      {},
      { offered: ['1.0-lite-i2v'] },
      'No model here can do this. Text alone: 1.0-lite-i2v takes a first frame, first and last frame, or references. Add a first frame.',
    ],
    [
      'pictures on a text model',
      { model: '1.0-lite-t2v', inputs: BOTH },
      { offered: ['1.0-lite-t2v'] },
      '1.0-lite-t2v takes text alone, not a last frame: leave the pictures out.',
    ],
    [
      'a reference on a text model',
      { model: '1.0-lite-t2v', inputs: several(1) },
      { offered: ['1.0-lite-t2v'] },
      '1.0-lite-t2v takes text alone, not a reference image: leave the references out.',
    ],
    [
      'a ratio beside a first frame on 2.5',
      { model: '2.5', inputs: FIRST, ratio: '9:16' },
      {},
      '2.5 takes adaptive with a first frame, not the ratio 9:16: ask for adaptive, or use 2.0-mini, 1.0-pro-fast, or 1.0-pro.',
    ],
    [
      'an adaptive ratio with references on lite',
      { model: '1.0-lite-i2v', inputs: several(2), ratio: 'adaptive' },
      {},
      '1.0-lite-i2v takes 16:9, 4:3, 1:1, 3:4, 9:16, or 21:9 with references, not the ratio adaptive: ask for 16:9, or use 2.0-mini, 2.0-fast, or 2.0.',
    ],
    [
      '1080p with references on lite',
      { model: '1.0-lite-i2v', inputs: several(2), resolution: '1080p' },
      {},
      '1.0-lite-i2v makes 480p or 720p with references, not 1080p: ask for 720p, or use 2.0 or 2.5.',
    ],
    [
      '1080p on 2.0-fast',
      { model: '2.0-fast', resolution: '1080p' },
      {},
      '2.0-fast makes 480p or 720p, not 1080p: ask for 720p, or use 1.0-pro-fast, 1.0-pro, or 2.0.',
    ],
    [
      'a fixed camera on 2.0',
      { model: '2.0', cameraFixed: true },
      {},
      '2.0 makes its own camera movements, not a fixed camera: leave camera_fixed off, or use 1.0-pro-fast, 1.0-pro, or 1.5-pro.',
    ],
    [
      'a fixed camera with references on lite',
      { model: '1.0-lite-i2v', inputs: several(1), cameraFixed: true },
      {},
      '1.0-lite-i2v makes its own camera movements with references, not a fixed camera: leave camera_fixed off.',
    ],
    [
      '20 s on 1.0-pro',
      { model: '1.0-pro', duration: 20 },
      {},
      '1.0-pro makes 2–12 s (fractions too), not 20 s: ask for 12 s, or use 2.5.',
    ],
    [
      '60 s',
      { duration: 60 },
      {},
      'No model here can do this. 60 s: 2.0-mini, 2.0-fast, and 2.0 make 4–15 s (whole seconds, or -1 for its own choice); 1.0-pro-fast, 1.0-pro, and 1.0-lite-t2v make 2–12 s (fractions too); 2.5 makes 4–30 s (whole seconds, or -1 for its own choice); 1.5-pro makes 4–12 s (whole seconds, or -1 for its own choice). Ask for 30 s.',
    ],
    [
      'two things that each can be had, but not both',
      { inputs: several(1), duration: 2, audio: true },
      {},
      'No model here can do all of this together. 2 s: only 1.0-lite-i2v. Sound: only 2.0-mini, 2.0-fast, 2.0, and 2.5.',
    ],
    [
      'a third thing that does not stand in the way',
      { duration: 2, audio: true, cameraFixed: true },
      {},
      'No model here can do all of this together. 2 s: only 1.0-pro-fast, 1.0-pro, and 1.0-lite-t2v. Sound: only 2.0-mini, 2.0-fast, 2.0, 2.5, and 1.5-pro.',
    ],
    [
      'two things that no model does at all',
      { duration: 60, inputs: VIDEO, cameraFixed: true },
      {},
      'No model here can do all of this together. 60 s: 2.0-mini, 2.0-fast, and 2.0 make 4–15 s (whole seconds, or -1 for its own choice); 2.5 makes 4–30 s (whole seconds, or -1 for its own choice). Ask for 30 s. A fixed camera: 2.0-mini, 2.0-fast, 2.0, and 2.5 make its own camera movements. Leave camera_fixed off.',
    ],
  ];
  test.each(refused)('a refusal names what to change for %s', (_name, asked, context, sentence) => {
    expect(refusalOf(() => plan(asked, context))).toBe(sentence);
  });
});
