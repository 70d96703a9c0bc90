/**
 * What a video can be asked for with, in the words of this project. A `VideoRequest` is complete:
 * every field that changes price or result is decided, so that what is priced is what is sent.
 */
import { z } from 'zod';

/** In the order they are tried for a request that names no model. */
export const MODEL_IDS = ['1.5-pro', '1.0-pro-fast', '1.0-pro'] as const;
export const RESOLUTIONS = ['480p', '720p', '1080p'] as const;
export const FIXED_RATIOS = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9'] as const;
export const RATIOS = [...FIXED_RATIOS, 'adaptive'] as const;
export const INPUT_ROLES = ['first_frame', 'last_frame'] as const;

export type ModelId = (typeof MODEL_IDS)[number];
export type Resolution = (typeof RESOLUTIONS)[number];
export type FixedRatio = (typeof FIXED_RATIOS)[number];
export type Ratio = (typeof RATIOS)[number];
export type InputRole = (typeof INPUT_ROLES)[number];

/** The longest prompt `/video` takes, in UTF-16 code units, as Discord counts an option's length. */
export const MAX_PROMPT_LENGTH = 4000;

/** How long the video shall be: whole seconds, a number of frames at 24 a second, or the model's choice. */
export const lengthSchema = z.discriminatedUnion('unit', [
  z.object({ unit: z.literal('seconds'), seconds: z.int().positive() }),
  z.object({ unit: z.literal('frames'), frames: z.int().positive() }),
  z.object({ unit: z.literal('model-chooses') }),
]);
export type Length = z.infer<typeof lengthSchema>;

export const videoRequestSchema = z.object({
  model: z.enum(MODEL_IDS),
  /** What goes to the vendor: no flag in it that we did not write. */
  prompt: z.string(),
  resolution: z.enum(RESOLUTIONS),
  ratio: z.enum(RATIOS),
  length: lengthSchema,
  /** 0 … 2147483647, always explicit. */
  seed: z.int().min(0).max(2_147_483_647),
  /** `undefined` where the model has no such field. */
  isCameraFixed: z.boolean().optional(),
  /** `undefined` where the model is always silent. */
  hasAudio: z.boolean().optional(),
  hasWatermark: z.boolean(),
  /** The roles of the pictures that go with it, in the order they are sent. */
  inputs: z.array(z.enum(INPUT_ROLES)),
});
export type VideoRequest = z.infer<typeof videoRequestSchema>;

/** What a member typed into `/video`, before defaults: everything but the prompt may be missing. */
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
  inputs: readonly InputRole[];
}
