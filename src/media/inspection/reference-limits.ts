/**
 * What the vendors take as a reference video or sound: data. Source of every number here that says
 * nothing else: BytePlus ModelArk tutorial, video generation, reference inputs.
 */

/** Of each file. */
export interface ReferenceLimits {
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

/** Of Seedance 2.5, which takes the longest; what the others take is in the catalogue. */
export const REFERENCE_LIMITS_2_5: ReferenceLimits = { minSeconds: 2, maxSeconds: 30 };

/** "≤ 200 MB", without saying which megabyte: what fits the decimal one fits the binary one too. */
export const MAX_REFERENCE_VIDEO_BYTES = 200_000_000;
/** "≤ 15 MB", likewise. */
export const MAX_REFERENCE_AUDIO_BYTES = 15_000_000;

/**
 * "480p–4k". The short side of the models' own 480p goes down to 416 pixels (960 × 416), and a
 * member may well want to go on from one of those; 4096 is the long side of cinema's 4k.
 */
export const MIN_REFERENCE_SIDE_PIXELS = 416;
export const MAX_REFERENCE_SIDE_PIXELS = 4096;

export const MIN_REFERENCE_FRAMES_PER_SECOND = 24;
export const MAX_REFERENCE_FRAMES_PER_SECOND = 60;

/**
 * How much longer or shorter than its limit a file may be. What a model makes as 15 s lasts 15.04 s
 * (one frame more), and MP3 pads its ends by up to 0.1 s. The vendors refuse without charge what
 * they count more strictly.
 */
export const LENGTH_SLACK_SECONDS = 0.2;
