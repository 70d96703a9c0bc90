/**
 * Replans a job whose vendors no longer serve its model, within its hold and without changing anything
 * that the member typed. If the model was typed, only the vendor may change. A final is not replanned,
 * because only the vendor of its draft can make it.
 */
import { isDeepStrictEqual } from 'node:util';

import type { Model } from '../../catalogue/models.ts';
import { chooseRequest } from '../../catalogue/plan/choose.ts';
import type { OptionDefaults, PlanContext } from '../../catalogue/plan/context.ts';
import { withInputFacts } from '../../catalogue/plan/input-facts.ts';
import { modeOf } from '../../catalogue/plan/inputs.ts';
import type { RequestedOptions } from '../../catalogue/plan/parse-options.ts';
import { takesClips, type ReferenceClip } from '../../catalogue/plan/reference-clips.ts';
import { TYPED_OPTIONS, type TypedOption, type VideoRequest } from '../../catalogue/request.ts';
import { HEIF_IMAGE_TYPES } from '../../media/inspection/image-limits.ts';
import type { Job, JobInput } from '../record/job.ts';
import type { Offers } from './offers.ts';
import { isOpen } from './vendor-selection.ts';

/** Returns the current offers, defaults and rules of a guild. */
export type PlanContextOf = (guildId: string) => Promise<Omit<PlanContext, 'drawSeed'>>;

export interface ReplanDependencies {
  offers: Pick<Offers, 'for' | 'creditsToHold'>;
  planContextOf: PlanContextOf;
}

/** @returns a request that another offer can make within the hold; undefined if there is none */
export async function replan(
  job: Job,
  { offers, planContextOf }: ReplanDependencies,
): Promise<VideoRequest | undefined> {
  if (isBound(job)) return undefined;
  const next = planAgain(job, await planContextOf(job.guildId), {
    typed: typedOptionsOf(job),
    isOffered: (request) => isOfferedTo({ ...job, request }, offers),
  });
  return next === undefined || isSame(next, job.request) ? undefined : next;
}

/**
 * Returns what the member could order instead: the nearest request that can be made now, at any price,
 * even with a model other than the one typed.
 */
export async function alternativeTo(
  job: Job,
  { offers, planContextOf }: ReplanDependencies,
): Promise<Job['alternative']> {
  if (isBound(job)) return undefined;
  const request = planAgain(job, await planContextOf(job.guildId), {
    typed: typedOptionsOf(job).filter((option) => option !== 'model'),
    isOffered: (each) =>
      isOfferedTo({ ...job, request: each, holdCredits: Number.POSITIVE_INFINITY }, offers),
  });
  const credits = request && offers.creditsToHold(request);
  return request === undefined || credits === undefined ? undefined : { request, credits };
}

/** Returns whether only one vendor can make the video, so that nothing may change. */
function isBound({ request, onlyVendor }: Job): boolean {
  return request.draftTaskId !== undefined || onlyVendor !== undefined;
}

/** Returns whether a vendor that has not refused this job for good can make it within the hold. */
function isOfferedTo(job: Job, offers: Pick<Offers, 'for'>): boolean {
  return offers.for(job.request).some((offer) => isOpen(job, offer));
}

function typedOptionsOf({ typedOptions }: Job): readonly TypedOption[] {
  return typedOptions ?? TYPED_OPTIONS;
}

interface Constraints {
  typed: readonly TypedOption[];
  isOffered: (request: VideoRequest) => boolean;
}

function planAgain(
  { request, inputs }: Job,
  context: Omit<PlanContext, 'drawSeed'>,
  { typed, isOffered }: Constraints,
): VideoRequest | undefined {
  const isPossible = (each: VideoRequest): boolean =>
    context.isAllowed?.(each) !== false && isOffered(each);
  const next = chooseRequest(
    requestedFor(request, typed),
    {
      ...context,
      offers: context.offers.filter(({ model }) => takesInputs(model, inputs)),
      defaults: withoutModel(request),
      isAllowed: isPossible,
      drawSeed: () => request.seed,
    },
    request.seed,
  );
  if (next === undefined || !isPossible(next)) return undefined;
  // Keep the billed length of the reference videos, which was measured from their bytes.
  const { referenceVideoSeconds } = request;
  const replanned = referenceVideoSeconds === undefined ? next : { ...next, referenceVideoSeconds };
  return withInputFacts(replanned, inputs);
}

/** Keeps the typed options. The others are filled in again, preferably with their previous values. */
function requestedFor(request: VideoRequest, typed: readonly TypedOption[]): RequestedOptions {
  const kept = <Option extends TypedOption>(option: Option): VideoRequest[Option] | undefined =>
    typed.includes(option) ? request[option] : undefined;
  return {
    prompt: request.prompt,
    mode: modeOf(request.inputs),
    inputs: request.inputs,
    model: kept('model'),
    resolution: kept('resolution'),
    ratio: kept('ratio'),
    length: kept('length'),
    seed: kept('seed'),
    isCameraFixed: kept('isCameraFixed'),
    hasAudio: kept('hasAudio'),
    hasWatermark: kept('hasWatermark'),
    isDraft: kept('isDraft'),
    tier: kept('tier'),
  };
}

function withoutModel({ model: _model, ...defaults }: VideoRequest): OptionDefaults {
  const { resolution, ratio, length, isCameraFixed, hasAudio, hasWatermark, isDraft, tier } =
    defaults;
  return { resolution, ratio, length, isCameraFixed, hasAudio, hasWatermark, isDraft, tier };
}

/** Compares two requests as stored in JSON, where an undefined field is absent. */
function isSame(one: VideoRequest, other: VideoRequest): boolean {
  const [stored, otherStored] = [one, other].map((request): unknown =>
    JSON.parse(JSON.stringify(request)),
  );
  return isDeepStrictEqual(stored, otherStored);
}

/** Returns whether a model can read the files that the job already has. */
function takesInputs(model: Model, inputs: readonly JobInput[]): boolean {
  const isReadable = inputs.every(
    ({ mimeType }) => model.canReadHeif || !HEIF_IMAGE_TYPES.some((heif) => heif === mimeType),
  );
  return isReadable && takesClips(model, clipsOf(inputs));
}

function clipsOf(inputs: readonly JobInput[]): ReferenceClip[] {
  return inputs.flatMap(({ role, seconds, width, height }) =>
    (role === 'reference_video' || role === 'reference_audio') && seconds !== undefined
      ? [{ role, seconds, width, height }]
      : [],
  );
}
