/** Resolves a body: every default filled in, `adaptive` and -1 resolved, tokens counted. */
import {
  type Mode,
  type Resolution,
  type Size,
  type VendorModel,
  FIXED_RATIOS,
  nearestRatio,
  type FixedRatio,
} from './models.ts';
import type { AcceptedBody } from './validate-body.ts';

export interface TaskOptions {
  readonly mode: Mode;
  readonly resolution: Resolution;
  readonly ratio: FixedRatio;
  readonly width: number;
  readonly height: number;
  /** Whole seconds; with `frames` they are `frames / 24`, rounded down. */
  readonly seconds: number;
  /** Present only when the request counted in frames. */
  readonly frames: number | undefined;
  /** Frames of the file: one more than 24 per second, unless counted by `frames`. */
  readonly frameCount: number;
  /** The billed length of the reference videos: their total length, or the minimum. */
  readonly billedVideoMs: number;
  readonly seed: number;
  /** `undefined` for a model that is always silent. */
  readonly generateAudio: boolean | undefined;
  readonly isDraft: boolean;
  /** The billed part of the tokens, in tenths: fewer than ten for some drafts. */
  readonly billedTenths: number;
  readonly isCameraFixed: boolean;
  readonly hasWatermark: boolean;
  readonly returnsLastFrame: boolean;
  readonly serviceTier: 'default' | 'flex';
  readonly expiresAfterS: number;
  readonly priority: number;
  readonly outputFormat: string;
  readonly safetyIdentifier: string | undefined;
}

export const FRAMES_PER_SECOND = 24;
export const DEFAULT_EXPIRY_S = 172_800;

export interface Surroundings {
  /** The size of the first picture, in `content` order, when it is known. */
  readonly firstImageSize: Size | undefined;
  readonly referenceVideoMs: number;
  readonly randomSeed: number;
}

export function resolveOptions(body: AcceptedBody, surroundings: Surroundings): TaskOptions {
  const { fields, model, content } = body;
  const seed =
    fields.seed === undefined || fields.seed === -1 ? surroundings.randomSeed : fields.seed;
  const isDraft = fields.draft === true;
  const resolution =
    model.resolutions.find((name) => name === fields.resolution) ??
    (isDraft ? '480p' : model.defaultResolution);
  const ratio = resolveRatio(body, surroundings.firstImageSize);
  const [width, height] = model.pixels[resolution][ratio];
  return {
    mode: content.mode,
    resolution,
    ratio,
    width,
    height,
    ...resolveLength(body, seed),
    billedVideoMs: billedVideoMs(model, surroundings.referenceVideoMs),
    seed,
    generateAudio: model.hasAudio ? (fields.generate_audio ?? true) : undefined,
    isDraft,
    billedTenths: billedTenths(body),
    isCameraFixed: fields.camera_fixed ?? false,
    hasWatermark: fields.watermark ?? false,
    returnsLastFrame: fields.return_last_frame ?? false,
    serviceTier: fields.service_tier === 'flex' ? 'flex' : 'default',
    expiresAfterS: fields.execution_expires_after ?? DEFAULT_EXPIRY_S,
    priority: fields.priority ?? 0,
    outputFormat: fields.output_format ?? 'mp4',
    safetyIdentifier: fields.safety_identifier,
  };
}

function billedVideoMs({ clipLimits }: VendorModel, referenceVideoMs: number): number {
  if (referenceVideoMs === 0) return 0;
  return Math.max(referenceVideoMs, clipLimits.leastBilledSeconds * 1_000);
}

function resolveRatio(
  { fields, model, content }: AcceptedBody,
  image: Size | undefined,
): FixedRatio {
  const isAdaptive =
    content.mode === 't2v'
      ? model.textRatioIsAdaptive
      : content.mode !== 'r2v' || !model.referencesAreLimited;
  const asked = fields.ratio ?? (isAdaptive ? 'adaptive' : '16:9');
  const fixed = FIXED_RATIOS.find((ratio) => ratio === asked);
  if (fixed !== undefined) return fixed;
  return image === undefined ? '16:9' : nearestRatio(image[0], image[1]);
}

function resolveLength({ fields, model }: AcceptedBody, seed: number) {
  if (fields.frames !== undefined) {
    const { frames } = fields;
    return { frames, frameCount: frames, seconds: Math.floor(frames / FRAMES_PER_SECOND) };
  }
  const asked = fields.duration ?? model.defaultSeconds;
  const span = model.maxSeconds - model.minSeconds + 1;
  const seconds = asked === -1 ? model.minSeconds + (seed % span) : asked;
  return { frames: undefined, frameCount: FRAMES_PER_SECOND * seconds + 1, seconds };
}

function billedTenths({ model, fields }: AcceptedBody): number {
  if (fields.draft !== true || model.drafts === undefined) return 10;
  const { audible, silent } = model.drafts.tenths;
  return (fields.generate_audio ?? true) ? audible : silent;
}

/**
 * The billed tokens, `usage.completion_tokens`: width × height × frames / 1024, rounded down. Fits the
 * published samples of the 1.x models. Input video counts by its seconds like output (BytePlus
 * ModelArk, pricing); rounding it to whole frames is inferred.
 */
export function tokensOf(options: TaskOptions): number {
  const inputFrames = Math.round((options.billedVideoMs * FRAMES_PER_SECOND) / 1_000);
  const product = options.width * options.height * (options.frameCount + inputFrames);
  return Math.floor((product * options.billedTenths) / 10_240);
}
