/**
 * Can this vendor do this request? For a model and a request that fit together by the catalogue:
 * here it is only asked what gets lost on the way to a vendor.
 */
import { CLIP_SLACK_SECONDS, type Mode } from '../catalogue/modes.ts';
import { modeOf } from '../catalogue/plan/inputs.ts';
import { countOf, describeReferences } from '../catalogue/plan/references.ts';
import { REFERENCE_ROLES, type Ratio, type VideoRequest } from '../catalogue/request.ts';
import { anyOf } from '../catalogue/wording.ts';
import { capabilitiesOf, type ModelSupport, type VendorOption } from './capabilities.ts';

export interface VendorViolation {
  /** Which part of the request stands in the way. */
  readonly topic:
    | 'model'
    | 'mode'
    | 'resolution'
    | 'ratio'
    | 'length'
    | 'references'
    | 'inputs'
    | 'prompt'
    | VendorOption;
  /** What the vendor does instead, such as `it makes 5 or 10 s of 1.0-pro, not 7 s`. */
  readonly reason: string;
}

/** @returns why the vendor cannot do the request, in words for people; undefined when it can */
export function whyUnsupported(vendor: string, request: VideoRequest): string | undefined {
  const violations = vendorViolations(vendor, request);
  return violations.length === 0 ? undefined : violations.map(({ reason }) => reason).join('; ');
}

/** Everything of a request that the vendor cannot do; empty when it can. */
export function vendorViolations(
  vendor: string,
  request: VideoRequest,
): readonly VendorViolation[] {
  const capabilities = capabilitiesOf(vendor)?.models[request.model];
  if (capabilities === undefined) {
    return [{ topic: 'model', reason: `it does not offer ${request.model}` }];
  }
  const violations = [
    modeViolation(capabilities, request),
    promptViolation(capabilities, request),
    referencesViolation(capabilities, request),
    resolutionViolation(capabilities, request),
    ratioViolation(capabilities, request),
    lengthViolation(capabilities, request),
    ...inputViolations(capabilities, request),
    ...optionViolations(capabilities, request),
  ];
  return violations.filter((violation) => violation !== undefined);
}

const MODE_WORDS = {
  text: 'text alone',
  'first-frame': 'a first frame',
  'first-and-last-frame': 'first and last frame',
  references: 'references',
} as const satisfies Record<Mode, string>;

function modeViolation(
  { modes }: ModelSupport,
  request: VideoRequest,
): VendorViolation | undefined {
  const mode = modeOf(request.inputs);
  // A final takes everything from its draft.
  if (modes === undefined || modes.includes(mode) || request.draftTaskId !== undefined) {
    return undefined;
  }
  const able = anyOf(modes.map((each) => MODE_WORDS[each]));
  return {
    topic: 'mode',
    reason: `it takes ${able} for ${request.model}, not ${MODE_WORDS[mode]}`,
  };
}

function promptViolation(
  { needsPrompt }: ModelSupport,
  { model, prompt, draftTaskId }: VideoRequest,
): VendorViolation | undefined {
  if (needsPrompt !== true || prompt !== '' || draftTaskId !== undefined) return undefined;
  return { topic: 'prompt', reason: `it needs a prompt for ${model}` };
}

function referencesViolation(
  { mostReferences }: ModelSupport,
  { model, inputs }: VideoRequest,
): VendorViolation | undefined {
  if (mostReferences === undefined) return undefined;
  const role = REFERENCE_ROLES.find((each) => countOf(inputs, each) > mostReferences[each]);
  if (role === undefined) return undefined;
  const able = describeReferences(role, mostReferences[role]);
  return {
    topic: 'references',
    reason: `it takes up to ${able} for ${model}, not ${countOf(inputs, role)}`,
  };
}

function resolutionViolation(
  { resolutions }: ModelSupport,
  { model, resolution }: VideoRequest,
): VendorViolation | undefined {
  if (resolutions === undefined || resolutions.includes(resolution)) return undefined;
  const reason = `it makes ${anyOf(resolutions)} of ${model}, not ${resolution}`;
  return { topic: 'resolution', reason };
}

function ratioViolation(
  { ratios }: ModelSupport,
  { model, ratio, inputs }: VideoRequest,
): VendorViolation | undefined {
  const able: readonly Ratio[] | undefined = ratios?.[modeOf(inputs)];
  if (able === undefined || able.includes(ratio)) return undefined;
  const reason = `it makes the ratio ${anyOf(able)} of ${model}, not ${ratio}`;
  return { topic: 'ratio', reason };
}

function lengthViolation(
  { seconds }: ModelSupport,
  { model, length }: VideoRequest,
): VendorViolation | undefined {
  if (seconds === undefined || length.unit !== 'seconds') return undefined;
  if (seconds.includes(length.seconds)) return undefined;
  const able = anyOf(seconds.map(String));
  return { topic: 'length', reason: `it makes ${able} s of ${model}, not ${length.seconds} s` };
}

/** Of inputs whose bytes have been read: what the model takes of them, but the vendor does not. */
function inputViolations(
  { canReadHeif = true, clips }: ModelSupport,
  { model, inputFacts }: VideoRequest,
): VendorViolation[] {
  if (inputFacts === undefined) return [];
  const { hasHeif, soundSeconds, videoPixels } = inputFacts;
  const reasons: string[] = [];
  if (hasHeif && !canReadHeif) {
    reasons.push(`it takes no HEIC pictures for ${model}, but JPEG and PNG`);
  }
  const mostSound = clips?.maxSoundSecondsTogether;
  if (mostSound !== undefined && soundSeconds > mostSound + CLIP_SLACK_SECONDS) {
    const seconds = Math.ceil(soundSeconds * 10) / 10;
    reasons.push(
      `it takes ${mostSound} s of reference sounds in all for ${model}, not ${seconds} s`,
    );
  }
  const area = clips?.videoPixels;
  const other = videoPixels.find(
    (pixels) => area !== undefined && (pixels < area.least || pixels > area.most),
  );
  if (area !== undefined && other !== undefined) {
    reasons.push(
      `it takes reference videos of ${area.least} to ${area.most} pixels for ${model} (1280×720 fits), not of ${other}`,
    );
  }
  return reasons.map((reason) => ({ topic: 'inputs', reason }));
}

/**
 * Wishes that an option stands for. A seed is none: where it cannot be passed on another roll is
 * made, which is what nearly everybody wants; nor is the last frame, which can be had from the file.
 */
const OPTION_CHECKS: ReadonlyArray<{
  readonly option: VendorOption;
  readonly isRequested: (request: VideoRequest) => boolean;
  readonly reason: string;
}> = [
  {
    option: 'fixed-camera',
    isRequested: (request) => request.isCameraFixed === true,
    reason: 'it cannot fix the camera',
  },
  {
    option: 'watermark',
    isRequested: (request) => request.hasWatermark,
    reason: 'it sets no watermark',
  },
  {
    option: 'audio',
    isRequested: (request) => request.hasAudio === true,
    reason: 'it makes no sound',
  },
  {
    option: 'frames',
    isRequested: (request) => request.length.unit === 'frames',
    reason: 'it makes whole seconds only',
  },
  {
    option: 'chosen-length',
    isRequested: (request) => request.length.unit === 'model-chooses',
    reason: 'it does not let the model choose the length',
  },
  {
    option: 'draft',
    isRequested: (request) => request.isDraft === true || request.draftTaskId !== undefined,
    reason: 'it makes no drafts',
  },
  {
    option: 'economy',
    isRequested: (request) => request.tier === 'flex',
    reason: 'it has no economy tier',
  },
];

function optionViolations({ options }: ModelSupport, request: VideoRequest): VendorViolation[] {
  return OPTION_CHECKS.filter(
    ({ option, isRequested }) => isRequested(request) && !options.includes(option),
  ).map(({ option, reason }) => ({ topic: option, reason: `${reason} for ${request.model}` }));
}
