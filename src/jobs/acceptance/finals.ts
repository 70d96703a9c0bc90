/** Prices the finals of a draft: as expected before the draft is made, and from the finished draft. */
import { expectedFinal, finalResolutions, planFinal } from '../../catalogue/plan/plan-final.ts';
import type { Resolution, VideoRequest } from '../../catalogue/request.ts';
import { lastSubmission, type FinalPrice, type Job } from '../record/job.ts';
import type { Offers } from '../submission/offers.ts';

type Priced = Pick<Offers, 'creditsToHold'>;

/** Returns the price of each final that some vendor can make, smallest resolution first. */
export function expectedFinals(
  draft: VideoRequest,
  resolutions: readonly Resolution[],
  offers: Priced,
): FinalPrice[] {
  return resolutions.flatMap((resolution) => {
    const credits = offers.creditsToHold(expectedFinal(draft, resolution));
    return credits === undefined ? [] : [{ resolution, credits }];
  });
}

/**
 * Returns what the finals of a finished draft cost at the vendor that has it; undefined for other
 * jobs. A final that cannot be priced now keeps its expected price.
 */
export function pricedFinals(job: Job, offers: Priced): FinalPrice[] | undefined {
  const { request, result: actual = {}, finals } = job;
  const { taskId, vendor: onlyVendor } = lastSubmission(job) ?? {};
  if (request.isDraft !== true || taskId === undefined) return undefined;
  const expected = new Map(finals?.map(({ resolution, credits }) => [resolution, credits]));
  // Drafts recorded by earlier versions have no finals.
  const isToMake = (resolution: Resolution) => finals === undefined || expected.has(resolution);
  const resolutions = finalResolutions(request.model).filter(isToMake);
  return resolutions.flatMap((resolution) => {
    const offered = [request.model];
    const final = planFinal({ request, taskId, actual }, resolution, { offered });
    const credits = offers.creditsToHold(final, { onlyVendor }) ?? expected.get(resolution);
    return credits === undefined ? [] : [{ resolution, credits }];
  });
}
