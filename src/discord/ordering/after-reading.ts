/**
 * Re-plans a request once the bytes of its files have been read. A model that the bot chose may then
 * prove unable to take them, and the price with reference videos is far below the maximum assumed before.
 */
import type { Model } from '../../catalogue/models.ts';
import type { PlanContext } from '../../catalogue/plan/context.ts';
import { withInputFacts } from '../../catalogue/plan/input-facts.ts';
import { planRequest } from '../../catalogue/plan/plan.ts';
import { takesClips, withReferenceClips } from '../../catalogue/plan/reference-clips.ts';
import { withShortestVideos } from '../../catalogue/plan/references.ts';
import type { AskedOptions, VideoRequest } from '../../catalogue/request.ts';
import { UserError } from '../../errors.ts';
import type { ReadInputs } from '../../jobs/acceptance/accept-job.ts';
import type { Offers } from '../../jobs/submission/offers.ts';
import { HEIF_IMAGE_TYPES } from '../../media/inspection/image-limits.ts';
import { text, type Text } from '../../text/text.ts';
import type { ServerSettings } from '../server/server-settings.ts';
import { reasonToAsk } from './price-reason.ts';

/** Thrown when the price, now that the files have been read, must be confirmed first. */
export class PriceUnconfirmed extends Error {
  override readonly name = 'PriceUnconfirmed';
  readonly request: VideoRequest;
  readonly price: number;
  readonly reason: Text;

  constructor({ request, price, reason }: Pick<PriceUnconfirmed, 'request' | 'price' | 'reason'>) {
    super('The price has to be confirmed first');
    this.request = request;
    this.price = price;
    this.reason = reason;
  }
}

export interface Undecided {
  readonly asked: AskedOptions;
  /** The plan made before the files were read. */
  readonly request: VideoRequest;
  readonly context: PlanContext;
  readonly rules: ServerSettings;
}

/** Returns whether the price is known only after the files have been read. */
export function hasClips(request: Pick<VideoRequest, 'inputs'>): boolean {
  return request.inputs.some((role) => role === 'reference_video' || role === 'reference_audio');
}

/**
 * Returns the lowest possible cost of the order in credits, whatever its files turn out to be; undefined
 * when no offer can serve it. Where the bot chooses the model, another one may cost less than the planned
 * one.
 */
export function leastCredits(
  { asked, request, context }: Pick<Undecided, 'asked' | 'request' | 'context'>,
  offers: Pick<Offers, 'creditsToHold'>,
): number | undefined {
  const models = new Set(context.offers.map(({ model }) => model.id));
  const others = asked.model === undefined ? [...models] : [];
  const possible = others.flatMap((id) => {
    const ofModel = context.offers.filter(({ model }) => model.id === id);
    return planned(asked, { ...context, offers: ofModel }) ?? [];
  });
  const prices = [request, ...possible].flatMap(
    (each) => offers.creditsToHold(withShortestVideos(each)) ?? [],
  );
  return prices.length === 0 ? undefined : Math.min(...prices);
}

/** Returns whether a model other than the planned one could take HEIC pictures. */
export function mayHaveHeif({ asked, context }: Pick<Undecided, 'asked' | 'context'>): boolean {
  return asked.model === undefined && context.offers.some(({ model }) => model.canReadHeif);
}

/**
 * Returns the request for the files as they are.
 *
 * @throws UserError for files that no model takes, or that the typed model does not take
 * @throws PriceUnconfirmed
 */
export function decideAfterReading(
  read: ReadInputs,
  undecided: Undecided,
  offers: Offers,
): VideoRequest {
  const { asked, rules } = undecided;
  const request = plannedFor(read, undecided, offers);
  const price = offers.creditsToHold(request);
  if (price === undefined) return request;
  const isModelChosen = asked.model === undefined;
  const reason = reasonToAsk({ request, price, isModelChosen }, { rules, offers });
  if (reason !== undefined) throw new PriceUnconfirmed({ request, price, reason });
  return request;
}

/**
 * Keeps the planned model where a vendor takes the files. Otherwise chooses another, if the bot chose the
 * first.
 */
function plannedFor(
  read: ReadInputs,
  { asked, request, context }: Undecided,
  offers: Offers,
): VideoRequest {
  const isTyped = asked.model !== undefined;
  let able = context.offers.filter(({ model }) => isTyped || takesFiles(model, read));
  let next = able.some(({ model }) => model.id === request.model)
    ? request
    : planned(asked, { ...context, offers: able });
  while (next !== undefined && !isTyped) {
    const { model: rejected } = next;
    const decided = withFacts(next, read, context);
    if (offers.for(decided).length > 0) return decided;
    able = able.filter(({ model }) => model.id !== rejected);
    next = planned(asked, { ...context, offers: able });
  }
  return withFacts(request, read, context);
}

function planned(asked: AskedOptions, context: PlanContext): VideoRequest | undefined {
  try {
    return planRequest(asked, context);
  } catch (error) {
    // No model takes both, so the error about the files is the more helpful one.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** @throws UserError for files that the request's model does not take */
function withFacts(request: VideoRequest, read: ReadInputs, { offers }: PlanContext): VideoRequest {
  const { inputs, clips } = read;
  const models = offers.map(({ model }) => model);
  const measured = withInputFacts(withReferenceClips(request, clips, models), inputs);
  const isReadable = models.some((model) => model.id === request.model && takesFiles(model, read));
  if (isReadable || !hasHeif(read)) return measured;
  throw new UserError(text('orders:noHeic', { model: request.model }));
}

function takesFiles(model: Model, read: ReadInputs): boolean {
  return (model.canReadHeif || !hasHeif(read)) && takesClips(model, read.clips);
}

function hasHeif({ inputs }: ReadInputs): boolean {
  return inputs.some(({ mimeType }) => HEIF_IMAGE_TYPES.some((heif) => heif === mimeType));
}
