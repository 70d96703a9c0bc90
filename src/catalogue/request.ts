/**
 * The options of a video request. A `VideoRequest` is complete: every field that affects price or result is set, so
 * that the priced request is the one that is sent.
 */
import { z } from 'zod';

/**
 * In the order of preference for a request without a model. Models that ByteDance has retired come last, because
 * a reseller that still documents them may refuse them.
 */
export const MODEL_IDS = [
  '2.0-mini',
  '1.0-pro-fast',
  '1.0-pro',
  '2.0-fast',
  '2.0',
  '2.5',
  '1.5-pro',
  '1.0-lite-t2v',
  '1.0-lite-i2v',
] as const;
export const RESOLUTIONS = ['480p', '720p', '1080p'] as const;
export const FIXED_RATIOS = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9'] as const;
export const RATIOS = [...FIXED_RATIOS, 'adaptive'] as const;
/** The kinds of references; a request may have several of each. */
export const REFERENCE_ROLES = ['reference_image', 'reference_video', 'reference_audio'] as const;
/** In sending order. */
export const INPUT_ROLES = ['first_frame', 'last_frame', ...REFERENCE_ROLES] as const;
/** The vendor's tiers: `flex` is slower, at half the price. */
export const TIERS = ['default', 'flex'] as const;

export type ModelId = (typeof MODEL_IDS)[number];
export type Resolution = (typeof RESOLUTIONS)[number];
export type FixedRatio = (typeof FIXED_RATIOS)[number];
export type Ratio = (typeof RATIOS)[number];
export type InputRole = (typeof INPUT_ROLES)[number];
export type ReferenceRole = (typeof REFERENCE_ROLES)[number];
export type Tier = (typeof TIERS)[number];

/** Sorts roles into the order in which inputs are sent. */
export function compareRoles(one: InputRole, other: InputRole): number {
  return INPUT_ROLES.indexOf(one) - INPUT_ROLES.indexOf(other);
}

/** The largest seed; the smallest is 0. Every vendor takes this range (BytePlus ModelArk, create page). */
export const MOST_SEED = 2_147_483_647;

/** The longest prompt `/video` takes, in UTF-16 code units, as Discord counts an option's length. */
export const MAX_PROMPT_LENGTH = 4000;

/** The length of a video: whole seconds, a number of frames at 24 per second, or the model's choice. */
export const lengthSchema = z.discriminatedUnion('unit', [
  z.object({ unit: z.literal('seconds'), seconds: z.int().positive() }),
  z.object({ unit: z.literal('frames'), frames: z.int().positive() }),
  z.object({ unit: z.literal('model-chooses') }),
]);
export type Length = z.infer<typeof lengthSchema>;

const inputFactsSchema = z.object({
  /** Whether one of the pictures is HEIC or HEIF. */
  hasHeif: z.boolean(),
  /** Total length of all reference sounds. */
  soundSeconds: z.number().nonnegative(),
  /** Width times height of each reference video. */
  videoPixels: z.array(z.int().positive()),
});
export type InputFacts = z.infer<typeof inputFactsSchema>;

/**
 * A request as stored with its job. Fields added later are optional, so that jobs of earlier versions stay
 * readable; `undefined` then means the behaviour of those versions.
 */
export const videoRequestSchema = z.object({
  model: z.enum(MODEL_IDS),
  /** The prompt for the vendor, without flags typed by the member. */
  prompt: z.string(),
  resolution: z.enum(RESOLUTIONS),
  ratio: z.enum(RATIOS),
  length: lengthSchema,
  /** Always explicit. */
  seed: z.int().min(0).max(MOST_SEED),
  /** `undefined` where the model has no such field. */
  isCameraFixed: z.boolean().optional(),
  /** `undefined` if the model is always silent. */
  hasAudio: z.boolean().optional(),
  hasWatermark: z.boolean(),
  /** The roles of the inputs in sending order, one per file. */
  inputs: z.array(z.enum(INPUT_ROLES)),
  /**
   * Total billed length of the reference videos, in seconds. `undefined` without any, and until their bytes have
   * been read; see `withReferenceClips`.
   */
  referenceVideoSeconds: z.number().positive().optional(),
  /**
   * Facts from the bytes of the inputs that determine which vendors accept them; see `withInputFacts`. `undefined` if
   * every vendor does, until they have been read, and in old records.
   */
  inputFacts: inputFactsSchema.optional(),
  /** A cheap 480p preview. `undefined` if the model has no such field. */
  isDraft: z.boolean().optional(),
  /** For a final: the task id of its draft, whose options are not sent again. */
  draftTaskId: z.string().min(1).optional(),
  /** `undefined` if the model has no such field, and in old records: the default tier. */
  tier: z.enum(TIERS).optional(),
  /** Whether the last frame is returned as a picture. `undefined` in old records: it is. */
  returnsLastFrame: z.boolean().optional(),
});
export type VideoRequest = z.infer<typeof videoRequestSchema>;

/** Width and height in pixels; only their ratio matters. */
export interface Shape {
  readonly width: number;
  readonly height: number;
}

/** The options of a request that a member may type or leave to defaults. */
export const TYPED_OPTIONS = [
  'model',
  'resolution',
  'ratio',
  'length',
  'seed',
  'isCameraFixed',
  'hasAudio',
  'hasWatermark',
  'isDraft',
  'tier',
] as const satisfies readonly (keyof VideoRequest)[];
export type TypedOption = (typeof TYPED_OPTIONS)[number];

/** The options typed into `/video`, before defaults. All are optional; a missing prompt is empty. */
export interface AskedOptions {
  prompt: string;
  model?: string | undefined;
  ratio?: string | undefined;
  /** Seconds; fractional if the model takes frames; -1 lets the model choose. */
  duration?: number | undefined;
  /** Length in frames; set only by `--frames` in a prompt. */
  frames?: number | undefined;
  resolution?: string | undefined;
  seed?: number | undefined;
  cameraFixed?: boolean | undefined;
  audio?: boolean | undefined;
  watermark?: boolean | undefined;
  /** A cheap 480p preview, from which a final can be made later. */
  draft?: boolean | undefined;
  /** The vendor's slower tier at half the price. */
  economy?: boolean | undefined;
  /** One entry per file, in any order. */
  inputs: readonly InputRole[];
  /** Shape of the picture that the video's ratio follows, as declared by Discord. */
  shape?: Shape | undefined;
}
