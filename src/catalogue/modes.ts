/** What a video starts from, and what a model can do with that. */
import {
  REFERENCE_ROLES,
  type InputRole,
  type Ratio,
  type ReferenceRole,
  type Resolution,
} from './request.ts';

/** The inputs of a request decide its mode. Modes exclude each other. */
export const MODES = ['text', 'first-frame', 'first-and-last-frame', 'references'] as const;
export type Mode = (typeof MODES)[number];

/** The roles each mode takes, in the order they are sent: frames once each, references as often as the model allows. */
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
  /** Set where the model makes fewer resolutions in this mode than elsewhere. */
  readonly resolutions?: readonly Resolution[];
  /** Set where the model can fix the camera, but not in this mode. */
  readonly canFixCamera?: false;
}

export interface ReferenceCapabilities extends ModeCapabilities {
  /** The most pictures a request may have. */
  readonly mostImages: number;
  /** Left out where the model takes no video and no sound. */
  readonly clips?: ClipLimits;
}

/** From `least` up to and with `most` pixels. */
export interface PixelRange {
  readonly least: number;
  readonly most: number;
}

/** Except where it says otherwise, the same numbers hold for reference videos and for reference sounds, each kind by itself. */
export interface ClipLimits {
  readonly maxCount: number;
  /** Of each clip. */
  readonly minSeconds: number;
  readonly maxSeconds: number;
  readonly maxSecondsTogether: number;
  /** Of the sounds of a request, where a vendor takes less of them together than of videos. */
  readonly maxSoundSecondsTogether?: number | undefined;
  /** Width times height of each reference video; left out: any. */
  readonly videoPixels?: PixelRange | undefined;
  /** The seconds that the reference videos of a request count for on the bill at least. */
  readonly leastBilledVideoSeconds: number;
  /** Whether sound may come without a picture or a video. */
  readonly canBeSoundAlone: boolean;
}

/**
 * How much longer or shorter than its limit a clip may be. What a model makes as 15 s lasts 15.04 s
 * (one frame more), and MP3 pads its ends by up to 0.1 s. The vendors refuse without charge what
 * they count more strictly.
 */
export const CLIP_SLACK_SECONDS = 0.2;

/** The most references of a kind that go together. */
export function mostReferences(capabilities: ReferenceCapabilities, role: ReferenceRole): number {
  return role === 'reference_image' ? capabilities.mostImages : (capabilities.clips?.maxCount ?? 0);
}
