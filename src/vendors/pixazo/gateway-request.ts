/**
 * Builds requests to Pixazo's newer gateway for 2.x models: a route per model and mode, media as objects
 * with a URL, options as fields. Sources: the routes from `Pixazo-AI/skills` (skills/seedance), the
 * fields from public copies of Pixazo's Seedance page.
 */
import type { Mode } from '../../catalogue/modes.ts';
import { modeOf } from '../../catalogue/plan/inputs.ts';
import type { ModelId, ReferenceRole, VideoRequest } from '../../catalogue/request.ts';
import { CAPABILITIES } from '../capabilities.ts';
import { rejectBeforeSending } from '../dialect.ts';
import { encodeInput } from '../input-encoding.ts';
import type { Submission } from '../vendor.ts';
import type { PixazoRequest, RequestRules } from './request.ts';

/** How the paths of the models differ. */
interface Spelling {
  /** Inserted between the model and the operation. */
  readonly version: '/v1' | '';
  /** Appended to the operation. */
  readonly ending: '-fast' | '';
}

const SPELLINGS: { readonly [model in ModelId]?: Spelling } = {
  '2.0-mini': { version: '', ending: '' },
  '2.0-fast': { version: '/v1', ending: '-fast' },
  '2.0': { version: '/v1', ending: '' },
  '2.5': { version: '/v1', ending: '' },
};

const OPERATIONS: Readonly<Record<Mode, string>> = {
  text: 'text-to-video',
  'first-frame': 'first-last-frame-to-video',
  'first-and-last-frame': 'first-last-frame-to-video',
  references: 'reference-to-video',
};

const REFERENCE_KINDS = {
  reference_image: 'image_url',
  reference_video: 'video_url',
  reference_audio: 'audio_url',
} as const satisfies Record<ReferenceRole, string>;

/** Returns whether the newer gateway serves the model. */
export function isOfGateway(model: ModelId): boolean {
  return SPELLINGS[model] !== undefined;
}

/** @throws a definite VendorError when a file has no URL */
export async function createGatewayRequest(
  { request, inputs }: Submission,
  { vendor, wireModel }: RequestRules,
): Promise<PixazoRequest> {
  const spelling = SPELLINGS[request.model];
  if (spelling === undefined) throw rejectBeforeSending(vendor, 'MODEL_NOT_OFFERED');
  if (request.length.unit !== 'seconds') throw rejectBeforeSending(vendor, 'CANNOT_LENGTH');
  const operation = OPERATIONS[modeOf(request.inputs)];
  return {
    path: `/${wireModel}${spelling.version}/${operation}${spelling.ending}`,
    json: {
      content: [...textItems(request), ...(await mediaItems(inputs, vendor))],
      duration: request.length.seconds,
      ratio: request.ratio,
      resolution: request.resolution,
      ...(request.hasAudio === undefined ? {} : { generate_audio: request.hasAudio }),
      watermark: request.hasWatermark,
    },
  };
}

function textItems({ prompt }: VideoRequest) {
  return prompt === '' ? [] : [{ type: 'text', text: prompt }];
}

/**
 * With two frames, each gets its role and the first one comes first, so that both are recognised whether
 * the gateway uses roles or order. A single frame is the first frame, and references have their own
 * route, so neither needs a role.
 */
async function mediaItems(inputs: Submission['inputs'], vendor: string) {
  const hasRoles = inputs.some(({ role }) => role === 'last_frame');
  const items: object[] = [];
  for (const input of inputs) {
    const { role } = input;
    const isFrame = role === 'first_frame' || role === 'last_frame';
    const kind = isFrame ? 'image_url' : REFERENCE_KINDS[role];
    // oxlint-disable-next-line no-await-in-loop -- published one after another, in the order given
    const url = await encodeInput(CAPABILITIES.pixazo.inputsAs, input, vendor);
    items.push({ type: kind, [kind]: { url }, ...(hasRoles ? { role } : {}) });
  }
  return items;
}
