import { describe, expect, it, test } from 'vitest';

import { lengthOn } from '#src/catalogue/length.ts';
import { MODES, MODE_INPUTS, inputRolesOf, modelOf } from '#src/catalogue/models.ts';
import { INPUT_ROLES, MODEL_IDS } from '#src/catalogue/request.ts';
import type { InputRole, ModelId } from '#src/catalogue/request.ts';

describe('models', () => {
  test.each(MODEL_IDS)('%s is listed under its own id and makes the usual video', (id) => {
    const model = modelOf(id);

    expect(model.id).toBe(id);
    expect(model.resolutions).toContain('720p');
    expect(model.modes.text?.defaultRatio).toBe('16:9');
    expect(lengthOn(model, { unit: 'seconds', seconds: 5 })).toEqual({
      unit: 'seconds',
      seconds: 5,
    });
  });

  test.each(MODEL_IDS)('%s takes its own default ratio in each of its modes', (id) => {
    const abilities = Object.values(modelOf(id).modes);

    expect(abilities.filter(({ ratios, defaultRatio }) => !ratios.includes(defaultRatio))).toEqual(
      [],
    );
  });

  const roles: readonly [ModelId, readonly InputRole[]][] = [
    ['1.5-pro', ['first_frame', 'last_frame']],
    ['1.0-pro', ['first_frame', 'last_frame']],
    ['1.0-pro-fast', ['first_frame']],
  ];
  test.each(roles)('%s takes pictures as %j', (id, expected) => {
    expect(inputRolesOf(modelOf(id))).toEqual(expected);
  });

  it('have a mode for every role there is', () => {
    expect(new Set(MODES.flatMap((mode) => [...MODE_INPUTS[mode]]))).toEqual(new Set(INPUT_ROLES));
  });
});

describe('lengths in frames', () => {
  it('are 25 + 4n from 29 to 289, and nothing else', () => {
    const model = modelOf('1.0-pro');
    const taken = Array.from({ length: 400 }, (_, frames) => frames).filter(
      (frames) => lengthOn(model, { unit: 'frames', frames }) !== undefined,
    );

    expect(taken).toEqual(Array.from({ length: 66 }, (_, index) => 29 + 4 * index));
  });

  it('of two as near are the shorter, which is the cheaper', () => {
    const between = { unit: 'seconds', seconds: 31 / 24 } as const;

    expect(lengthOn(modelOf('1.0-pro'), between)).toEqual({ unit: 'frames', frames: 29 });
  });
});
