/**
 * Builds AI/ML API's create body: a flat object whose fields and spelling differ between models.
 * Sources: AI/ML API, Seedance 1.0 lite (image-to-video); for the other models its published schemas.
 */
import type { Mode } from '../../catalogue/modes.ts';
import { modeOf } from '../../catalogue/plan/inputs.ts';
import type { InputRole, ModelId, VideoRequest } from '../../catalogue/request.ts';
import { rejectBeforeSending } from '../dialect.ts';
import { encodeInput, type EncodedInput } from '../input-encoding.ts';
import type { Submission } from '../vendor.ts';

interface ModelFields {
  /** The suffix of the model's id for each mode. */
  readonly suffixes?: { readonly [mode in Mode]?: string };
  readonly hasRatio: boolean;
  /** `undefined` for models without the field. */
  readonly camera?: 'camera_fixed' | 'camerafixed';
  readonly hasWatermark: boolean;
}

const FIELDS: Readonly<Record<ModelId, ModelFields>> = {
  '1.5-pro': { hasRatio: true, camera: 'camera_fixed', hasWatermark: true },
  '1.0-pro-fast': { hasRatio: false, camera: 'camerafixed', hasWatermark: true },
  '1.0-pro': {
    suffixes: { text: '-t2v', 'first-frame': '-i2v', 'first-and-last-frame': '-i2v' },
    hasRatio: false,
    camera: 'camerafixed',
    hasWatermark: true,
  },
  '1.0-lite-t2v': { hasRatio: true, camera: 'camerafixed', hasWatermark: true },
  // Its own page has camera_fixed, a newer schema camerafixed.
  '1.0-lite-i2v': { hasRatio: false, camera: 'camera_fixed', hasWatermark: true },
  '2.0-fast': { hasRatio: true, hasWatermark: false },
  '2.0': { hasRatio: true, hasWatermark: true },
  '2.0-mini': { hasRatio: true, hasWatermark: true },
  '2.5': { hasRatio: true, hasWatermark: true },
};

/** Returns the complete id: 1.0 pro has one for text and one for pictures. */
function wireModelFor(stem: string, request: VideoRequest): string {
  return stem + (FIELDS[request.model].suffixes?.[modeOf(request.inputs)] ?? '');
}

export interface BodyRules {
  readonly vendor: string;
  /** The part of the id that names the model. */
  readonly stem: string;
}

/** Builds the body and opens the input files, so call it just before sending. */
export async function requestBody(submission: Submission, { vendor, stem }: BodyRules) {
  const { request } = submission;
  const fields = FIELDS[request.model];
  if (request.length.unit !== 'seconds') throw rejectBeforeSending(vendor, 'CANNOT_LENGTH');
  // Two spellings exist and validation is strict, so send only `true`; `false` is the default.
  const saysCamera = fields.camera !== undefined && request.isCameraFixed === true;
  return {
    model: wireModelFor(stem, request),
    prompt: request.prompt,
    ...(await mediaFields(submission, vendor)),
    resolution: request.resolution,
    ...(fields.hasRatio ? { aspect_ratio: request.ratio } : {}),
    duration: request.length.seconds,
    seed: request.seed,
    ...(saysCamera ? { [fields.camera]: true } : {}),
    ...(fields.hasWatermark ? { watermark: request.hasWatermark } : {}),
    ...(request.hasAudio === undefined ? {} : { generate_audio: request.hasAudio }),
  };
}

const FRAME_FIELDS: { readonly [role in InputRole]?: string } = {
  first_frame: 'image_url',
  last_frame: 'last_image_url',
};

const REFERENCE_FIELDS: { readonly [role in InputRole]?: string } = {
  reference_image: 'image_urls',
  reference_video: 'video_urls',
  reference_audio: 'audio_urls',
};

/** Builds the media fields. Base64 is documented for pictures; sounds and videos only by URL. */
async function mediaFields(
  { inputs }: Submission,
  vendor: string,
): Promise<Record<string, EncodedInput | EncodedInput[]>> {
  const media: Record<string, EncodedInput | EncodedInput[]> = {};
  for (const input of inputs) {
    const form = input.role === 'reference_audio' ? 'url' : 'data-uri';
    // oxlint-disable-next-line no-await-in-loop -- in order
    const written = await encodeInput(form, input, vendor);
    const frame = FRAME_FIELDS[input.role];
    const list = REFERENCE_FIELDS[input.role];
    if (frame !== undefined) media[frame] = written;
    if (list !== undefined) media[list] = [media[list] ?? [], written].flat();
  }
  return media;
}
