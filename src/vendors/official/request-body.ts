/**
 * The body of a create call. Every field that changes price or result is there, with the value that
 * was priced: the vendor's defaults differ from model to model and change without notice.
 * Source: BytePlus ModelArk API reference, create a video generation task.
 */
import { modelOf } from '../../catalogue/models.ts';
import type { Length } from '../../catalogue/request.ts';
import type { Submission, SubmissionInput } from '../vendor.ts';

export interface BodyVariation {
  readonly wireModel: string;
  /** Whether `service_tier` is known to this vendor. */
  readonly sendsServiceTier: boolean;
}

type ContentItem =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'image_url';
      readonly image_url: { readonly url: string };
      readonly role: SubmissionInput['role'];
    };

/** Reads the pictures, one after the other: call it when the body is about to be sent, not before. */
export async function requestBody(submission: Submission, variation: BodyVariation) {
  const { request } = submission;
  return {
    model: variation.wireModel,
    content: await contentOf(submission),
    resolution: request.resolution,
    ratio: request.ratio,
    ...lengthFields(request.length),
    seed: request.seed,
    ...(request.isCameraFixed === undefined ? {} : { camera_fixed: request.isCameraFixed }),
    ...(request.hasAudio === undefined ? {} : { generate_audio: request.hasAudio }),
    watermark: request.hasWatermark,
    return_last_frame: request.returnsLastFrame ?? true,
    ...(request.isDraft === undefined ? {} : { draft: request.isDraft }),
    // Half price and hours of waiting are an option of their own, never an accident.
    ...(variation.sendsServiceTier && modelOf(request.model).canUseFlex
      ? { service_tier: request.tier ?? 'default' }
      : {}),
    execution_expires_after: submission.expiresAfterSeconds,
    safety_identifier: submission.safetyIdentifier,
  };
}

async function contentOf({ request, inputs }: Submission): Promise<ContentItem[]> {
  const content: ContentItem[] = [];
  if (request.prompt !== '') content.push({ type: 'text', text: request.prompt });
  for (const input of inputs) {
    // oxlint-disable-next-line no-await-in-loop -- one picture in memory beside the body, not all
    const url = await dataUri(input);
    content.push({ type: 'image_url', image_url: { url }, role: input.role });
  }
  return content;
}

/** The format in a data URI has to be lower case. */
async function dataUri(input: SubmissionInput): Promise<string> {
  const bytes = await input.read();
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return `data:${input.mimeType.toLowerCase()};base64,${base64}`;
}

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
