/**
 * Checks a request against a vendor's capabilities. The model and the request already fit together; this
 * finds only what the vendor does not pass on.
 */
import { CLIP_SLACK_SECONDS } from '../catalogue/modes.ts';
import { describeMode } from '../catalogue/plan/check-inputs.ts';
import { modeOf } from '../catalogue/plan/inputs.ts';
import { countOf, describeReferences } from '../catalogue/plan/references.ts';
import { REFERENCE_ROLES, type Ratio, type VideoRequest } from '../catalogue/request.ts';
import type { TextKey } from '../text/resources.ts';
import { text, type Text, type TextList } from '../text/text.ts';
import { capabilitiesOf, type ModelSupport, type VendorOption } from './capabilities.ts';

export interface VendorViolation {
  /** The part of the request that the vendor does not support. */
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
  /** What the vendor supports instead, such as `1.0-pro makes 5 or 10 s, not 7 s`. */
  readonly reason: Text;
}

/** @returns why the vendor does not support the request; undefined if it does */
export function whyUnsupported(vendor: string, request: VideoRequest): TextList | undefined {
  const violations = vendorViolations(vendor, request);
  if (violations.length === 0) return undefined;
  return { clauses: violations.map(({ reason }) => reason) };
}

/** Returns everything in the request that the vendor does not support; empty if it fits. */
export function vendorViolations(
  vendor: string,
  request: VideoRequest,
): readonly VendorViolation[] {
  const { model } = request;
  const capabilities = capabilitiesOf(vendor)?.models[model];
  if (capabilities === undefined) {
    return [{ topic: 'model', reason: text('plan:notOffered', { model }) }];
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

function modeViolation(
  { modes }: ModelSupport,
  { model, inputs, draftTaskId }: VideoRequest,
): VendorViolation | undefined {
  const mode = modeOf(inputs);
  // A final takes its inputs and options from its draft.
  if (modes === undefined || modes.includes(mode) || draftTaskId !== undefined) return undefined;
  const can = { anyOf: modes.map(describeMode) };
  return { topic: 'mode', reason: text('plan:takes', { model, can, asked: describeMode(mode) }) };
}

function promptViolation(
  { needsPrompt }: ModelSupport,
  { model, prompt, draftTaskId }: VideoRequest,
): VendorViolation | undefined {
  if (needsPrompt !== true || prompt !== '' || draftTaskId !== undefined) return undefined;
  return { topic: 'prompt', reason: text('plan:needsPrompt', { model }) };
}

function referencesViolation(
  { mostReferences }: ModelSupport,
  { model, inputs }: VideoRequest,
): VendorViolation | undefined {
  if (mostReferences === undefined) return undefined;
  const role = REFERENCE_ROLES.find((each) => countOf(inputs, each) > mostReferences[each]);
  if (role === undefined) return undefined;
  const most = mostReferences[role];
  const asked = describeReferences(role, countOf(inputs, role));
  return { topic: 'references', reason: text('plan:tooMany', { model, most, asked }) };
}

function resolutionViolation(
  { resolutions }: ModelSupport,
  { model, resolution }: VideoRequest,
): VendorViolation | undefined {
  if (resolutions === undefined || resolutions.includes(resolution)) return undefined;
  const can = { anyOf: resolutions };
  return { topic: 'resolution', reason: text('plan:makes', { model, can, asked: resolution }) };
}

function ratioViolation(
  { ratios }: ModelSupport,
  { model, ratio, inputs }: VideoRequest,
): VendorViolation | undefined {
  const mode = modeOf(inputs);
  const able: readonly Ratio[] | undefined = ratios?.[mode];
  if (able === undefined || able.includes(ratio)) return undefined;
  const facts = { model, can: { anyOf: able }, mode: describeMode(mode), asked: ratio };
  return { topic: 'ratio', reason: text('plan:ratioWith', facts) };
}

function lengthViolation(
  { seconds }: ModelSupport,
  { model, length }: VideoRequest,
): VendorViolation | undefined {
  if (seconds === undefined || length.unit !== 'seconds') return undefined;
  if (seconds.includes(length.seconds)) return undefined;
  const can = text('common:seconds', { seconds: { anyOf: seconds } });
  const asked = text('common:seconds', { seconds: length.seconds });
  return { topic: 'length', reason: text('plan:makes', { model, can, asked }) };
}

/** Checks the measured inputs: what the model accepts but the vendor does not. */
function inputViolations(
  { canReadHeif = true, clips }: ModelSupport,
  { model, inputFacts }: VideoRequest,
): VendorViolation[] {
  if (inputFacts === undefined) return [];
  const { hasHeif, soundSeconds, videoPixels } = inputFacts;
  const reasons: Text[] = [];
  if (hasHeif && !canReadHeif) reasons.push(text('plan:noHeic', { model }));
  const mostSound = clips?.maxSoundSecondsTogether;
  if (mostSound !== undefined && soundSeconds > mostSound + CLIP_SLACK_SECONDS) {
    const seconds = Math.ceil(soundSeconds * 10) / 10;
    reasons.push(text('plan:soundTogether', { model, most: mostSound, seconds }));
  }
  const area = clips?.videoPixels;
  const other = videoPixels.find(
    (pixels) => area !== undefined && (pixels < area.least || pixels > area.most),
  );
  if (area !== undefined && other !== undefined) {
    const { least, most } = area;
    reasons.push(text('plan:videoPixels', { model, least, most, pixels: other }));
  }
  return reasons.map((reason) => ({ topic: 'inputs', reason }));
}

/**
 * What requests an option. The seed is not checked, because without it the vendor makes another video,
 * which most members want anyway; nor is the last frame, which can be extracted from the file.
 */
const OPTION_CHECKS: ReadonlyArray<{
  readonly option: VendorOption;
  readonly isRequested: (request: VideoRequest) => boolean;
  readonly reason: TextKey;
}> = [
  {
    option: 'fixed-camera',
    isRequested: (request) => request.isCameraFixed === true,
    reason: 'plan:noFixedCamera',
  },
  {
    option: 'watermark',
    isRequested: (request) => request.hasWatermark,
    reason: 'plan:noWatermark',
  },
  {
    option: 'audio',
    isRequested: (request) => request.hasAudio === true,
    reason: 'plan:noSound',
  },
  {
    option: 'frames',
    isRequested: (request) => request.length.unit === 'frames',
    reason: 'plan:wholeSecondsOnly',
  },
  {
    option: 'chosen-length',
    isRequested: (request) => request.length.unit === 'model-chooses',
    reason: 'plan:noChosenLength',
  },
  {
    option: 'draft',
    isRequested: (request) => request.isDraft === true || request.draftTaskId !== undefined,
    reason: 'plan:noDrafts',
  },
  {
    option: 'economy',
    isRequested: (request) => request.tier === 'flex',
    reason: 'plan:noEconomy',
  },
];

function optionViolations({ options }: ModelSupport, request: VideoRequest): VendorViolation[] {
  const { model } = request;
  return OPTION_CHECKS.filter(
    ({ option, isRequested }) => isRequested(request) && !options.includes(option),
  ).map(({ option, reason }) => ({ topic: option, reason: text(reason, { model }) }));
}
