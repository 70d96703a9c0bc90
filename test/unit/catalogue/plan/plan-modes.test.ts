import { describe, expect, it, test } from 'vitest';

import type { AskedOptions, InputRole, ModelId, VideoRequest } from '#src/catalogue/request.ts';

import { BOTH, FIRST, plan, several, SOUND, VIDEO, type Here } from '../../../fakes/plan.ts';

describe('every mode of every model', () => {
  type Row = readonly [ModelId, readonly InputRole[], VideoRequest['ratio']];
  const taken: readonly Row[] = [
    ['1.5-pro', [], '16:9'],
    ['1.5-pro', FIRST, 'adaptive'],
    ['1.5-pro', BOTH, 'adaptive'],
    ['1.0-pro-fast', [], '16:9'],
    ['1.0-pro-fast', FIRST, 'adaptive'],
    ['1.0-pro', [], '16:9'],
    ['1.0-pro', FIRST, 'adaptive'],
    ['1.0-pro', BOTH, 'adaptive'],
    ['1.0-lite-t2v', [], '16:9'],
    ['1.0-lite-i2v', FIRST, 'adaptive'],
    ['1.0-lite-i2v', BOTH, 'adaptive'],
    ['1.0-lite-i2v', several(1), '16:9'],
    ['1.0-lite-i2v', several(4), '16:9'],
    ...(['2.0-fast', '2.0', '2.0-mini', '2.5'] as const).flatMap((id): Row[] => [
      [id, [], '16:9'],
      [id, FIRST, 'adaptive'],
      [id, BOTH, 'adaptive'],
      [id, several(1), 'adaptive'],
      [id, several(9), 'adaptive'],
      [id, VIDEO, 'adaptive'],
      [id, several(3, 'reference_video'), 'adaptive'],
      [id, [...several(1), ...SOUND], 'adaptive'],
      [id, [...VIDEO, ...SOUND], 'adaptive'],
      [id, [...several(4), ...VIDEO, ...SOUND], 'adaptive'],
    ]),
    ['2.5', several(30), 'adaptive'],
    ['2.5', several(10, 'reference_video'), 'adaptive'],
  ];
  test.each(taken)('%s with %j is made, in the ratio %s', (model, inputs, ratio) => {
    expect(plan({ model, inputs })).toMatchObject({
      model,
      inputs: [...inputs],
      ratio,
      resolution: '720p',
      length: { unit: 'seconds', seconds: 5 },
      returnsLastFrame: true,
    });
  });

  it('references are sent by kind, in the given order', () => {
    const inputs: InputRole[] = [...SOUND, ...VIDEO, ...several(2), ...VIDEO];

    expect(plan({ inputs }).inputs).toEqual([...several(2), ...VIDEO, ...VIDEO, ...SOUND]);
  });
});

describe('the model chosen for references', () => {
  const chosen: readonly [string, Partial<AskedOptions>, Here, ModelId][] = [
    ['the first model that accepts them', { inputs: several(1) }, {}, '2.0-mini'],
    ['a model that makes 1080p', { inputs: several(1), resolution: '1080p' }, {}, '2.0'],
    ['a model that accepts ten', { inputs: several(10) }, {}, '2.5'],
    ['a model that makes 20 s', { inputs: VIDEO, duration: 20 }, {}, '2.5'],
    ['a model on the slower tier', { inputs: several(2), economy: true }, {}, '1.0-lite-i2v'],
    ['a model that makes 2.5 s', { inputs: several(2), duration: 2.5 }, {}, '1.0-lite-i2v'],
    [
      'an offered model',
      { inputs: several(2) },
      { offered: ['1.5-pro', '1.0-lite-i2v', '2.0-mini'] },
      '2.0-mini',
    ],
  ];
  test.each(chosen)('references without a model choose %s', (_name, asked, context, model) => {
    expect(plan(asked, context).model).toBe(model);
  });

  const others: readonly [string, Partial<AskedOptions>, ModelId][] = [
    ['text takes the usual model', {}, '2.0-mini'],
    ['20 s take the model that makes them', { duration: 20 }, '2.5'],
    ['13 s take the first that makes them', { duration: 13 }, '2.0-mini'],
    ['a first frame takes the usual model', { inputs: FIRST }, '2.0-mini'],
  ];
  test.each(others)('without references, %s', (_name, asked, model) => {
    expect(plan(asked).model).toBe(model);
  });
});

describe('the newer models', () => {
  const done: readonly [string, Partial<AskedOptions>, Partial<VideoRequest>][] = [
    [
      '2.0 leaves the camera, frames and tier undecided, for it has no such fields',
      { model: '2.0', cameraFixed: false },
      { isCameraFixed: undefined, isDraft: undefined, tier: undefined, hasAudio: true },
    ],
    [
      '2.0 chooses its length',
      { model: '2.0', duration: -1 },
      { length: { unit: 'model-chooses' } },
    ],
    ['2.0 makes text adaptive', { model: '2.0', ratio: 'adaptive' }, { ratio: 'adaptive' }],
    ['2.0 makes 1080p', { model: '2.0', resolution: '1080p' }, { resolution: '1080p' }],
    [
      '2.5 follows a first frame, whatever the default ratio',
      { model: '2.5', inputs: FIRST },
      { ratio: 'adaptive' },
    ],
    [
      'lite with references leaves the camera undecided',
      { model: '1.0-lite-i2v', inputs: several(2) },
      { isCameraFixed: undefined, hasAudio: undefined, tier: 'default' },
    ],
    [
      'lite with a first frame fixes the camera',
      { model: '1.0-lite-i2v', inputs: FIRST, cameraFixed: true },
      { isCameraFixed: true },
    ],
    [
      'lite makes half a second of frames',
      { model: '1.0-lite-t2v', duration: 5.5 },
      { length: { unit: 'frames', frames: 133 } },
    ],
  ];
  test.each(done)('%s', (_name, asked, expected) => {
    const defaults = { ratio: '9:16', isCameraFixed: true } as const;
    const context = asked.inputs === FIRST && asked.model === '2.5' ? { defaults } : {};

    expect(plan(asked, context)).toMatchObject(expected);
  });

  it('a default of 1080p is ignored where references do not allow it', () => {
    const context = { defaults: { resolution: '1080p' } } as const;

    expect(plan({ model: '1.0-lite-i2v', inputs: several(1) }, context).resolution).toBe('720p');
    expect(plan({ model: '1.0-lite-i2v', inputs: FIRST }, context).resolution).toBe('1080p');
  });
});
