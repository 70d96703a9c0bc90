/** AI/ML API’s models: the fields of each, their spelling, and their meaning in official terms. */
import { z } from 'zod';

/** Its pages' examples send `duration` as a string, while its schemas say integer. */
function seconds(allowed: readonly number[]) {
  return z
    .union([z.int(), z.string().regex(/^\d+$/u).transform(Number)])
    .refine((value) => allowed.includes(value))
    .optional();
}

function range(least: number, most: number): number[] {
  return Array.from({ length: most - least + 1 }, (_, index) => least + index);
}

const FIXED = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9'] as const;
const image = z.string().min(1);
const web = z.url({ protocol: /^https?$/ });
const flag = z.boolean().optional();

const basics = {
  model: z.string(),
  prompt: z.string().min(1),
  seed: z.int().min(-1).max(4_294_967_295).optional(),
};

const basics1x0 = {
  ...basics,
  resolution: z.enum(['480p', '720p', '1080p']).optional(),
  duration: seconds([5, 10]),
  watermark: flag,
};

const ratio = z.enum(FIXED).optional();

const basics2x = {
  ...basics,
  duration: seconds(range(4, 15)),
  aspect_ratio: ratio,
  generate_audio: flag,
  image_url: image.optional(),
  last_image_url: image.optional(),
  image_urls: z.array(image).max(9).optional(),
  audio_urls: z.array(web).max(3).optional(),
  video_urls: z.array(web).max(3).optional(),
};

const single2x = { audio_url: web.optional(), video_url: web.optional(), watermark: flag };

const low = z.enum(['480p', '720p']).optional();

export interface AimlapiModel {
  readonly officialId: string;
  readonly schema: z.ZodType<AimlapiBody>;
  readonly defaults: { readonly resolution: string; readonly duration: number };
}

/** All fields that some model accepts. */
export interface AimlapiBody {
  readonly prompt: string;
  readonly seed?: number | undefined;
  readonly resolution?: string | undefined;
  readonly duration?: number | undefined;
  readonly aspect_ratio?: string | undefined;
  readonly camera_fixed?: boolean | undefined;
  readonly camerafixed?: boolean | undefined;
  readonly watermark?: boolean | undefined;
  readonly generate_audio?: boolean | undefined;
  readonly image_url?: string | undefined;
  readonly last_image_url?: string | undefined;
  readonly image_urls?: readonly string[] | undefined;
  readonly video_url?: string | undefined;
  readonly video_urls?: readonly string[] | undefined;
  readonly audio_url?: string | undefined;
  readonly audio_urls?: readonly string[] | undefined;
}

const PRO_ID = 'seedance-1-0-pro-250528';

const AT_1080P = { resolution: '1080p', duration: 5 };
const AT_720P = { resolution: '720p', duration: 5 };

const MODELS_2X = {
  '2.0': z.strictObject({
    ...basics2x,
    ...single2x,
    resolution: z.enum(['480p', '720p', '1080p']).optional(),
  }),
  mini: z.strictObject({ ...basics2x, ...single2x, resolution: low }),
  '2.5': z.strictObject({
    ...basics2x,
    ...single2x,
    resolution: low,
    duration: seconds(range(4, 30)),
  }),
};

export const AIMLAPI_MODELS: Readonly<Record<string, AimlapiModel>> = {
  'bytedance/seedance-1-0-lite-t2v': {
    officialId: 'seedance-1-0-lite-t2v-250428',
    schema: z.strictObject({ ...basics1x0, aspect_ratio: ratio, camerafixed: flag }),
    defaults: AT_1080P,
  },
  // According to the vendor’s page: camera_fixed, and 720p by default.
  'bytedance/seedance-1-0-lite-i2v': {
    officialId: 'seedance-1-0-lite-i2v-250428',
    schema: z.strictObject({ ...basics1x0, image_url: image, camera_fixed: flag }),
    defaults: AT_720P,
  },
  'bytedance/seedance-1-0-pro-t2v': {
    officialId: PRO_ID,
    schema: z.strictObject({ ...basics1x0, camerafixed: flag }),
    defaults: AT_1080P,
  },
  'bytedance/seedance-1-0-pro-i2v': {
    officialId: PRO_ID,
    schema: z.strictObject({
      ...basics1x0,
      image_url: image,
      last_image_url: image.optional(),
      camerafixed: flag,
    }),
    defaults: AT_1080P,
  },
  'bytedance/seedance-1-0-pro-fast': {
    officialId: 'seedance-1-0-pro-fast-251015',
    schema: z.strictObject({
      ...basics1x0,
      image_url: image.optional(),
      last_image_url: image.optional(),
      camerafixed: flag,
    }),
    defaults: AT_1080P,
  },
  'bytedance/seedance-1-5-pro': {
    officialId: 'seedance-1-5-pro-251215',
    schema: z.strictObject({
      ...basics1x0,
      duration: seconds(range(4, 12)),
      aspect_ratio: z.enum([...FIXED, 'adaptive']).optional(),
      camera_fixed: flag,
      generate_audio: flag,
      image_url: image.optional(),
      last_image_url: image.optional(),
    }),
    defaults: AT_720P,
  },
  'bytedance/seedance-2-0': {
    officialId: 'dreamina-seedance-2-0-260128',
    schema: MODELS_2X['2.0'],
    defaults: AT_720P,
  },
  'bytedance/seedance-2-0-fast': {
    officialId: 'dreamina-seedance-2-0-fast-260128',
    schema: z.strictObject({ ...basics2x, resolution: low }),
    defaults: { resolution: '720p', duration: 8 },
  },
  'bytedance/dreamina-seedance-2-0-mini': {
    officialId: 'dreamina-seedance-2-0-mini-260615',
    schema: MODELS_2X.mini,
    defaults: AT_720P,
  },
  'bytedance/seedance-2-5': {
    officialId: 'dreamina-seedance-2-5-260628',
    schema: MODELS_2X['2.5'],
    defaults: AT_720P,
  },
  'bytedance/dreamina-seedance-2-5': {
    officialId: 'dreamina-seedance-2-5-260628',
    schema: MODELS_2X['2.5'],
    defaults: AT_720P,
  },
};

export function officialBody({ officialId, defaults }: AimlapiModel, body: AimlapiBody) {
  const isAspectKnown = body.aspect_ratio !== undefined || !officialId.includes('-1-0-');
  return {
    model: officialId,
    content: contentOf(body),
    resolution: body.resolution ?? defaults.resolution,
    duration: body.duration ?? defaults.duration,
    // Its schemas' default for models with a ratio.
    ...(isAspectKnown ? { ratio: body.aspect_ratio ?? '16:9' } : {}),
    seed: body.seed,
    camera_fixed: body.camera_fixed ?? body.camerafixed,
    watermark: body.watermark,
    generate_audio: body.generate_audio,
  };
}

function contentOf(body: AimlapiBody) {
  const single = <Value>(value: Value | undefined): Value[] => (value === undefined ? [] : [value]);
  const media = (type: string, role: string, urls: readonly string[]) =>
    urls.map((url) => ({ type, [type]: { url: asUrl(url) }, role }));
  return [
    { type: 'text', text: body.prompt },
    ...media('image_url', 'first_frame', single(body.image_url)),
    ...media('image_url', 'last_frame', single(body.last_image_url)),
    ...media('image_url', 'reference_image', body.image_urls ?? []),
    ...media('video_url', 'reference_video', [
      ...single(body.video_url),
      ...(body.video_urls ?? []),
    ]),
    ...media('audio_url', 'reference_audio', [
      ...single(body.audio_url),
      ...(body.audio_urls ?? []),
    ]),
  ];
}

/** "A direct link to an online image or a Base64-encoded local image", with or without its type. */
function asUrl(written: string): string {
  return /^(?:https?:|data:)/u.test(written) ? written : `data:image/png;base64,${written}`;
}
