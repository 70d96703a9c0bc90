/**
 * What a video can be asked for with, in the words of this project. A `VideoRequest` is complete:
 * every field that changes price or result is decided, so that what is priced is what is sent.
 */
import { z } from 'zod';

/**
 * In the order they are tried for a request that names no model. Those that ByteDance has retired
 * come last: a reseller that still documents them may refuse them.
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
/** What a reference can be; a video may have several of each. */
export const REFERENCE_ROLES = ['reference_image', 'reference_video', 'reference_audio'] as const;
/** In the order they are sent. */
export const INPUT_ROLES = ['first_frame', 'last_frame', ...REFERENCE_ROLES] as const;
/** How soon a vendor gets to it: `flex` is its slower tier, at half the price. */
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

/** How long the video shall be: whole seconds, a number of frames at 24 a second, or the model's choice. */
export const lengthSchema = z.discriminatedUnion('unit', [
  z.object({ unit: z.literal('seconds'), seconds: z.int().positive() }),
  z.object({ unit: z.literal('frames'), frames: z.int().positive() }),
  z.object({ unit: z.literal('model-chooses') }),
]);
export type Length = z.infer<typeof lengthSchema>;

const inputFactsSchema = z.object({
  /** Whether one of the pictures is HEIC or HEIF. */
  hasHeif: z.boolean(),
  /** The playing time of all reference sounds. */
  soundSeconds: z.number().nonnegative(),
  /** Width times height of each reference video. */
  videoPixels: z.array(z.int().positive()),
});
export type InputFacts = z.infer<typeof inputFactsSchema>;

/**
 * A request as it is stored with its job. Fields that came later are optional, so that jobs of
 * earlier versions can still be read; `undefined` there means what those versions did.
 */
export const videoRequestSchema = z.object({
  model: z.enum(MODEL_IDS),
  /** What goes to the vendor: no flag in it that we did not write. */
  prompt: z.string(),
  resolution: z.enum(RESOLUTIONS),
  ratio: z.enum(RATIOS),
  length: lengthSchema,
  /** Always explicit. */
  seed: z.int().min(0).max(MOST_SEED),
  /** `undefined` where the model has no such field. */
  isCameraFixed: z.boolean().optional(),
  /** `undefined` where the model is always silent. */
  hasAudio: z.boolean().optional(),
  hasWatermark: z.boolean(),
  /** The roles of what goes with it, in the order they are sent, one entry for each file. */
  inputs: z.array(z.enum(INPUT_ROLES)),
  /**
   * How long the reference videos are together, in seconds; they are billed. `undefined` without
   * any, and until their bytes have been read: see `withReferenceClips`.
   */
  referenceVideoSeconds: z.number().positive().optional(),
  /**
   * What the bytes of the inputs turned out to be, as far as it decides which vendors take them; see
   * `withInputFacts`. `undefined` where every vendor takes them, until they have been read, and in
   * old records.
   */
  inputFacts: inputFactsSchema.optional(),
  /** A cheap 480p preview. `undefined` where the model has no such field. */
  isDraft: z.boolean().optional(),
  /** The vendor's name for the draft this is the final of: what was decided there is not sent again. */
  draftTaskId: z.string().min(1).optional(),
  /** `undefined` where the model has no such field, and in old records: the ordinary tier. */
  tier: z.enum(TIERS).optional(),
  /** Whether the last frame comes as a picture too. `undefined` in old records: it does. */
  returnsLastFrame: z.boolean().optional(),
});
export type VideoRequest = z.infer<typeof videoRequestSchema>;

/** Width and height in pixels; only their quotient counts. */
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

/** What a member typed into `/video`, before defaults: everything may be missing; no prompt is an empty one. */
export interface AskedOptions {
  prompt: string;
  model?: string | undefined;
  ratio?: string | undefined;
  /** Seconds; a fraction where the model takes frames; -1 lets the model choose. */
  duration?: number | undefined;
  /** Length as a number of frames; only `--frames` in a prompt gives it. */
  frames?: number | undefined;
  resolution?: string | undefined;
  seed?: number | undefined;
  cameraFixed?: boolean | undefined;
  audio?: boolean | undefined;
  watermark?: boolean | undefined;
  /** A cheap 480p preview, of which the final can be made later. */
  draft?: boolean | undefined;
  /** The vendor's slower tier at half the price. */
  economy?: boolean | undefined;
  /** One entry for each file, in any order. */
  inputs: readonly InputRole[];
  /** Of the picture that the video's shape follows, as Discord declares it. */
  shape?: Shape | undefined;
}
