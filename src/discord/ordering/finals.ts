/** Determines which finals a draft can have in this server, and their prices, before it is made. */
import type { AskedOptions, VideoRequest } from '../../catalogue/request.ts';
import { QuotaExceeded, UserError } from '../../errors.ts';
import type { OrderOrigin } from '../../jobs/acceptance/accept-job.ts';
import { expectedFinals } from '../../jobs/acceptance/finals.ts';
import type { FinalPrice } from '../../jobs/record/job.ts';
import { ruleName } from '../../quota/limits/limits.ts';
import { credits } from '../../text/credits.ts';
import { text } from '../../text/text.ts';
import type { CommandContext } from '../command.ts';
import { finalsWithin } from '../server/server-rules.ts';
import type { ServerSettings } from '../server/server-settings.ts';

interface Circumstances {
  readonly rules: ServerSettings;
  readonly origin: OrderOrigin;
}

interface PlannedWithFinals {
  readonly request: VideoRequest;
  /** Undefined for a request that is not a draft. */
  readonly finals: readonly FinalPrice[] | undefined;
}

/**
 * Plans a request and its possible finals. If no final is possible and only the server's defaults made
 * the request a draft, plans it without draft: a default must not cause a refusal.
 *
 * @param plan plans the request as asked, or with draft off
 * @throws UserError, QuotaExceeded
 */
export async function planWithFinals(
  plan: (draft?: false) => VideoRequest,
  { asked, ...circumstances }: Circumstances & { readonly asked: Pick<AskedOptions, 'draft'> },
  dependencies: Pick<CommandContext, 'offers' | 'viewCredits'>,
): Promise<PlannedWithFinals> {
  const request = plan();
  try {
    return { request, finals: await finalsFor(request, circumstances, dependencies) };
  } catch (error) {
    if (asked.draft !== undefined || !(error instanceof UserError)) throw error;
    return { request: plan(false), finals: undefined };
  }
}

/**
 * Returns the finals that the server's rules and the member's limit for one video allow, with their
 * expected prices; undefined for a request that is not a draft.
 *
 * @throws UserError, QuotaExceeded for a draft that could have no final: its cost would be wasted
 */
async function finalsFor(
  request: VideoRequest,
  { rules, origin }: Circumstances,
  { offers, viewCredits }: Pick<CommandContext, 'offers' | 'viewCredits'>,
): Promise<FinalPrice[] | undefined> {
  if (request.isDraft !== true) return undefined;
  const finals = expectedFinals(request, finalsWithin(rules, request.model), offers);
  const [first] = finals;
  if (first === undefined) {
    throw new UserError(text('orders:noFinalService', { model: request.model }));
  }
  const { maxCost } = (await viewCredits(origin)).most.member;
  const affordable = finals.filter(({ credits }) => credits <= (maxCost?.most ?? credits));
  if (affordable.length > 0 || maxCost === undefined) return affordable;
  throw new QuotaExceeded(
    text('orders:finalAboveMaxCost', {
      resolution: first.resolution,
      credits: credits(first.credits),
      most: maxCost.most,
      rule: ruleName(maxCost.rule),
    }),
  );
}
