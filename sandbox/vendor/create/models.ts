/**
 * The models of the sandbox vendors: Seedance with its limits and pixel tables. Written independently of
 * the product’s own catalogue, from the same published pages, so that a mistake in one shows up against the other.
 */
import { DRAFTS_1_5, DRAFTS_2_5, type Drafts } from './drafts.ts';

export const FIXED_RATIOS = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9'] as const;
export type FixedRatio = (typeof FIXED_RATIOS)[number];
export type Resolution = '480p' | '720p' | '1080p' | '4k';

/** Input and output types: the vendor’s words in its error messages. */
export type Mode = 't2v' | 'i2v' | 'flf2v' | 'r2v';

/** Body fields that some models support and others refuse with "must be empty". */
export type OptionalField =
  | 'frames'
  | 'draft'
  | 'camera_fixed'
  | 'service_tier'
  | 'priority'
  | 'tools'
  | 'output_format'
  | 'omni_reference_task_type';

export type Size = readonly [width: number, height: number];
export type PixelTable = Readonly<Record<Resolution, Readonly<Record<FixedRatio, Size>>>>;

/** Limits on reference videos and audio: for each file, and for all of one kind together. */
export interface ClipLimits {
  readonly minSeconds: number;
  readonly maxSeconds: number;
  readonly maxSecondsTogether: number;
  /** The minimum billed length of a reference video; 0 when there is none. */
  readonly leastBilledSeconds: number;
  readonly canBeSoundAlone: boolean;
  /** For all audio together, when it is less than for all videos. */
  readonly maxSoundSecondsTogether?: number | undefined;
  /** Width times height of each video. */
  readonly videoPixels: readonly [least: number, most: number];
}

export interface VendorModel {
  /** Without the version, as in error messages. */
  readonly shortName: string;
  readonly version: string;
  /** When ByteDance’s own API stops serving it, in Unix milliseconds; resellers have their own lists. */
  readonly endsMs?: number | undefined;
  readonly modes: readonly Mode[];
  readonly resolutions: readonly Resolution[];
  readonly defaultResolution: Resolution;
  /** 1.0 supports `adaptive` only with an image, and uses 16:9 for text alone. */
  readonly textRatioIsAdaptive: boolean;
  readonly minSeconds: number;
  readonly maxSeconds: number;
  /** `-1`: the model chooses the length. */
  readonly takesChosenLength: boolean;
  readonly defaultSeconds: number;
  readonly hasAudio: boolean;
  readonly takesHeif: boolean;
  /** Present when it supports references. */
  readonly maxReferences: { readonly images: number; readonly clips: number };
  readonly clipLimits: ClipLimits;
  /** References are made at 480p or 720p only, in a fixed ratio, without camera control. */
  readonly referencesAreLimited: boolean;
  readonly refuses: readonly OptionalField[];
  /** Undefined when it makes none; then `refuses` has `draft`. */
  readonly drafts: Drafts | undefined;
  readonly pixels: PixelTable;
}

/** PowerTokens' copy of the BytePlus create page, pixel table; 1.0 has no 4k, so its row is never read. */
const PIXELS_1_0: PixelTable = {
  '480p': table([864, 480], [736, 544], [640, 640], [960, 416]),
  '720p': table([1248, 704], [1120, 832], [960, 960], [1504, 640]),
  '1080p': table([1920, 1088], [1664, 1248], [1440, 1440], [2176, 928]),
  '4k': table([3840, 2176], [3328, 2496], [2880, 2880], [4352, 1856]),
};

/** The same page's second column; 4k is not published, so it is 1080p doubled here. */
const PIXELS_1_5: PixelTable = {
  '480p': table([864, 496], [752, 560], [640, 640], [992, 432]),
  '720p': table([1280, 720], [1112, 834], [960, 960], [1470, 630]),
  '1080p': table([1920, 1080], [1664, 1248], [1440, 1440], [2206, 946]),
  '4k': table([3840, 2160], [3328, 2496], [2880, 2880], [4412, 1892]),
};

/** 2.5 in 16:9, from a reseller's billing logs of 2026-08-31; its other ratios are not published. */
const PIXELS_2_5: PixelTable = {
  ...PIXELS_1_5,
  '480p': table([854, 480], [752, 560], [640, 640], [992, 432]),
};

function table(wide: Size, fourThree: Size, square: Size, cinema: Size) {
  return {
    '16:9': wide,
    '4:3': fourThree,
    '1:1': square,
    '3:4': [fourThree[1], fourThree[0]],
    '9:16': [wide[1], wide[0]],
    '21:9': cinema,
  } as const;
}

/** BytePlus and Volcengine price pages mention a minimum; their lowest prices amount to 4 s. */
const LEAST_BILLED_SECONDS = 4;

/** byteplus-sa/ComfyUI-BytePlus-ModelArk, reference media of 2.0 and 2.5. */
const VIDEO_PIXELS = [407_696, 8_295_044] as const;

const CLIPS_2_0 = {
  minSeconds: 2,
  maxSeconds: 15,
  maxSecondsTogether: 15,
  leastBilledSeconds: LEAST_BILLED_SECONDS,
  videoPixels: VIDEO_PIXELS,
  canBeSoundAlone: false,
} as const;

const NO_REFERENCES = {
  maxReferences: { images: 0, clips: 0 },
  clipLimits: CLIPS_2_0,
  referencesAreLimited: false,
} as const;

const SEEDANCE_1_0 = {
  resolutions: ['480p', '720p', '1080p'],
  defaultResolution: '1080p',
  textRatioIsAdaptive: false,
  minSeconds: 2,
  maxSeconds: 12,
  takesChosenLength: false,
  defaultSeconds: 5,
  hasAudio: false,
  takesHeif: false,
  ...NO_REFERENCES,
  refuses: ['draft', 'tools', 'output_format', 'omni_reference_task_type'],
  drafts: undefined,
  pixels: PIXELS_1_0,
} as const;

const SEEDANCE_2_0 = {
  modes: ['t2v', 'i2v', 'flf2v', 'r2v'],
  resolutions: ['480p', '720p'],
  defaultResolution: '720p',
  textRatioIsAdaptive: true,
  minSeconds: 4,
  maxSeconds: 15,
  takesChosenLength: true,
  defaultSeconds: 5,
  hasAudio: true,
  takesHeif: true,
  maxReferences: { images: 9, clips: 3 },
  clipLimits: CLIPS_2_0,
  referencesAreLimited: false,
  refuses: [
    'frames',
    'draft',
    'camera_fixed',
    'service_tier',
    'output_format',
    'omni_reference_task_type',
  ],
  drafts: undefined,
  pixels: PIXELS_1_5,
} as const;

/** BytePlus ModelArk, model list and create page. */
export const MODELS: readonly VendorModel[] = [
  {
    ...SEEDANCE_1_0,
    shortName: 'seedance-1-0-pro',
    version: '250528',
    modes: ['t2v', 'i2v', 'flf2v'],
  },
  {
    ...SEEDANCE_1_0,
    shortName: 'seedance-1-0-pro-fast',
    version: '251015',
    modes: ['t2v', 'i2v'],
  },
  {
    shortName: 'seedance-1-5-pro',
    version: '251215',
    // BytePlus's list of models, September 2026: shut down on 2026-11-11.
    endsMs: Date.UTC(2026, 10, 11),
    modes: ['t2v', 'i2v', 'flf2v'],
    resolutions: ['480p', '720p', '1080p'],
    defaultResolution: '720p',
    textRatioIsAdaptive: true,
    minSeconds: 4,
    maxSeconds: 12,
    takesChosenLength: true,
    defaultSeconds: 5,
    hasAudio: true,
    takesHeif: true,
    ...NO_REFERENCES,
    refuses: ['frames', 'priority', 'tools', 'output_format', 'omni_reference_task_type'],
    drafts: DRAFTS_1_5,
    pixels: PIXELS_1_5,
  },
  {
    ...SEEDANCE_2_0,
    shortName: 'dreamina-seedance-2-0',
    version: '260128',
    resolutions: ['480p', '720p', '1080p', '4k'],
  },
  { ...SEEDANCE_2_0, shortName: 'dreamina-seedance-2-0-fast', version: '260128' },
  { ...SEEDANCE_2_0, shortName: 'dreamina-seedance-2-0-mini', version: '260615' },
  {
    ...SEEDANCE_2_0,
    shortName: 'dreamina-seedance-2-5',
    version: '260628',
    resolutions: ['480p', '720p', '1080p'],
    maxSeconds: 30,
    defaultSeconds: -1,
    maxReferences: { images: 30, clips: 10 },
    clipLimits: {
      minSeconds: 2,
      maxSeconds: 30,
      maxSecondsTogether: 30,
      leastBilledSeconds: LEAST_BILLED_SECONDS,
      videoPixels: VIDEO_PIXELS,
      canBeSoundAlone: false,
    },
    refuses: ['frames', 'camera_fixed', 'service_tier'],
    drafts: DRAFTS_2_5,
    pixels: PIXELS_2_5,
  },
];

/** Retired internationally before the sandbox’s oldest page; in China at the date of the deprecation notices. */
const LITE_ENDS_MS = Date.UTC(2026, 4, 13);

/** Still documented by resellers. */
export const LITE_MODELS: readonly VendorModel[] = [
  {
    ...SEEDANCE_1_0,
    shortName: 'seedance-1-0-lite-t2v',
    endsMs: LITE_ENDS_MS,
    version: '250428',
    defaultResolution: '720p',
    modes: ['t2v'],
  },
  {
    ...SEEDANCE_1_0,
    shortName: 'seedance-1-0-lite-i2v',
    endsMs: LITE_ENDS_MS,
    version: '250428',
    defaultResolution: '720p',
    modes: ['i2v', 'flf2v', 'r2v'],
    maxReferences: { images: 4, clips: 0 },
    referencesAreLimited: true,
  },
];

/** What the official API serves with a prefix at a given time: the lite pair in China only. */
export function officialModels(idPrefix: string, nowMs: number): readonly VendorModel[] {
  const models = idPrefix === '' ? MODELS : [...MODELS, ...LITE_MODELS];
  return models.filter(({ endsMs }) => endsMs === undefined || nowMs < endsMs);
}

/**
 * The model’s name on the wire.
 *
 * @param idPrefix `doubao-` for Volcengine, where it precedes 1.x and replaces `dreamina-`.
 */
export function wireName(model: VendorModel, idPrefix: string): string {
  if (idPrefix === '') return model.shortName;
  return idPrefix + model.shortName.replace(/^dreamina-/, '');
}

/** The exact id that the vendor accepts in `model` and returns in responses. */
export function wireId(model: VendorModel, idPrefix: string): string {
  return `${wireName(model, idPrefix)}-${model.version}`;
}

/** The model of an id, among the served ones. */
export function findModel(
  models: readonly VendorModel[],
  id: string,
  idPrefix: string,
): VendorModel | undefined {
  return models.find((model) => wireId(model, idPrefix) === id);
}

/** The published ratio nearest to that of a picture. */
export function nearestRatio(width: number, height: number): FixedRatio {
  const distance = (ratio: FixedRatio) => Math.abs(Math.log(width / height / ratioValue(ratio)));
  return [...FIXED_RATIOS].sort((a, b) => distance(a) - distance(b))[0] ?? '16:9';
}

function ratioValue(ratio: FixedRatio): number {
  const [width = 1, height = 1] = ratio.split(':').map(Number);
  return width / height;
}
