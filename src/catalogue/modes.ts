/** The modes of a request, by its inputs, and the capabilities of models in each mode. */
import {
  REFERENCE_ROLES,
  type InputRole,
  type Ratio,
  type ReferenceRole,
  type Resolution,
} from './request.ts';

/** Determined by the inputs of a request; mutually exclusive. */
export const MODES = ['text', 'first-frame', 'first-and-last-frame', 'references'] as const;
export type Mode = (typeof MODES)[number];

/** The input roles of each mode, in sending order: each frame once, references as often as the model allows. */
export const MODE_INPUTS = {
  text: [],
  'first-frame': ['first_frame'],
  'first-and-last-frame': ['first_frame', 'last_frame'],
  references: REFERENCE_ROLES,
} as const satisfies Record<Mode, readonly InputRole[]>;

/** What a model can do in one mode. */
export interface ModeCapabilities {
  readonly ratios: readonly Ratio[];
  readonly defaultRatio: Ratio;
  /** Set if the model has fewer resolutions in this mode than in others. */
  readonly resolutions?: readonly Resolution[];
  /** Set if the model can fix the camera, but not in this mode. */
  readonly canFixCamera?: false;
}

export interface ReferenceCapabilities extends ModeCapabilities {
  /** Maximum pictures per request. */
  readonly mostImages: number;
  /** Undefined if the model takes neither videos nor sounds. */
  readonly clips?: ClipLimits;
}

/** A pixel count from `least` to `most`, inclusive. */
export interface PixelRange {
  readonly least: number;
  readonly most: number;
}

/** Limits on reference videos and sounds. Unless stated otherwise, they apply to each kind separately. */
export interface ClipLimits {
  readonly maxCount: number;
  /** Per clip. */
  readonly minSeconds: number;
  readonly maxSeconds: number;
  readonly maxSecondsTogether: number;
  /** Maximum total length of sounds, if a vendor accepts less than for videos. */
  readonly maxSoundSecondsTogether?: number | undefined;
  /** Width times height of each reference video; undefined: any. */
  readonly videoPixels?: PixelRange | undefined;
  /** Minimum billed length of a request's reference videos, in seconds. */
  readonly leastBilledVideoSeconds: number;
  /** Whether sound is allowed without a picture or a video. */
  readonly canBeSoundAlone: boolean;
}

/**
 * Tolerance for the length limits. A 15 s video of a model lasts 15.04 s (one more frame), and MP3 pads its ends
 * by up to 0.1 s. A stricter vendor refuses the request without charge.
 */
export const CLIP_SLACK_SECONDS = 0.2;

/** Returns the maximum number of references of a kind. */
export function mostReferences(capabilities: ReferenceCapabilities, role: ReferenceRole): number {
  return role === 'reference_image' ? capabilities.mostImages : (capabilities.clips?.maxCount ?? 0);
}
