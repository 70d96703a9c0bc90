/** Chooses the offer that a request is planned for, of all that can do what was asked for. */
import { MODEL_IDS } from '../request.ts';
import type { VideoRequest } from '../request.ts';
import { violationsOf } from './check-model.ts';
import type { OptionDefaults, PlanContext, PlanOffer } from './context.ts';
import { fillIn } from './fill-in.ts';
import type { RequestedOptions } from './parse-options.ts';

/** A request filled in for one offer. */
interface Candidate {
  readonly request: VideoRequest;
  /** From the most to the least important; of two candidates the one with the lower number first. */
  readonly rank: readonly number[];
}

/**
 * The request as the best offer can make it; undefined where no offer can.
 *
 * In this order: what the rules of the server allow; a model that ByteDance still serves; a vendor
 * that takes jobs; the server's preferred model; the server's other defaults; the order of models;
 * sound and the picture's own shape; the operator's order of vendors.
 */
export function chooseRequest(
  requested: RequestedOptions,
  context: PlanContext,
  seed: number,
): VideoRequest | undefined {
  const fitting = context.offers.filter(({ model }) => fits(model, requested));
  const candidates = fitting.map((offer) => candidateOf(offer, requested, { ...context, seed }));
  // Stable: what ranks alike keeps the operator's order.
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

/** How many of the server's defaults a request goes without, though nothing else was asked for. */
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
    // A draft has its own, whatever the defaults say.
    ...(isDraft === true ? [] : (['resolution', 'tier'] as const)),
  ] as const;
  return options.filter(
    (option) =>
      requested[option] === undefined &&
      defaults[option] !== undefined &&
      !isAlike(defaults[option], request[option]),
  ).length;
}

/** A model without an option is as one where it is off. */
function isAlike(wanted: unknown, got: unknown): boolean {
  if (wanted === false || wanted === 'default') return got === undefined || got === wanted;
  return JSON.stringify(wanted) === JSON.stringify(got);
}

/** How much of the usual a request goes without: sound, the picture's own shape, the seed that was named. */
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
