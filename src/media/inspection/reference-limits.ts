/**
 * The vendors' limits on reference videos and sounds. Source, unless stated otherwise: BytePlus ModelArk
 * tutorial, video generation, reference inputs.
 */

/** Limits per file. */
export interface ReferenceLimits {
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

/** Limits of Seedance 2.5, which accepts the longest files; the catalogue has those of other models. */
export const REFERENCE_LIMITS_2_5: ReferenceLimits = { minSeconds: 2, maxSeconds: 30 };

/** "≤ 200 MB" without a defined unit; decimal megabytes are the stricter reading. */
export const MAX_REFERENCE_VIDEO_BYTES = 200_000_000;
/** "≤ 15 MB", likewise. */
export const MAX_REFERENCE_AUDIO_BYTES = 15_000_000;

/**
 * "480p–4k". The short side of the models' own 480p can be 416 pixels (960 × 416), and members may use
 * such a video as a reference; 4096 is the long side of DCI 4k.
 */
export const MIN_REFERENCE_SIDE_PIXELS = 416;
export const MAX_REFERENCE_SIDE_PIXELS = 4096;

export const MIN_REFERENCE_FRAMES_PER_SECOND = 24;
export const MAX_REFERENCE_FRAMES_PER_SECOND = 60;

/**
 * Tolerance for the length limits. A 15 s video of a model lasts 15.04 s (one more frame), and MP3 pads
 * its ends by up to 0.1 s. A stricter vendor refuses the request without charge.
 */
export const LENGTH_SLACK_SECONDS = 0.2;
