/**
 * Builds the body of a create call. It contains every field that affects price or result, with the value
 * that was priced, because the vendor's defaults differ between models and change without notice.
 * Source: BytePlus ModelArk API reference, create a video generation task.
 */
import { modelOf } from '../../catalogue/models.ts';
import type { InputRole, Length, Tier, VideoRequest } from '../../catalogue/request.ts';
import { encodeInput } from '../input-encoding.ts';
import type { Submission } from '../vendor.ts';
import type { Variant } from './variants.ts';

export interface BodyRules extends Pick<Variant, 'sendsServiceTier' | 'cameraField'> {
  readonly vendor: string;
  readonly wireModel: string;
}

/**
 * Builds the body and opens the input files one by one, so call it just before sending.
 *
 * A final sends only the fields that may differ from its draft: `resolution`, `watermark`,
 * `return_last_frame`, `service_tier`, `execution_expires_after` and `safety_identifier`. Source:
 * BytePlus ModelArk, Draft mode (tutorial for 1.5 pro; page of Seedance 2.5, where the resolution can
 * only be 1080p).
 */
export async function requestBody(submission: Submission, rules: BodyRules) {
  const { request } = submission;
  return {
    model: rules.wireModel,
    content: await contentOf(submission, rules),
    resolution: request.resolution,
    ...(request.draftTaskId === undefined ? ownFields(request, rules) : {}),
    watermark: request.hasWatermark,
    return_last_frame: request.returnsLastFrame ?? true,
    ...(rules.sendsServiceTier ? tierField(request) : {}),
    execution_expires_after: submission.expiresAfterSeconds,
    safety_identifier: submission.safetyIdentifier,
  };
}

/** The fields that a final takes from its draft and must not repeat. */
function ownFields(request: VideoRequest, { cameraField }: BodyRules) {
  return {
    ratio: request.ratio,
    ...lengthFields(request.length),
    seed: request.seed,
    ...(request.isCameraFixed === undefined ? {} : { [cameraField]: request.isCameraFixed }),
    ...(request.hasAudio === undefined ? {} : { generate_audio: request.hasAudio }),
    ...(request.isDraft === undefined ? {} : { draft: request.isDraft }),
  };
}

/** Always sets the tier, so that the slow half-price tier is used only on request. */
function tierField({ model, tier }: VideoRequest): { service_tier?: Tier } {
  return modelOf(model).canUseFlex ? { service_tier: tier ?? 'default' } : {};
}

type ContentItem = Readonly<Record<string, unknown>>;

async function contentOf(
  { request, inputs }: Submission,
  { vendor }: BodyRules,
): Promise<ContentItem[]> {
  if (request.draftTaskId !== undefined) {
    return [{ type: 'draft_task', draft_task: { id: request.draftTaskId } }];
  }
  const content: ContentItem[] = [];
  if (request.prompt !== '') content.push({ type: 'text', text: request.prompt });
  for (const input of inputs) {
    const type = CONTENT_TYPES[input.role];
    // oxlint-disable-next-line no-await-in-loop -- in order
    const url = await encodeInput('data-uri', input, vendor);
    content.push({ type, [type]: { url }, role: input.role });
  }
  return content;
}

const CONTENT_TYPES = {
  first_frame: 'image_url',
  last_frame: 'image_url',
  reference_image: 'image_url',
  reference_video: 'video_url',
  reference_audio: 'audio_url',
} as const satisfies Record<InputRole, string>;

function lengthFields(length: Length): { duration: number } | { frames: number } {
  switch (length.unit) {
    case 'seconds':
      return { duration: length.seconds };
    case 'frames':
      return { frames: length.frames };
    case 'model-chooses':
      return { duration: -1 };
    default:
      return length satisfies never;
  }
}
