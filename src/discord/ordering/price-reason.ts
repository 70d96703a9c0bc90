/** Explains why a member is asked to confirm a price. */
import { describeLength } from '../../catalogue/plan/length.ts';
import { usualRequest } from '../../catalogue/plan/usual.ts';
import type { VideoRequest } from '../../catalogue/request.ts';
import type { Offers } from '../../jobs/submission/offers.ts';
import { credits } from '../../text/credits.ts';
import { text, type Text, type TextList } from '../../text/text.ts';
import { planContext } from '../server/server-rules.ts';
import { confirmAboveOf, type ServerSettings } from '../server/server-settings.ts';

/** A bot-chosen model may cost up to this multiple of the usual price without confirmation. */
const MOST_TIMES_USUAL = 2;

/**
 * Prices up to this many credits are never unusual: a plain video of the first model in the order of
 * choice costs 39 credits. Below it, twice the usual price is a difference of cents.
 */
const ORDINARY_CREDITS = 40;

export interface PricedRequest {
  readonly request: VideoRequest;
  readonly price: number;
  /** Whether the bot chose the model. */
  readonly isModelChosen: boolean;
}

/**
 * Returns the reason in one sentence, with the usual price where that is lower; undefined when no
 * confirmation is needed.
 */
export function reasonToAsk(
  { request, price, isModelChosen }: PricedRequest,
  { rules, offers }: { readonly rules: ServerSettings; readonly offers: Offers },
): Text | undefined {
  const above = confirmAboveOf(rules);
  if (above === undefined) return undefined;
  const usual = usualVideo(request, { rules, offers });
  const cheaper = usual !== undefined && usual.credits < price ? usual : undefined;
  if (isModelChosen && usual !== undefined && isExpensive(price, request, usual)) {
    const { model } = request;
    return cheaper === undefined
      ? text('orders:noModelNamed', { model })
      : text('orders:noModelNamedUsual', { model, ...valuesOf(cheaper) });
  }
  if (price <= above) return undefined;
  const limit = credits(above);
  return cheaper === undefined
    ? text('orders:asksAbove', { credits: limit })
    : text('orders:asksAboveUsual', { above: limit, ...valuesOf(cheaper) });
}

function valuesOf({ request, credits: price }: UsualVideo): { usual: TextList; credits: Text } {
  const { model, resolution, length } = request;
  return {
    usual: { items: [model, resolution, describeLength(length)] },
    credits: credits(price),
  };
}

interface UsualVideo {
  readonly request: VideoRequest;
  readonly credits: number;
}

function usualVideo(
  request: VideoRequest,
  { rules, offers }: { readonly rules: ServerSettings; readonly offers: Offers },
): UsualVideo | undefined {
  const context = planContext(rules, offers.toPlanWith(), () => request.seed);
  const usual = usualRequest(request, context);
  const credits = usual && offers.creditsToHold(usual);
  return usual === undefined || credits === undefined ? undefined : { request: usual, credits };
}

function isExpensive(price: number, { model }: VideoRequest, usual: UsualVideo): boolean {
  if (price <= ORDINARY_CREDITS || model === usual.request.model) return false;
  return price > MOST_TIMES_USUAL * usual.credits;
}
