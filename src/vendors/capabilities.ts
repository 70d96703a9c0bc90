/**
 * What each vendor supports according to its documentation: data for choosing a vendor, for the adapters
 * and for the README. A test keeps it equal to what the adapters do. Sources: BytePlus ModelArk API
 * reference; the documents of Azerion, PowerTokens, kyyAiPower, Pixazo and AI/ML API.
 */
import type { ClipLimits, Mode } from '../catalogue/modes.ts';
import {
  FIXED_RATIOS,
  RATIOS,
  type ModelId,
  type Ratio,
  type ReferenceRole,
  type Resolution,
} from '../catalogue/request.ts';
import { isVendorName, type VendorName } from '../catalogue/vendors.ts';
import { SECOND } from '../clock.ts';
import type { Cadence } from './vendor.ts';

/** In the request itself, or as a URL to fetch. */
export type InputForm = 'data-uri' | 'url';

/** Options that not every vendor supports. */
export const VENDOR_OPTIONS = [
  'seed',
  'fixed-camera',
  'watermark',
  'audio',
  'frames',
  'chosen-length',
  'last-frame',
  'draft',
  'economy',
] as const;
export type VendorOption = (typeof VENDOR_OPTIONS)[number];

/** What a vendor supports of a model. An absent field means everything that the model supports. */
export interface ModelSupport {
  readonly modes?: readonly Mode[] | undefined;
  readonly resolutions?: readonly Resolution[] | undefined;
  /** Lengths in whole seconds. */
  readonly seconds?: readonly number[] | undefined;
  readonly ratios?: { readonly [mode in Mode]?: readonly Ratio[] } | undefined;
  readonly mostReferences?: Readonly<Record<ReferenceRole, number>> | undefined;
  /** Clip limits that are lower than the model's. */
  readonly clips?: Partial<Pick<ClipLimits, 'videoPixels' | 'maxSoundSecondsTogether'>> | undefined;
  /** Set if the vendor requires a prompt even with a picture or a video. */
  readonly needsPrompt?: boolean;
  /** False if the model reads HEIC pictures but the vendor does not accept them. */
  readonly canReadHeif?: boolean;
  readonly options: readonly VendorOption[];
}

export interface VendorCapabilities {
  /** Method and path, relative to the base URL. */
  readonly routes: {
    readonly create: readonly string[];
    readonly retrieve: readonly string[];
    /** Without it, tasks are checked one by one, and a lost task cannot be searched for. */
    readonly list?: string | undefined;
    readonly cancel?: string | undefined;
  };
  readonly cadence: Cadence;
  /** How pictures and sounds are sent; videos are always sent as URLs. */
  readonly inputsAs: InputForm;
  /** Whether a task ends by the time limit we send; otherwise no end is guaranteed. */
  readonly keepsTimeLimit: boolean;
  /** What a finished task reports about its cost. */
  readonly reports: 'tokens' | 'dollars' | 'nothing';
  readonly models: { readonly [model in ModelId]?: ModelSupport };
}

const BY_ID_MS = { byIdMs: 5 * SECOND, byIdLaterMs: 10 * SECOND } as const;
const ECONOMY_MS = 30 * SECOND;

/** All options except drafts and the economy tier, which few vendors support. */
const WITHOUT_DRAFT: readonly VendorOption[] = VENDOR_OPTIONS.filter(
  (option) => option !== 'draft' && option !== 'economy',
);
const ONLINE: readonly VendorOption[] = VENDOR_OPTIONS.filter((option) => option !== 'economy');

const WHOLE = { options: VENDOR_OPTIONS } as const;

const INTERNATIONAL = {
  '1.5-pro': WHOLE,
  '1.0-pro-fast': WHOLE,
  '1.0-pro': WHOLE,
  '2.0-fast': WHOLE,
  '2.0': WHOLE,
  '2.0-mini': WHOLE,
  '2.5': WHOLE,
} as const;

const WITH_LITE = { ...INTERNATIONAL, '1.0-lite-t2v': WHOLE, '1.0-lite-i2v': WHOLE } as const;

const TASKS = '/contents/generations/tasks';

const OFFICIAL = {
  routes: {
    create: [`POST ${TASKS}`],
    retrieve: [`GET ${TASKS}/{id}`],
    list: `GET ${TASKS}`,
    cancel: `DELETE ${TASKS}/{id}`,
  },
  cadence: { byListMs: 3 * SECOND, ...BY_ID_MS, economyMs: ECONOMY_MS },
  inputsAs: 'data-uri',
  keepsTimeLimit: true,
  reports: 'tokens',
} as const;

/** Its pages document `generate_audio` for 1.5 pro, but neither drafts nor a slower tier. */
const AZERION = {
  ...OFFICIAL,
  routes: { ...OFFICIAL.routes, cancel: `POST ${TASKS}/{id}` },
  cadence: { byListMs: 3 * SECOND, ...BY_ID_MS },
  models: {
    '1.5-pro': { options: WITHOUT_DRAFT },
    '1.0-pro-fast': { options: WITHOUT_DRAFT },
    '1.0-pro': { options: WITHOUT_DRAFT },
    '1.0-lite-i2v': { options: WITHOUT_DRAFT },
  },
} as const satisfies VendorCapabilities;

/** Offline inference is not integrated. */
const POWERTOKENS = {
  ...OFFICIAL,
  cadence: { byListMs: 3 * SECOND, ...BY_ID_MS },
  models: {
    '1.5-pro': { options: ONLINE },
    '1.0-pro-fast': { options: ONLINE },
    '1.0-pro': { options: ONLINE },
    '2.0-fast': { options: ONLINE },
    '2.0': { options: ONLINE },
    // Listed only in its repository; its document supports drafts for 1.5 pro only.
    '2.5': { options: WITHOUT_DRAFT },
  },
} as const satisfies VendorCapabilities;

const FRAMES: readonly Mode[] = ['text', 'first-frame', 'first-and-last-frame'];

/**
 * For 2.0 the resolution cannot be chosen (720p is the model's default) and there is no sound. About
 * HEIC pictures its document says: "Seedance 1.5 pro supports heic, heif".
 */
const KYYAIPOWER = {
  routes: { create: ['POST /v1/seedance/videos'], retrieve: ['GET /v1/result/{id}'] },
  cadence: { byListMs: 30 * SECOND, byIdMs: 30 * SECOND, byIdLaterMs: 30 * SECOND },
  inputsAs: 'url',
  keepsTimeLimit: false,
  reports: 'tokens',
  models: {
    '1.5-pro': { modes: FRAMES, needsPrompt: true, options: ['audio', 'chosen-length'] },
    '2.0': {
      modes: FRAMES,
      resolutions: ['720p'],
      needsPrompt: true,
      canReadHeif: false,
      options: [],
    },
  },
} as const satisfies VendorCapabilities;

const FLAGS: readonly VendorOption[] = ['seed', 'fixed-camera', 'watermark', 'frames'];

/** The values of `--ratio` that its pages list, for each route. */
const PIXAZO_RATIOS = ['16:9', '9:16', '1:1', '4:3', '3:4'] as const;

/**
 * The newer gateway's page lists 480p and 720p. It also allows the model to choose the length, which is
 * not used here: answers do not report the length, so each such video would be billed as the longest.
 */
const PIXAZO_2_X = {
  resolutions: ['480p', '720p'],
  options: ['watermark', 'audio'],
} as const satisfies ModelSupport;

const PIXAZO_2_X_CREATES = [
  'text-to-video',
  'first-last-frame-to-video',
  'reference-to-video',
].flatMap((operation) => [
  `POST /seedance-2-0-mini/${operation}`,
  `POST /seedance-2-0-fast/v1/${operation}-fast`,
  `POST /seedance-2-0/v1/${operation}`,
  `POST /seedance-2-5/v1/${operation}`,
]);

/** Usage is reported for the lite pair only, and not for every account. */
const PIXAZO = {
  routes: {
    create: [
      ...PIXAZO_2_X_CREATES,
      'POST /byteplus/v1/generateVideoTask',
      'POST /byteplus/v1/generateImage2VideoTask',
      'POST /byteplus/v1/generateFrame2VideoTask',
    ],
    retrieve: ['POST /bytedance-polling/getVideoResult', 'GET /v2/requests/status/{id}'],
  },
  cadence: { byListMs: 5 * SECOND, ...BY_ID_MS },
  inputsAs: 'url',
  keepsTimeLimit: false,
  reports: 'tokens',
  models: {
    '2.0-mini': PIXAZO_2_X,
    '2.0-fast': PIXAZO_2_X,
    '2.0': PIXAZO_2_X,
    '2.5': PIXAZO_2_X,
    '1.0-lite-t2v': { options: FLAGS },
    '1.0-lite-i2v': {
      modes: ['first-frame', 'first-and-last-frame'],
      ratios: {
        'first-frame': [...PIXAZO_RATIOS, 'adaptive'],
        'first-and-last-frame': PIXAZO_RATIOS,
      },
      needsPrompt: true,
      options: FLAGS,
    },
  },
} as const satisfies VendorCapabilities;

const FIVE_OR_TEN = [5, 10] as const;
/** The ratio cannot be set, so it is the default: 16:9 for text, otherwise the picture's own. */
const UNNAMED_RATIOS = {
  text: ['16:9'],
  'first-frame': ['adaptive'],
  'first-and-last-frame': ['adaptive'],
} as const;

/** According to its schemas: reference videos of about 640 × 640 to 834 × 1112 pixels; no ratio `adaptive`. */
const AIMLAPI_2_0 = {
  modes: [...FRAMES, 'references'],
  resolutions: ['480p', '720p'],
  ratios: {
    text: FIXED_RATIOS,
    'first-frame': FIXED_RATIOS,
    'first-and-last-frame': FIXED_RATIOS,
    references: FIXED_RATIOS,
  },
  mostReferences: { reference_image: 9, reference_video: 3, reference_audio: 3 },
  clips: { videoPixels: { least: 640 * 640, most: 834 * 1_112 } },
  needsPrompt: true,
  options: ['seed', 'watermark', 'audio'],
} as const satisfies ModelSupport;

const AIMLAPI = {
  routes: {
    create: ['POST /v2/video/generations'],
    retrieve: ['GET /v2/video/generations?generation_id={id}'],
  },
  cadence: { byListMs: 10 * SECOND, byIdMs: 10 * SECOND, byIdLaterMs: 10 * SECOND },
  inputsAs: 'data-uri',
  keepsTimeLimit: false,
  reports: 'dollars',
  models: {
    '1.5-pro': {
      modes: FRAMES,
      seconds: [4, 5, 6, 7, 8, 9, 10, 11, 12],
      ratios: { text: RATIOS, 'first-frame': RATIOS, 'first-and-last-frame': RATIOS },
      needsPrompt: true,
      options: ['seed', 'fixed-camera', 'watermark', 'audio'],
    },
    '1.0-pro-fast': {
      modes: ['text', 'first-frame'],
      seconds: FIVE_OR_TEN,
      ratios: UNNAMED_RATIOS,
      needsPrompt: true,
      options: ['seed', 'fixed-camera', 'watermark'],
    },
    '1.0-pro': {
      modes: FRAMES,
      seconds: FIVE_OR_TEN,
      ratios: UNNAMED_RATIOS,
      needsPrompt: true,
      options: ['seed', 'fixed-camera', 'watermark'],
    },
    '1.0-lite-t2v': {
      modes: ['text'],
      seconds: FIVE_OR_TEN,
      needsPrompt: true,
      options: ['seed', 'fixed-camera', 'watermark'],
    },
    '1.0-lite-i2v': {
      modes: ['first-frame'],
      seconds: FIVE_OR_TEN,
      ratios: UNNAMED_RATIOS,
      needsPrompt: true,
      options: ['seed', 'fixed-camera', 'watermark'],
    },
    '2.0': { ...AIMLAPI_2_0, resolutions: ['480p', '720p', '1080p'] },
    '2.0-fast': { ...AIMLAPI_2_0, options: ['seed', 'audio'] },
    '2.0-mini': AIMLAPI_2_0,
    // Frames need the ratio `adaptive` on this model, which this vendor does not support.
    '2.5': {
      ...AIMLAPI_2_0,
      modes: ['text', 'references'],
      clips: { ...AIMLAPI_2_0.clips, maxSoundSecondsTogether: 15 },
    },
  },
} as const satisfies VendorCapabilities;

/** Keyed by the vendor names of `VENDOR_ORDER`. */
export const CAPABILITIES = {
  byteplus: { ...OFFICIAL, models: INTERNATIONAL },
  volcengine: { ...OFFICIAL, models: WITH_LITE },
  azerion: AZERION,
  powertokens: POWERTOKENS,
  kyyaipower: KYYAIPOWER,
  pixazo: PIXAZO,
  aimlapi: AIMLAPI,
  // The backend is unknown; the catalogue lists what is offered there.
  ark: { ...OFFICIAL, models: WITH_LITE },
} as const satisfies Record<VendorName, VendorCapabilities>;

/** Returns the capabilities of a vendor, or undefined for an unknown name. */
export function capabilitiesOf(vendor: string): VendorCapabilities | undefined {
  return isVendorName(vendor) ? CAPABILITIES[vendor] : undefined;
}
