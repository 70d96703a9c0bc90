/**
 * What each vendor's document lets us do there: data, for choosing a vendor, for the adapters and for
 * the README. A test holds it equal to what the adapters do. Sources: BytePlus ModelArk API reference;
 * the documents of Azerion, PowerTokens, kyyAiPower, Pixazo and AI/ML API.
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

/** In the request itself, or as an address to fetch. */
export type InputForm = 'data-uri' | 'url';

/** Options that not every vendor can pass on. */
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

/** What of a model a vendor can pass on. What is left out is whatever the model can do. */
export interface ModelSupport {
  readonly modes?: readonly Mode[] | undefined;
  readonly resolutions?: readonly Resolution[] | undefined;
  /** Lengths in whole seconds. */
  readonly seconds?: readonly number[] | undefined;
  readonly ratios?: { readonly [mode in Mode]?: readonly Ratio[] } | undefined;
  readonly mostReferences?: Readonly<Record<ReferenceRole, number>> | undefined;
  /** What the vendor takes less of than the model does. */
  readonly clips?: Partial<Pick<ClipLimits, 'videoPixels' | 'maxSoundSecondsTogether'>> | undefined;
  /** Set where the vendor's document requires a prompt beside a picture or a video too. */
  readonly needsPrompt?: boolean;
  /** False where the model reads HEIC pictures, but the vendor takes none for it. */
  readonly canReadHeif?: boolean;
  readonly options: readonly VendorOption[];
}

export interface VendorCapabilities {
  /** Method and path, below the base URL. */
  readonly routes: {
    readonly create: readonly string[];
    readonly retrieve: readonly string[];
    /** Left out: tasks are asked for singly, and a lost one cannot be searched. */
    readonly list?: string | undefined;
    readonly cancel?: string | undefined;
  };
  readonly cadence: Cadence;
  /** How pictures and sounds go there; videos always go by address. */
  readonly inputsAs: InputForm;
  /** Whether a task ends by the time limit we give it; elsewhere no end is promised. */
  readonly keepsTimeLimit: boolean;
  /** What a finished task tells of its cost. */
  readonly reports: 'tokens' | 'dollars' | 'nothing';
  readonly models: { readonly [model in ModelId]?: ModelSupport };
}

const BY_ID_MS = { byIdMs: 5 * SECOND, byIdLaterMs: 10 * SECOND } as const;
const ECONOMY_MS = 30 * SECOND;

/** Everything but what needs a tier or a draft, which few vendors have. */
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

/** Its pages name `generate_audio` for 1.5 pro, and neither drafts nor a slower tier. */
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
    // Listed in its repository only; its document takes drafts of 1.5 pro alone.
    '2.5': { options: WITHOUT_DRAFT },
  },
} as const satisfies VendorCapabilities;

const FRAMES: readonly Mode[] = ['text', 'first-frame', 'first-and-last-frame'];

/**
 * 2.0 has no choice of resolution (720p is the model's own default), and makes no sound there. Of
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

/** As its pages list them behind `--ratio`, for each of its routes. */
const PIXAZO_RATIOS = ['16:9', '9:16', '1:1', '4:3', '3:4'] as const;

/**
 * The newer gateway's page lists 480p and 720p. A length of the model's choice is in it, but is left out:
 * the answers do not tell what was made, so each such video would be billed as the longest.
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

/** A usage is told for the lite pair only, and not by every account. */
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
/** No ratio can be named, so what is made is the default: 16:9 for text, the picture's own otherwise. */
const UNNAMED_RATIOS = {
  text: ['16:9'],
  'first-frame': ['adaptive'],
  'first-and-last-frame': ['adaptive'],
} as const;

/** Its schemas: reference videos of about 640 × 640 to 834 × 1112 pixels, and no ratio `adaptive`. */
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
    // Frames need the ratio `adaptive` on this model, which this vendor does not know.
    '2.5': {
      ...AIMLAPI_2_0,
      modes: ['text', 'references'],
      clips: { ...AIMLAPI_2_0.clips, maxSoundSecondsTogether: 15 },
    },
  },
} as const satisfies VendorCapabilities;

/** By the names of `VENDOR_ORDER`. */
export const CAPABILITIES = {
  byteplus: { ...OFFICIAL, models: INTERNATIONAL },
  volcengine: { ...OFFICIAL, models: WITH_LITE },
  azerion: AZERION,
  powertokens: POWERTOKENS,
  kyyaipower: KYYAIPOWER,
  pixazo: PIXAZO,
  aimlapi: AIMLAPI,
  // Nobody knows what stands behind it; the catalogue says what is offered there.
  ark: { ...OFFICIAL, models: WITH_LITE },
} as const satisfies Record<VendorName, VendorCapabilities>;

/** The row of a vendor, or undefined where there is none. */
export function capabilitiesOf(vendor: string): VendorCapabilities | undefined {
  return isVendorName(vendor) ? CAPABILITIES[vendor] : undefined;
}
