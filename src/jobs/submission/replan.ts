/**
 * Plans a job again whose vendors no longer serve its model: within its hold, and without changing
 * anything that the member typed. A typed model stays, so that only the vendor may change; a final
 * keeps everything, for only the vendor of its draft can make it.
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

/** The offers, defaults and rules of a guild at this moment. */
export type PlanContextOf = (guildId: string) => Promise<Omit<PlanContext, 'drawSeed'>>;

export interface ReplanDependencies {
  offers: Pick<Offers, 'for' | 'creditsToHold'>;
  planContextOf: PlanContextOf;
}

/** @returns the request as another offer can make it for the credits that are held; undefined where none can */
export async function replan(
  job: Job,
  { offers, planContextOf }: ReplanDependencies,
): Promise<VideoRequest | undefined> {
  if (isBound(job)) return undefined;
  const next = planned(job, await planContextOf(job.guildId), {
    typed: typedOptionsOf(job),
    isOffered: (request) => isOfferedTo({ ...job, request }, offers),
  });
  return next === undefined || isSame(next, job.request) ? undefined : next;
}

/**
 * What the member could order instead: the nearest request that can be made now, whatever it costs,
 * also with another model than the one typed.
 */
export async function alternativeTo(
  job: Job,
  { offers, planContextOf }: ReplanDependencies,
): Promise<Job['alternative']> {
  if (isBound(job)) return undefined;
  const request = planned(job, await planContextOf(job.guildId), {
    typed: typedOptionsOf(job).filter((option) => option !== 'model'),
    isOffered: (each) =>
      isOfferedTo({ ...job, request: each, holdCredits: Number.POSITIVE_INFINITY }, offers),
  });
  const credits = request && offers.creditsToHold(request);
  return request === undefined || credits === undefined ? undefined : { request, credits };
}

/** Only one vendor can make it: nothing may change. */
function isBound({ request, onlyVendor }: Job): boolean {
  return request.draftTaskId !== undefined || onlyVendor !== undefined;
}

/** Whether a vendor can make it within the hold, and has not refused this job for good. */
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

function planned(
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
  // How long the reference videos are is known from their bytes, and is billed.
  const { referenceVideoSeconds } = request;
  const replanned = referenceVideoSeconds === undefined ? next : { ...next, referenceVideoSeconds };
  return withInputFacts(replanned, inputs);
}

/** The typed options as they are; the others are filled in once more, if they can be as they were. */
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

/** As they are stored: a field that is undefined is absent. */
function isSame(one: VideoRequest, other: VideoRequest): boolean {
  const [stored, otherStored] = [one, other].map((request): unknown =>
    JSON.parse(JSON.stringify(request)),
  );
  return isDeepStrictEqual(stored, otherStored);
}

/** Whether a model reads the files that the job has already. */
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
