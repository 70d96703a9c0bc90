/** Chooses the offer for a request, among all that fit it. */
import { MODEL_IDS } from '../request.ts';
import type { VideoRequest } from '../request.ts';
import { violationsOf } from './check-model.ts';
import type { OptionDefaults, PlanContext, PlanOffer } from './context.ts';
import { fillIn } from './fill-in.ts';
import type { RequestedOptions } from './parse-options.ts';

/** A request completed for one offer. */
interface Candidate {
  readonly request: VideoRequest;
  /** Sort key, most important criterion first; the candidate with the lower number wins. */
  readonly rank: readonly number[];
}

/**
 * Returns the request as the best offer can serve it; undefined if no offer fits.
 *
 * The criteria, most important first: allowed by the server's rules; a model that ByteDance still serves;
 * a vendor that is up; the server's preferred model; the server's other defaults; the order of models;
 * sound and the picture's own shape; the operator's order of vendors.
 */
export function chooseRequest(
  requested: RequestedOptions,
  context: PlanContext,
  seed: number,
): VideoRequest | undefined {
  const fitting = context.offers.filter(({ model }) => fits(model, requested));
  const candidates = fitting.map((offer) => candidateOf(offer, requested, { ...context, seed }));
  // The sort is stable, so equal candidates keep the operator's order.
  return candidates.toSorted(byRank)[0]?.request;
}

export function fits(model: PlanOffer['model'], requested: RequestedOptions): boolean {
  const isNamed = requested.model === undefined || requested.model === model.id;
  return isNamed && violationsOf(model, requested).length === 0;
}

function candidateOf(
  { model, isUp, isRetiredUpstream }: PlanOffer,
  requested: RequestedOptions,
  {
    defaults = {},
    isAllowed,
    seed,
  }: Pick<PlanContext, 'defaults' | 'isAllowed'> & { seed: number },
): Candidate {
  const request = fillIn(requested, model, { defaults, seed });
  const isPreferred = model.id === defaults.model;
  const rank = [
    Number(isAllowed?.(request) === false),
    Number(isRetiredUpstream && !isPreferred),
    Number(!isUp),
    Number(!isPreferred),
    passedOver(request, requested, defaults),
    MODEL_IDS.indexOf(model.id),
    missing(request, model, requested),
  ];
  return { request, rank };
}

function byRank({ rank: one }: Candidate, { rank: other }: Candidate): number {
  return one.map((value, index) => value - (other[index] ?? 0)).find((by) => by !== 0) ?? 0;
}

/**
 * Returns how many of the server's defaults the request does not follow, although nothing else was asked
 * for.
 */
function passedOver(
  request: VideoRequest,
  requested: RequestedOptions,
  defaults: OptionDefaults,
): number {
  const { isDraft } = request;
  const options = [
    'ratio',
    'length',
    'isCameraFixed',
    'hasAudio',
    'hasWatermark',
    'isDraft',
    // A draft's resolution and tier are fixed, whatever the defaults say.
    ...(isDraft === true ? [] : (['resolution', 'tier'] as const)),
  ] as const;
  return options.filter(
    (option) =>
      requested[option] === undefined &&
      defaults[option] !== undefined &&
      !isAlike(defaults[option], request[option]),
  ).length;
}

/** Treats a model without an option like one where it is off. */
function isAlike(wanted: unknown, got: unknown): boolean {
  if (wanted === false || wanted === 'default') return got === undefined || got === wanted;
  return JSON.stringify(wanted) === JSON.stringify(got);
}

/** Returns how many usual features the request lacks: sound, the picture's own shape, the requested seed. */
function missing(
  request: VideoRequest,
  model: PlanOffer['model'],
  requested: RequestedOptions,
): number {
  const isSilent = requested.hasAudio === undefined && request.hasAudio !== true;
  const isReshaped =
    requested.ratio === undefined && requested.inputs.length > 0 && request.ratio !== 'adaptive';
  const hasOtherSeed = requested.seed !== undefined && !model.canTakeSeed;
  return Number(isSilent) + Number(isReshaped) + Number(hasOtherSeed);
}
