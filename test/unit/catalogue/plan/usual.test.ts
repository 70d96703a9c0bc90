/** What a request is compared with: the first model here, as close to the request as that model can come. */
import { describe, expect, test } from 'vitest';

import { usualRequest } from '#src/catalogue/plan/usual.ts';
import type { AskedOptions, VideoRequest } from '#src/catalogue/request.ts';

import { FIRST, plan, planOffers, several, VIDEO, type Here } from '../../../fakes/plan.ts';

function usualFor(asked: Partial<AskedOptions>, here: Here = {}): VideoRequest | undefined {
  return usualRequest(plan(asked, here), { offers: planOffers(here), ...here });
}

describe('the usual video', () => {
  const seconds = (count: number) => ({ unit: 'seconds', seconds: count }) as const;
  const rows: readonly [string, Partial<AskedOptions>, Here, Partial<VideoRequest>][] = [
    ['is of the first model', { model: '2.5' }, {}, { model: '2.0-mini' }],
    [
      'is of the preferred model of the server',
      { model: '2.0-mini' },
      { defaults: { model: '2.5' } },
      { model: '2.5' },
    ],
    [
      'is of the first that is offered',
      { model: '2.5' },
      { offered: ['2.5', '2.0'] },
      { model: '2.0' },
    ],
    ['is as long', { model: '2.5', duration: 12 }, {}, { length: seconds(12) }],
    ['is at most as long as its model makes them', { duration: 30 }, {}, { length: seconds(15) }],
    ['is at least as long as its model makes them', { duration: 2 }, {}, { length: seconds(4) }],
    ['has whole seconds for a fraction', { duration: 6.4 }, {}, { length: seconds(6) }],
    [
      'is as long as its model makes them where the length is of the model’s choice',
      { model: '2.5', duration: -1 },
      { offered: ['1.0-pro', '2.5'] },
      { length: seconds(12) },
    ],
    ['has the same resolution', { model: '2.0', resolution: '480p' }, {}, { resolution: '480p' }],
    ['has the largest below it', { resolution: '1080p' }, {}, { resolution: '720p' }],
    ['has the files where its model takes them', { inputs: FIRST }, {}, { inputs: [...FIRST] }],
    [
      'starts from text where its model does not take the files',
      { inputs: several(2) },
      { offered: ['1.0-pro', '2.0'] },
      { model: '1.0-pro', inputs: [] },
    ],
    [
      'starts from text where there are more files than its model takes',
      { inputs: several(12) },
      {},
      { model: '2.0-mini', inputs: [] },
    ],
    ['has the reference video', { model: '2.5', inputs: VIDEO }, {}, { inputs: [...VIDEO] }],
    ['is no draft', { draft: true }, {}, { isDraft: undefined, resolution: '480p' }],
    ['is as silent', { model: '2.0', audio: false }, {}, { hasAudio: false }],
  ];
  test.each(rows)('the usual video %s', (_name, asked, here, expected) => {
    expect(usualFor(asked, here)).toMatchObject(expected);
  });

  test('the usual video is of a current model while there is one, whether its vendor accepts jobs or not', () => {
    const offers = planOffers({ offered: ['1.5-pro', '2.5'] }).map((offer) =>
      offer.model.id === '1.5-pro'
        ? { ...offer, isRetiredUpstream: true }
        : { ...offer, isUp: false },
    );

    expect(usualRequest(plan({}), { offers })?.model).toBe('2.5');
  });

  test('the usual video is undefined when no model is offered', () => {
    expect(usualRequest(plan({}), { offers: [] })).toBeUndefined();
  });
});
