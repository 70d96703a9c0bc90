/** Which of several offers a request is planned for, and how its omitted options are decided. */
import { describe, expect, test } from 'vitest';

import { modelOf, type Model } from '#src/catalogue/models.ts';
import type { PlanContext, PlanOffer } from '#src/catalogue/plan/context.ts';
import type { AskedOptions, ModelId, VideoRequest } from '#src/catalogue/request.ts';

import { FIRST, plan, several, SOUND } from '../../../fakes/plan.ts';

/** An offer of a vendor that passes on everything except what is named. */
function offer(
  id: ModelId,
  { isUp = true, isRetiredUpstream = false, ...less }: Partial<Model> & Partial<PlanOffer> = {},
): PlanOffer {
  return { model: { ...modelOf(id), ...less }, isUp, isRetiredUpstream };
}

function chosen(
  offers: readonly PlanOffer[],
  asked: Partial<AskedOptions> = {},
  context: Partial<PlanContext> = {},
): VideoRequest {
  return plan(asked, { ...context, offers });
}

const SILENT = { canMakeAudio: false } as const;
const AWAY = { isUp: false } as const;
const RETIRED = { isRetiredUpstream: true } as const;

describe('the model that the bot chooses', () => {
  const rows: readonly [string, readonly PlanOffer[], Partial<PlanContext>, ModelId][] = [
    ['is the first in the order', [offer('2.0'), offer('2.0-mini')], {}, '2.0-mini'],
    [
      'is the preferred one of the server',
      [offer('2.0-mini'), offer('2.0')],
      { defaults: { model: '2.0' } },
      '2.0',
    ],
    [
      'is one whose vendor accepts jobs, even when another is preferred',
      [offer('2.0', AWAY), offer('1.0-pro')],
      { defaults: { model: '2.0' } },
      '1.0-pro',
    ],
    [
      'is the preferred one at another vendor that accepts jobs',
      [offer('2.0', AWAY), offer('2.0-mini'), offer('2.0')],
      { defaults: { model: '2.0' } },
      '2.0',
    ],
    [
      'is the first in the order while no vendor accepts jobs',
      [offer('2.0', AWAY), offer('2.0-mini', AWAY)],
      {},
      '2.0-mini',
    ],
    [
      'is a retired one only when no current one fits',
      [offer('1.5-pro', RETIRED), offer('2.5', AWAY)],
      {},
      '2.5',
    ],
    ['is a retired one where it is the only one', [offer('1.5-pro', RETIRED)], {}, '1.5-pro'],
    [
      'is a retired one where the server prefers it',
      [offer('2.0-mini'), offer('1.5-pro', RETIRED)],
      { defaults: { model: '1.5-pro' } },
      '1.5-pro',
    ],
    [
      'is the first that supports the other defaults of the server',
      [offer('2.0-mini'), offer('1.0-pro'), offer('2.0')],
      { defaults: { resolution: '1080p' } },
      '1.0-pro',
    ],
    [
      'is the first in the order when none supports them',
      [offer('2.0-mini'), offer('1.0-pro')],
      { defaults: { isDraft: true } },
      '2.0-mini',
    ],
    [
      'is within the rules of the server when possible',
      [offer('2.0-mini'), offer('1.0-pro')],
      {
        defaults: { model: '2.0-mini', length: { unit: 'seconds', seconds: 3 } },
        isAllowed: ({ length }) => length.unit === 'seconds' && length.seconds <= 3,
      },
      '1.0-pro',
    ],
  ];
  test.each(rows)('the chosen model %s', (_name, offers, context, model) => {
    expect(chosen(offers, {}, context).model).toBe(model);
  });

  test('the chosen model is a retired one when only that supports the request', () => {
    const offers = [offer('2.0-mini'), offer('1.5-pro', RETIRED)];

    expect(chosen(offers, { cameraFixed: true }).model).toBe('1.5-pro');
  });
});

describe('omitted options', () => {
  test('an omitted sound is on when any vendor of the model makes it', () => {
    const offers = [offer('2.0', SILENT), offer('2.0')];

    expect(chosen(offers, { model: '2.0' }).hasAudio).toBe(true);
  });

  test('an omitted sound is off when the only vendor makes none', () => {
    expect(chosen([offer('2.0', SILENT)]).hasAudio).toBe(false);
  });

  test('an omitted sound is off when the vendor that makes it accepts no jobs', () => {
    const offers = [offer('2.0', { ...AWAY }), offer('2.0', SILENT)];

    expect(chosen(offers, { model: '2.0' }).hasAudio).toBe(false);
  });

  test('an omitted watermark is off when the vendor has no option for it', () => {
    const offers = [offer('2.0', { canSetWatermark: false })];

    expect(chosen(offers, {}, { defaults: { hasWatermark: true } }).hasWatermark).toBe(false);
  });

  test('a request with a typed seed goes to a vendor that accepts one', () => {
    const offers = [offer('2.0', { canTakeSeed: false }), offer('2.0', { resolutions: ['480p'] })];

    expect(chosen(offers, { seed: 5 })).toMatchObject({ seed: 5, resolution: '480p' });
  });

  test('a default draft is switched off explicitly when the vendor makes none', () => {
    const offers = [offer('1.5-pro', { drafts: undefined })];

    expect(chosen(offers, {}, { defaults: { isDraft: true } })).toMatchObject({
      isDraft: false,
      resolution: '720p',
    });
  });

  test('an omitted resolution is one that the vendor makes', () => {
    const offers = [offer('2.0', { resolutions: ['480p'] })];

    expect(chosen(offers).resolution).toBe('480p');
  });
});

describe('the ratio at a vendor with fixed ratios', () => {
  const named = offer('2.0', {
    modes: {
      text: { ratios: ['16:9', '1:1', '9:16'], defaultRatio: '16:9' },
      'first-frame': { ratios: ['16:9', '1:1', '9:16'], defaultRatio: '16:9' },
      references: {
        ratios: ['16:9', '1:1', '9:16'],
        defaultRatio: '16:9',
        mostImages: 9,
        clips: {
          maxCount: 3,
          minSeconds: 2,
          maxSeconds: 15,
          maxSecondsTogether: 15,
          leastBilledVideoSeconds: 4,
          canBeSoundAlone: true,
        },
      },
    },
  });
  const rows: readonly [string, Partial<AskedOptions>, string][] = [
    ['is 16:9 for a text', {}, '16:9'],
    ['is 16:9 for audio', { inputs: SOUND }, '16:9'],
    ['is 16:9 for a picture of unknown shape', { inputs: FIRST }, '16:9'],
    [
      'is that of an upright picture',
      { inputs: FIRST, shape: { width: 480, height: 800 } },
      '9:16',
    ],
    ['is that of a square', { inputs: several(1), shape: { width: 99, height: 101 } }, '1:1'],
    ['is 16:9 for an invalid shape', { inputs: FIRST, shape: { width: 0, height: 0 } }, '16:9'],
    [
      'is the one that was typed',
      { inputs: FIRST, ratio: '1:1', shape: { width: 480, height: 800 } },
      '1:1',
    ],
  ];
  test.each(rows)('the ratio %s', (_name, asked, ratio) => {
    expect(chosen([named], asked).ratio).toBe(ratio);
  });

  test('the ratio follows the picture when the vendor supports it', () => {
    const asked = { inputs: FIRST, shape: { width: 480, height: 800 } };

    expect(chosen([offer('2.0')], asked).ratio).toBe('adaptive');
  });
});
