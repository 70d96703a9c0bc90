/**
 * Builds kyyAiPower's create body. Its model ids include what determines the price: the resolution for
 * 1.5, which is billed per second, and the length for 2.0, which is billed per video.
 * Source: kyyAiPower, Seedance create video task.
 */
import type { InputRole, Length, VideoRequest } from '../../catalogue/request.ts';
import { CAPABILITIES } from '../capabilities.ts';
import { rejectBeforeSending } from '../dialect.ts';
import { encodeInput, type EncodedInput } from '../input-encoding.ts';
import type { Submission } from '../vendor.ts';

/** The lengths of 2.0, in seconds, and their id suffixes. */
const LENGTH_SUFFIXES = [
  { least: 4, most: 5, suffix: '4s_5s' },
  { least: 6, most: 10, suffix: '6s_10s' },
  { least: 11, most: 15, suffix: '11s_15s' },
] as const;

/**
 * Returns the complete id, such as `seedance_1_5_pro_720p` or `seedance_2_0_6s_10s`.
 *
 * @param stem the part that names the model
 * @returns undefined for a length without an id
 */
export function wireModelFor(stem: string, request: VideoRequest): string | undefined {
  if (request.model !== '2.0') return `${stem}_${request.resolution}`;
  const { length } = request;
  if (length.unit !== 'seconds') return undefined;
  const { seconds } = length;
  const bucket = LENGTH_SUFFIXES.find(({ least, most }) => seconds >= least && seconds <= most);
  return bucket && `${stem}_${bucket.suffix}`;
}

export interface BodyRules {
  readonly vendor: string;
  /** The part of the id that names the model. */
  readonly stem: string;
}

/** @throws a definite VendorError when a picture has no URL */
export async function requestBody({ request, inputs }: Submission, { vendor, stem }: BodyRules) {
  const model = wireModelFor(stem, request);
  if (model === undefined) throw rejectBeforeSending(vendor, 'CANNOT_LENGTH');
  // "Audio generation is only supported by Seedance 1.5 pro series."
  const isSoundSaid = request.model === '1.5-pro' && request.hasAudio !== undefined;
  return {
    model,
    content: [{ type: 'text', text: request.prompt }, ...(await imageItems(inputs, vendor))],
    ratio: request.ratio,
    duration: durationOf(request.length),
    ...(isSoundSaid ? { generate_audio: request.hasAudio } : {}),
  };
}

async function imageItems(inputs: Submission['inputs'], vendor: string) {
  const items: Array<{ type: 'image_url'; image_url: { url: EncodedInput }; role: InputRole }> = [];
  for (const input of inputs) {
    // oxlint-disable-next-line no-await-in-loop -- in order
    const url = await encodeInput(CAPABILITIES.kyyaipower.inputsAs, input, vendor);
    items.push({ type: 'image_url', image_url: { url }, role: input.role });
  }
  return items;
}

function durationOf(length: Length): number | undefined {
  return length.unit === 'seconds' ? length.seconds : -1;
}
