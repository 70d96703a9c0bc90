/** How pictures, videos and sounds get to a vendor: in the request itself, or as a URL to fetch. */
import type { InputForm } from './capabilities.ts';
import { rejectBeforeSending } from './dialect.ts';
import { DataUri } from './http/body.ts';
import type { VendorRequest } from './http/http.ts';
import type { Submission, SubmissionInput } from './vendor.ts';

/** An input in a body: a URL, or the file itself. */
export type EncodedInput = string | DataUri;

/**
 * Encodes an input for a body. Opens or publishes it, so call it just before sending.
 *
 * @throws a definite VendorError when a URL is needed and none is available
 */
export async function encodeInput(
  form: 'url',
  input: SubmissionInput,
  vendor: string,
): Promise<string>;
export async function encodeInput(
  form: InputForm,
  input: SubmissionInput,
  vendor: string,
): Promise<EncodedInput>;
export async function encodeInput(
  form: InputForm,
  input: SubmissionInput,
  vendor: string,
): Promise<EncodedInput> {
  // No vendor documents videos in the request itself.
  const isByUrl = form === 'url' || input.role === 'reference_video';
  return isByUrl ? urlOf(input, vendor) : new DataUri(input.mimeType, await input.open());
}

/** Returns the body of a create. A body with pictures or sounds is built when it can be sent, any other at once. */
export async function bodyOf(
  form: InputForm,
  { inputs }: Pick<Submission, 'inputs'>,
  build: () => Promise<unknown>,
): Promise<Pick<VendorRequest<unknown>, 'json' | 'largeJson'>> {
  const isLarge = form === 'data-uri' && inputs.some(({ role }) => role !== 'reference_video');
  return isLarge ? { largeJson: build } : { json: await build() };
}

async function urlOf(input: SubmissionInput, vendor: string): Promise<string> {
  if (input.url === undefined) throw rejectBeforeSending(vendor, 'INPUT_WITHOUT_URL');
  try {
    const url = new URL(await input.url());
    if (url.protocol === 'https:' || url.protocol === 'http:') return url.href;
  } catch (cause) {
    // Publishing the file failed; nothing was sent to the vendor.
    throw rejectBeforeSending(vendor, 'INPUT_URL_UNAVAILABLE', { kind: 'unavailable', cause });
  }
  throw rejectBeforeSending(vendor, 'INPUT_URL_UNUSABLE');
}
