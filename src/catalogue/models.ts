/**
 * The capabilities of each Seedance model: one row per model, facts only. A new model is a new row; a new
 * capability is a new field or a new mode.
 *
 * Sources: BytePlus ModelArk and Volcengine Ark API references, video generation.
 */
import {
  MODE_INPUTS,
  MODES,
  type Mode,
  type ModeCapabilities,
  type ReferenceCapabilities,
} from './modes.ts';
import {
  FIXED_RATIOS,
  RATIOS,
  RESOLUTIONS,
  type InputRole,
  type ModelId,
  type ReferenceRole,
  type Resolution,
} from './request.ts';

/** The frame rate of all models. */
export const FRAMES_PER_SECOND = 24;

/** The resolution of all drafts. */
export const DRAFT_RESOLUTION: Resolution = '480p';

/** How long a final can be made from a draft; then the vendor deletes its tasks. */
export const DRAFT_LIFE_DAYS = 7;

/** A range of integers: `least`, `least + step`, … up to `most`, inclusive. */
export interface SteppedRange {
  readonly least: number;
  readonly most: number;
  readonly step: number;
}

/** How a model supports drafts. */
export interface DraftCapabilities {
  /** The possible resolutions of a final, smallest first; empty: no draft is made. */
  readonly finals: readonly Resolution[];
  /** The price of a draft in tenths of an ordinary video of its resolution and length. */
  readonly billedTenths: { readonly withAudio: number; readonly silent: number };
}

export interface Model {
  readonly id: ModelId;
  /** ByteDance's name. */
  readonly name: string;
  /** The supported modes. */
  readonly modes: { readonly [mode in Exclude<Mode, 'references'>]?: ModeCapabilities } & {
    readonly references?: ReferenceCapabilities;
  };
  readonly resolutions: readonly Resolution[];
  /** Lengths in whole seconds. */
  readonly seconds: SteppedRange;
  /** Lengths in frames; undefined if the model takes only whole seconds. */
  readonly frames: SteppedRange | undefined;
  /** Whether the model can choose the length (duration -1). */
  readonly canChooseLength: boolean;
  /** Whether it makes sound; other models are always silent. */
  readonly canMakeAudio: boolean;
  /** Whether the camera can be fixed (`camera_fixed`). */
  readonly canFixCamera: boolean;
  /** Whether the watermark "AI generated" can be requested. */
  readonly canSetWatermark: boolean;
  /** Whether a seed can be set. */
  readonly canTakeSeed: boolean;
  /** How it supports drafts and finals; undefined if it does not. */
  readonly drafts: DraftCapabilities | undefined;
  /** Whether it supports the slower tier at half the price (`service_tier`), if the vendor has it. */
  readonly canUseFlex: boolean;
  /** Whether pictures may be HEIC or HEIF, as phones make them. */
  readonly canReadHeif: boolean;
  /** Set if a prompt is required even with a picture or a video, which depends on the vendor. */
  readonly needsPrompt?: boolean;
  /** The pixel table of its videos; see `pixels.ts`. */
  readonly pixelTable: '1.0' | '1.5' | '2.5';
}

/** With pictures, the default ratio follows the first one. */
const WITH_PICTURES = { ratios: RATIOS, defaultRatio: 'adaptive' } as const;

/** For text, any ratio; the default is 16:9, because for `adaptive` the highest price would be held. */
const TEXT = { ratios: RATIOS, defaultRatio: '16:9' } as const;

/**
 * Without `adaptive` for text on the 1.0 models: sources disagree on whether it is accepted, and a possible
 * refusal is worse than having to name a ratio.
 */
const TEXT_1_0 = { ratios: FIXED_RATIOS, defaultRatio: '16:9' } as const;

const SEEDANCE_1_0 = {
  resolutions: RESOLUTIONS,
  seconds: { least: 2, most: 12, step: 1 },
  /** `frames`: 25 + 4n in [29, 289]; Seedance 1.0 only. */
  frames: { least: 29, most: 289, step: 4 },
  canChooseLength: false,
  canMakeAudio: false,
  canFixCamera: true,
  canSetWatermark: true,
  canTakeSeed: true,
  drafts: undefined,
  canUseFlex: true,
  canReadHeif: false,
  pixelTable: '1.0',
} as const;

/**
 * Minimum billed length of a reference video. A minimum is documented for 2.0, 2.0 fast and 2.5; the 4 s
 * follow from the lowest published prices, which are for nine seconds with an output of five.
 */
const LEAST_BILLED_VIDEO_SECONDS = 4;

/** Limits of reference videos for 2.0 and 2.5 (byteplus-sa, ComfyUI-BytePlus-ModelArk, reference media). */
const CLIP_PIXELS = { least: 407_696, most: 8_295_044 } as const;

/** The fast and the mini model do not support 1080p. 2.0 also supports 4k, which is omitted because its sizes are not published. */
const SEEDANCE_2_0 = {
  modes: {
    text: TEXT,
    'first-frame': WITH_PICTURES,
    'first-and-last-frame': WITH_PICTURES,
    references: {
      ...WITH_PICTURES,
      mostImages: 9,
      clips: {
        maxCount: 3,
        minSeconds: 2,
        maxSeconds: 15,
        maxSecondsTogether: 15,
        videoPixels: CLIP_PIXELS,
        leastBilledVideoSeconds: LEAST_BILLED_VIDEO_SECONDS,
        canBeSoundAlone: false,
      },
    },
  },
  resolutions: ['480p', '720p'],
  seconds: { least: 4, most: 15, step: 1 },
  frames: undefined,
  canChooseLength: true,
  canMakeAudio: true,
  canFixCamera: false,
  canSetWatermark: true,
  canTakeSeed: true,
  drafts: undefined,
  canUseFlex: false,
  canReadHeif: true,
  pixelTable: '1.5',
} as const;

/** With frames, 2.5 supports only the frame's own ratio and fails a running task with any other. */
const FRAMES_2_5 = { ratios: ['adaptive'], defaultRatio: 'adaptive' } as const;

/**
 * A final may have any resolution of the model. Six tenths with sound according to the BytePlus ModelArk
 * tutorial (Draft mode); seven silent according to resellers, as no official figure is published.
 */
const DRAFTS_1_5 = {
  finals: RESOLUTIONS,
  billedTenths: { withAudio: 6, silent: 7 },
} as const satisfies DraftCapabilities;

/** "Default and only 1080p"; a draft costs as much as any 480p video (BytePlus ModelArk, Seedance 2.5, Draft mode). */
const DRAFTS_2_5 = {
  finals: ['1080p'],
  billedTenths: { withAudio: 10, silent: 10 },
} as const satisfies DraftCapabilities;

const MODELS = {
  '1.5-pro': {
    id: '1.5-pro',
    name: 'Seedance 1.5 pro',
    modes: { text: TEXT, 'first-frame': WITH_PICTURES, 'first-and-last-frame': WITH_PICTURES },
    resolutions: RESOLUTIONS,
    seconds: { least: 4, most: 12, step: 1 },
    frames: undefined,
    canChooseLength: true,
    canMakeAudio: true,
    canFixCamera: true,
    canSetWatermark: true,
    canTakeSeed: true,
    drafts: DRAFTS_1_5,
    canUseFlex: true,
    canReadHeif: true,
    pixelTable: '1.5',
  },
  '1.0-pro-fast': {
    ...SEEDANCE_1_0,
    id: '1.0-pro-fast',
    name: 'Seedance 1.0 pro fast',
    modes: { text: TEXT_1_0, 'first-frame': WITH_PICTURES },
  },
  '1.0-pro': {
    ...SEEDANCE_1_0,
    id: '1.0-pro',
    name: 'Seedance 1.0 pro',
    modes: { text: TEXT_1_0, 'first-frame': WITH_PICTURES, 'first-and-last-frame': WITH_PICTURES },
  },
  '2.0-fast': { ...SEEDANCE_2_0, id: '2.0-fast', name: 'Seedance 2.0 fast' },
  '2.0': { ...SEEDANCE_2_0, id: '2.0', name: 'Seedance 2.0', resolutions: RESOLUTIONS },
  '2.0-mini': { ...SEEDANCE_2_0, id: '2.0-mini', name: 'Seedance 2.0 mini' },
  '2.5': {
    ...SEEDANCE_2_0,
    id: '2.5',
    name: 'Seedance 2.5',
    modes: {
      text: TEXT,
      'first-frame': FRAMES_2_5,
      'first-and-last-frame': FRAMES_2_5,
      references: {
        ...WITH_PICTURES,
        // The documented "at most 50 files together" is the sum of the three kinds.
        mostImages: 30,
        clips: {
          maxCount: 10,
          minSeconds: 2,
          maxSeconds: 30,
          maxSecondsTogether: 30,
          videoPixels: CLIP_PIXELS,
          leastBilledVideoSeconds: LEAST_BILLED_VIDEO_SECONDS,
          // A tutorial of 2026-09 allows it; ComfyUI-BytePlus-ModelArk of 2026-11 requires a picture or video.
          canBeSoundAlone: false,
        },
      },
    },
    resolutions: RESOLUTIONS,
    seconds: { least: 4, most: 30, step: 1 },
    drafts: DRAFTS_2_5,
    pixelTable: '2.5',
  },
  '1.0-lite-t2v': {
    ...SEEDANCE_1_0,
    id: '1.0-lite-t2v',
    name: 'Seedance 1.0 lite (text)',
    modes: { text: TEXT_1_0 },
  },
  '1.0-lite-i2v': {
    ...SEEDANCE_1_0,
    id: '1.0-lite-i2v',
    name: 'Seedance 1.0 lite (pictures)',
    modes: {
      'first-frame': WITH_PICTURES,
      'first-and-last-frame': WITH_PICTURES,
      references: {
        ratios: FIXED_RATIOS,
        defaultRatio: '16:9',
        resolutions: ['480p', '720p'],
        canFixCamera: false,
        mostImages: 4,
      },
    },
  },
} as const satisfies Record<ModelId, Model>;

/** Returns the row of a model, as the general type. */
export function modelOf(id: ModelId): Model {
  return MODELS[id];
}

/** Returns a model's draft support, with the finals up to a resolution; undefined if it does not support drafts. */
export function draftsWithin(
  { drafts }: Pick<Model, 'drafts'>,
  maxResolution: Resolution | undefined,
): DraftCapabilities | undefined {
  if (drafts === undefined || maxResolution === undefined) return drafts;
  const most = RESOLUTIONS.indexOf(maxResolution);
  const finals = drafts.finals.filter((final) => RESOLUTIONS.indexOf(final) <= most);
  return { ...drafts, finals };
}

/** Returns the modes of a model. */
export function modesOf(model: Model): readonly Mode[] {
  return MODES.filter((mode) => model.modes[mode] !== undefined);
}

/** Returns a model's resolutions in a mode. */
export function resolutionsIn(model: Model, mode: Mode): readonly Resolution[] {
  return model.modes[mode]?.resolutions ?? model.resolutions;
}

/** Returns whether the camera can be fixed in a mode. */
export function canFixCameraIn(model: Model, mode: Mode): boolean {
  return model.modes[mode]?.canFixCamera ?? model.canFixCamera;
}

export function isReference(role: InputRole): role is ReferenceRole {
  return MODE_INPUTS.references.some((each) => each === role);
}
