/**
 * What each Seedance model can do: one row per model, facts only. A new model is a new row; a new
 * ability (references, drafts, the slower tier) is a new field or a new mode.
 *
 * Facts from the BytePlus ModelArk and Volcengine Ark API references, video generation.
 */
import { FIXED_RATIOS, RATIOS, RESOLUTIONS } from './request.ts';
import type { InputRole, ModelId, Ratio, Resolution } from './request.ts';

/** What the video starts from. The inputs of a request decide its mode. */
export const MODES = ['text', 'first-frame', 'first-and-last-frame'] as const;
export type Mode = (typeof MODES)[number];

/** The pictures each mode needs, in the order they are sent. */
export const MODE_INPUTS = {
  text: [],
  'first-frame': ['first_frame'],
  'first-and-last-frame': ['first_frame', 'last_frame'],
} as const satisfies Record<Mode, readonly InputRole[]>;

/** Every video of every model has this many frames a second. */
export const FRAMES_PER_SECOND = 24;

/** What a model can do in one mode. */
export interface ModeAbilities {
  readonly ratios: readonly Ratio[];
  readonly defaultRatio: Ratio;
}

/** A range of whole numbers: `least`, `least + step`, … up to and with `most`. */
export interface SteppedRange {
  readonly least: number;
  readonly most: number;
  readonly step: number;
}

export interface Model {
  readonly id: ModelId;
  /** As ByteDance writes it. */
  readonly name: string;
  /** The modes it has; a mode that is absent is one it cannot do. */
  readonly modes: { readonly [mode in Mode]?: ModeAbilities };
  readonly resolutions: readonly Resolution[];
  /** Lengths in whole seconds. */
  readonly seconds: SteppedRange;
  /** Lengths in frames, or undefined where the model takes only whole seconds. */
  readonly frames: SteppedRange | undefined;
  /** Whether a duration of -1, "as long as you see fit", is taken. */
  readonly canChooseLength: boolean;
  /** Whether it makes sound; the others are always silent. */
  readonly canMakeAudio: boolean;
  /** Whether the camera can be told to stand still (`camera_fixed`). */
  readonly canFixCamera: boolean;
  /** Whether pictures may be HEIC or HEIF, as phones make them. */
  readonly canReadHeif: boolean;
  /** Which pixel table its videos follow, see `pixels.ts`. */
  readonly pixelTable: '1.0' | '1.5';
}

/** With pictures the ratio follows the first of them, unless one is asked for. */
const WITH_PICTURES = { ratios: RATIOS, defaultRatio: 'adaptive' } as const;

const WHOLE_SECONDS_1_0 = { least: 2, most: 12, step: 1 } as const;

/** `frames`: 25 + 4n in [29, 289]; Seedance 1.0 only. */
const FRAMES_1_0 = { least: 29, most: 289, step: 4 } as const;

/**
 * `adaptive` for text on the 1.0 models: sources disagree whether it is accepted, so it is not
 * offered. A request that the vendor may refuse is worse than a ratio that must be named.
 */
const TEXT_1_0 = { ratios: FIXED_RATIOS, defaultRatio: '16:9' } as const;

export const MODELS = {
  '1.5-pro': {
    id: '1.5-pro',
    name: 'Seedance 1.5 pro',
    modes: {
      text: { ratios: RATIOS, defaultRatio: '16:9' },
      'first-frame': WITH_PICTURES,
      'first-and-last-frame': WITH_PICTURES,
    },
    resolutions: RESOLUTIONS,
    seconds: { least: 4, most: 12, step: 1 },
    frames: undefined,
    canChooseLength: true,
    canMakeAudio: true,
    canFixCamera: true,
    canReadHeif: true,
    pixelTable: '1.5',
  },
  '1.0-pro-fast': {
    id: '1.0-pro-fast',
    name: 'Seedance 1.0 pro fast',
    modes: { text: TEXT_1_0, 'first-frame': WITH_PICTURES },
    resolutions: RESOLUTIONS,
    seconds: WHOLE_SECONDS_1_0,
    frames: FRAMES_1_0,
    canChooseLength: false,
    canMakeAudio: false,
    canFixCamera: true,
    canReadHeif: false,
    pixelTable: '1.0',
  },
  '1.0-pro': {
    id: '1.0-pro',
    name: 'Seedance 1.0 pro',
    modes: {
      text: TEXT_1_0,
      'first-frame': WITH_PICTURES,
      'first-and-last-frame': WITH_PICTURES,
    },
    resolutions: RESOLUTIONS,
    seconds: WHOLE_SECONDS_1_0,
    frames: FRAMES_1_0,
    canChooseLength: false,
    canMakeAudio: false,
    canFixCamera: true,
    canReadHeif: false,
    pixelTable: '1.0',
  },
} as const satisfies Record<ModelId, Model>;

/** The row of a model, as the general type. */
export function modelOf(id: ModelId): Model {
  return MODELS[id];
}

/** The roles of pictures a model takes in any of its modes. */
export function inputRolesOf(model: Model): readonly InputRole[] {
  const modes = MODES.filter((mode) => model.modes[mode] !== undefined);
  return [...new Set(modes.flatMap((mode) => [...MODE_INPUTS[mode]]))];
}
