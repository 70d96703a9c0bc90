/** How pictures, videos and sounds get to a vendor: in the request itself, or as an address to fetch. */
import type { InputForm } from './capabilities.ts';
import { rejectBeforeSending } from './dialect.ts';
import { DataUri } from './http/body.ts';
import type { VendorRequest } from './http/http.ts';
import type { Submission, SubmissionInput } from './vendor.ts';

/** What stands for an input in a body: an address, or the file itself. */
export type EncodedInput = string | DataUri;

/**
 * What to write for an input. Opens or publishes it: call it when the body is about to be sent.
 *
 * @throws VendorError, a definite no, when an address is needed and there is none to be had
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
  // No vendor documents videos within the request.
  const isByUrl = form === 'url' || input.role === 'reference_video';
  return isByUrl ? urlOf(input, vendor) : new DataUri(input.mimeType, await input.open());
}

/** The body of a create: one that will hold pictures or sounds is built when its turn comes, any other at once. */
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
    // Publishing it failed just now; the vendor has heard nothing.
    throw rejectBeforeSending(vendor, 'INPUT_URL_UNAVAILABLE', { kind: 'unavailable', cause });
  }
  throw rejectBeforeSending(vendor, 'INPUT_URL_UNUSABLE');
}
