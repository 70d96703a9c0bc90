/** What finals cost: the expected price, and the price from the finished draft. */
import { describe, expect, test } from 'vitest';

import type { VideoRequest } from '#src/catalogue/request.ts';
import { expectedFinals, pricedFinals } from '#src/jobs/acceptance/finals.ts';
import type { Job } from '#src/jobs/record/job.ts';
import type { OfferQuestion } from '#src/jobs/submission/offers.ts';

import { aJob, aRequest, aTakenSubmission } from '../../../fakes/job.ts';

const DRAFT = aRequest({ model: '1.5-pro', isDraft: true, resolution: '480p', ratio: 'adaptive' });

/** Offers that price by length and record what they were asked. */
function offersAt(credits: number | undefined) {
  const asked: { request: VideoRequest; question: OfferQuestion | undefined }[] = [];
  const creditsToHold = (request: VideoRequest, question?: OfferQuestion) => {
    asked.push({ request, question });
    const seconds = request.length.unit === 'seconds' ? request.length.seconds : 100;
    return credits === undefined ? undefined : credits * seconds;
  };
  return { offers: { creditsToHold }, asked };
}

function aDraft(overrides: Partial<Job> = {}): Job {
  return aJob({
    state: 'succeeded',
    request: DRAFT,
    submissions: [aTakenSubmission({ vendor: 'powertokens', taskId: 'cgt-1' })],
    ...overrides,
  });
}

describe('the finals of a draft', () => {
  test('finals are estimated for any vendor from the requested options', () => {
    const { offers, asked } = offersAt(2);

    expect(expectedFinals(DRAFT, ['720p', '1080p'], offers)).toEqual([
      { resolution: '720p', credits: 10 },
      { resolution: '1080p', credits: 10 },
    ]);
    expect(asked.map(({ question }) => question?.onlyVendor)).toEqual([undefined, undefined]);
  });

  test('finals that no vendor makes are left out', () => {
    expect(expectedFinals(DRAFT, ['720p'], offersAt(undefined).offers)).toEqual([]);
  });

  test('finals are priced at the draft’s vendor, from the finished draft', () => {
    const { offers, asked } = offersAt(2);
    const result = { videoUrl: '', succeededAtMs: 1, ratio: '3:4', seconds: 7 };
    const finals = [{ resolution: '1080p', credits: 200 }] as const;

    expect(pricedFinals(aDraft({ result, finals: [...finals] }), offers)).toEqual([
      { resolution: '1080p', credits: 14 },
    ]);
    expect(asked).toMatchObject([
      {
        request: { draftTaskId: 'cgt-1', ratio: '3:4', resolution: '1080p' },
        question: { onlyVendor: 'powertokens' },
      },
    ]);
  });

  test('finals keep their expected price when no current one exists', () => {
    const finals = [{ resolution: '720p' as const, credits: 33 }];

    expect(pricedFinals(aDraft({ finals }), offersAt(undefined).offers)).toEqual(finals);
  });

  test('a draft of an earlier version lists every final that its model makes', () => {
    const priced = pricedFinals(aDraft(), offersAt(1).offers);

    expect(priced?.map(({ resolution }) => resolution)).toEqual(['480p', '720p', '1080p']);
  });

  test('a video that is not a draft has no finals', () => {
    expect(pricedFinals(aDraft({ request: aRequest() }), offersAt(1).offers)).toBeUndefined();
  });
});
