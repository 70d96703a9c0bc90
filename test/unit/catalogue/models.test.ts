import { describe, expect, it, test } from 'vitest';

import { canFixCameraIn, modelOf, modesOf, resolutionsIn } from '#src/catalogue/models.ts';
import { MODES, MODE_INPUTS, mostReferences, type Mode } from '#src/catalogue/modes.ts';
import { lengthOn } from '#src/catalogue/plan/length.ts';
import { INPUT_ROLES, MODEL_IDS, REFERENCE_ROLES, type ModelId } from '#src/catalogue/request.ts';

const LITE: readonly ModelId[] = ['1.0-lite-t2v', '1.0-lite-i2v'];
const SEEDANCE_1_0: readonly ModelId[] = ['1.0-pro-fast', '1.0-pro', ...LITE];
const SEEDANCE_2: readonly ModelId[] = ['2.0-mini', '2.0-fast', '2.0', '2.5'];

describe('models', () => {
  test.each(MODEL_IDS)('%s is listed under its own id and can make a default video', (id) => {
    const model = modelOf(id);

    expect(model.id).toBe(id);
    expect(model.resolutions).toContain('720p');
    expect(model.modes.text?.defaultRatio ?? '16:9').toBe('16:9');
    expect(lengthOn(model, { unit: 'seconds', seconds: 5 })).toEqual({
      unit: 'seconds',
      seconds: 5,
    });
  });

  test.each(MODEL_IDS)('%s supports its default ratio in each of its modes', (id) => {
    const capabilities = Object.values(modelOf(id).modes);

    expect(
      capabilities.filter(({ ratios, defaultRatio }) => !ratios.includes(defaultRatio)),
    ).toEqual([]);
  });

  test.each(MODEL_IDS)('%s makes 720p in each of its modes', (id) => {
    const model = modelOf(id);

    expect(modesOf(model).filter((mode) => !resolutionsIn(model, mode).includes('720p'))).toEqual(
      [],
    );
  });

  const modes: readonly [ModelId, readonly Mode[]][] = [
    ['1.5-pro', ['text', 'first-frame', 'first-and-last-frame']],
    ['1.0-pro-fast', ['text', 'first-frame']],
    ['1.0-pro', ['text', 'first-frame', 'first-and-last-frame']],
    ['2.0-fast', MODES],
    ['2.0', MODES],
    ['2.0-mini', MODES],
    ['2.5', MODES],
    ['1.0-lite-t2v', ['text']],
    ['1.0-lite-i2v', ['first-frame', 'first-and-last-frame', 'references']],
  ];
  test.each(modes)('%s starts from %j', (id, expected) => {
    expect(modesOf(modelOf(id))).toEqual(expected);
  });

  it('some mode takes each input role', () => {
    expect(new Set(MODES.flatMap((mode) => [...MODE_INPUTS[mode]]))).toEqual(new Set(INPUT_ROLES));
  });

  const references: readonly [ModelId, readonly number[]][] = [
    ['1.0-lite-i2v', [4, 0, 0]],
    ['2.0-fast', [9, 3, 3]],
    ['2.0', [9, 3, 3]],
    ['2.0-mini', [9, 3, 3]],
    ['2.5', [30, 10, 10]],
  ];
  test.each(references)('%s takes as many images, videos and audio files as %j', (id, most) => {
    const capabilities = modelOf(id).modes.references;

    expect(
      REFERENCE_ROLES.map((role) => capabilities && mostReferences(capabilities, role)),
    ).toEqual(most);
  });

  it('only 2.0-fast, 2.0-mini and lite with references lack some resolutions', () => {
    const few = MODEL_IDS.flatMap((id) =>
      modesOf(modelOf(id)).flatMap((mode) =>
        resolutionsIn(modelOf(id), mode).includes('1080p') ? [] : [`${id} ${mode}`],
      ),
    );

    expect(few).toEqual([
      ...MODES.map((mode) => `2.0-mini ${mode}`),
      ...MODES.map((mode) => `2.0-fast ${mode}`),
      '1.0-lite-i2v references',
    ]);
  });

  it('Seedance 1 models can fix the camera, except with references', () => {
    const fixing = MODEL_IDS.flatMap((id) =>
      modesOf(modelOf(id)).some((mode) => canFixCameraIn(modelOf(id), mode)) ? [id] : [],
    );

    expect(fixing).toEqual(MODEL_IDS.filter((id) => id.startsWith('1.')));
    expect(canFixCameraIn(modelOf('1.0-lite-i2v'), 'first-frame')).toBe(true);
    expect(canFixCameraIn(modelOf('1.0-lite-i2v'), 'references')).toBe(false);
  });

  const switches: readonly [keyof ReturnType<typeof modelOf>, readonly ModelId[]][] = [
    ['canChooseLength', [...SEEDANCE_2, '1.5-pro']],
    ['canMakeAudio', [...SEEDANCE_2, '1.5-pro']],
    ['canReadHeif', [...SEEDANCE_2, '1.5-pro']],
    ['drafts', ['2.5', '1.5-pro']],
    ['canUseFlex', ['1.0-pro-fast', '1.0-pro', '1.5-pro', '1.0-lite-t2v', '1.0-lite-i2v']],
    ['frames', SEEDANCE_1_0],
  ];
  test.each(switches)('the models with %s are %j', (capability, expected) => {
    const able = MODEL_IDS.filter((id) => Boolean(modelOf(id)[capability]));

    expect(able).toEqual(expected);
  });

  const lengths: readonly [ModelId, number, number][] = [
    ['1.5-pro', 4, 12],
    ['1.0-lite-t2v', 2, 12],
    ['2.0', 4, 15],
    ['2.0-fast', 4, 15],
    ['2.5', 4, 30],
  ];
  test.each(lengths)('%s makes %d to %d whole seconds', (id, least, most) => {
    const taken = Array.from({ length: 40 }, (_, seconds) => seconds).filter(
      (seconds) => lengthOn(modelOf(id), { unit: 'seconds', seconds }) !== undefined,
    );

    expect([taken.at(0), taken.at(-1), taken.length]).toEqual([least, most, most - least + 1]);
  });
});

describe('lengths in frames', () => {
  test.each(SEEDANCE_1_0)('%s takes frame counts of 25 + 4n from 29 to 289 and no others', (id) => {
    const taken = Array.from({ length: 400 }, (_, frames) => frames).filter(
      (frames) => lengthOn(modelOf(id), { unit: 'frames', frames }) !== undefined,
    );

    expect(taken).toEqual(Array.from({ length: 66 }, (_, index) => 29 + 4 * index));
  });

  it('a length halfway between two frame counts becomes the shorter one, which costs less', () => {
    const between = { unit: 'seconds', seconds: 31 / 24 } as const;

    expect(lengthOn(modelOf('1.0-pro'), between)).toEqual({ unit: 'frames', frames: 29 });
  });
});
