/**
 * Builds requests to Pixazo for 1.0: three routes by mode, pictures as plain URLs, and options as
 * `--flags` after the prompt. Sources: Pixazo, Seedance 1.0 Pro API documentation; the flags from the
 * Volcengine Ark API reference, "text command" parameters.
 */
import type { Mode } from '../../catalogue/modes.ts';
import { modeOf } from '../../catalogue/plan/inputs.ts';
import { normalizeText } from '../../catalogue/prompt/normalize-text.ts';
import type { Length, VideoRequest } from '../../catalogue/request.ts';
import { rejectBeforeSending } from '../dialect.ts';
import { encodeInput } from '../input-encoding.ts';
import type { Submission } from '../vendor.ts';

export interface PixazoRequest {
  readonly path: string;
  readonly json: unknown;
}

const PATHS = {
  text: '/byteplus/v1/generateVideoTask',
  'first-frame': '/byteplus/v1/generateImage2VideoTask',
  'first-and-last-frame': '/byteplus/v1/generateFrame2VideoTask',
} as const satisfies Partial<Record<Mode, string>>;

export interface RequestRules {
  readonly vendor: string;
  readonly wireModel: string;
}

/**
 * @throws a definite VendorError for a prompt with a flag that is not ours, or a picture without a URL
 */
export async function createRequest(
  { request, inputs }: Submission,
  { vendor, wireModel: model }: RequestRules,
): Promise<PixazoRequest> {
  if (holdsFlag(request.prompt)) throw rejectBeforeSending(vendor, 'FLAG_IN_PROMPT');
  const text = `${request.prompt} ${flagsOf(request)}`.trim();
  const [first = '', last = ''] = await Promise.all(
    inputs.map(async (input) => encodeInput('url', input, vendor)),
  );
  const mode = modeOf(request.inputs);
  switch (mode) {
    case 'text':
      return { path: PATHS[mode], json: { model, text } };
    case 'first-frame':
      return {
        path: PATHS[mode],
        json: {
          model,
          content: [
            { type: 'text', text },
            { type: 'image_url', image_url: first },
          ],
        },
      };
    case 'first-and-last-frame':
      return { path: PATHS[mode], json: { model, text, first_frame: first, last_frame: last } };
    case 'references':
      throw rejectBeforeSending(vendor, 'CANNOT_MODE');
    default:
      return mode satisfies never;
  }
}

/** The catalogue already removes flags, but one that remained would be billed, so check again. */
function holdsFlag(prompt: string): boolean {
  return /-{2,}\p{L}/u.test(normalizeText(prompt).text);
}

/** Returns the flags, built only from checked options, never from typed text. */
function flagsOf(request: VideoRequest): string {
  const flags = [
    ['resolution', request.resolution],
    ['ratio', request.ratio],
    lengthFlag(request.length),
    ['seed', request.seed],
    ...(request.isCameraFixed === undefined ? [] : [['camerafixed', request.isCameraFixed]]),
    ['watermark', request.hasWatermark],
  ];
  return flags.map(([name, value]) => `--${name} ${value}`).join(' ');
}

function lengthFlag(length: Length): [name: string, value: number] {
  switch (length.unit) {
    case 'seconds':
      return ['duration', length.seconds];
    case 'frames':
      return ['frames', length.frames];
    case 'model-chooses':
      return ['duration', -1];
    default:
      return length satisfies never;
  }
}
