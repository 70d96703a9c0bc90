/**
 * The vendor’s checks of a create call before it accepts the task. Only one fault is reported, whatever
 * else is wrong; unknown top-level fields are ignored; `null` counts as absent. Rules and texts:
 * BytePlus ModelArk, create a video generation task, and its error codes.
 */
import { z } from 'zod';

import { invalidParameter, missingParameter, modelNotFound, notValid } from '../errors.ts';
import { readContent, type Content } from './content.ts';
import { flagsIn, type FlagOptions } from './flags.ts';
import {
  FIXED_RATIOS,
  findModel,
  wireName,
  type Mode,
  type OptionalField,
  type VendorModel,
} from './models.ts';

const bodySchema = z.object({
  model: z.string(),
  content: z.array(z.unknown()).min(1),
  callback_url: z.string().optional(),
  return_last_frame: z.boolean().optional(),
  service_tier: z.string().optional(),
  execution_expires_after: z.int().optional(),
  generate_audio: z.boolean().optional(),
  draft: z.boolean().optional(),
  tools: z.array(z.unknown()).optional(),
  safety_identifier: z.string().optional(),
  priority: z.int().optional(),
  resolution: z.string().optional(),
  ratio: z.string().optional(),
  duration: z.int().optional(),
  frames: z.int().optional(),
  seed: z.int().optional(),
  camera_fixed: z.boolean().optional(),
  watermark: z.boolean().optional(),
  output_format: z.string().optional(),
  omni_reference_task_type: z.string().optional(),
});
export type Body = z.infer<typeof bodySchema>;

export interface AcceptedBody {
  readonly model: VendorModel;
  readonly content: Content;
  /** Fields and flags together, all within range, `resolution` in lower case. */
  readonly fields: Body;
}

export interface BodyRules {
  readonly models: readonly VendorModel[];
  readonly idPrefix: string;
  /** Whether `service_tier` may be `flex`. */
  readonly hasFlex: boolean;
  /** Which takes precedence when a field and a flag differ; the vendor documents neither. */
  readonly precedence: 'flags' | 'body';
}

/** @throws ArkRefusal */
export function validateBody(raw: unknown, rules: BodyRules): AcceptedBody {
  const body = parseBody(raw);
  const model = findModel(rules.models, body.model, rules.idPrefix);
  if (model === undefined) throw modelNotFound(body.model);
  const content = readContent(body.content);
  const subject = { model, mode: content.mode, name: wireName(model, rules.idPrefix) };
  if (!model.modes.includes(content.mode)) {
    throw invalidParameter(
      'content',
      `the specified task_type ${content.mode} does not support model ${subject.name}`,
    );
  }
  checkReferences(content, subject);
  checkUnsupported(body, subject);
  if (body.service_tier === 'flex' && !rules.hasFlex) throw notValid('service_tier');
  checkFields(body, subject);
  const flags = usableFlags(flagsIn(content.text), subject);
  checkLooks(flags, subject, 'contents[0].text.');
  const fields =
    rules.precedence === 'flags'
      ? { ...body, ...flags }
      : { ...body, ...flags, ...withoutUndefined(body) };
  return {
    model,
    content,
    fields: { ...fields, resolution: fields.resolution?.toLowerCase() },
  };
}

interface Subject {
  readonly model: VendorModel;
  readonly mode: Mode;
  readonly name: string;
}

function parseBody(raw: unknown): Body {
  const clean = withoutNulls(raw);
  const parsed = bodySchema.safeParse(clean);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path ?? [];
  const param = path.join('.');
  const isMissing = z.record(z.string(), z.unknown()).safeParse(clean).data?.[param] === undefined;
  throw isMissing ? missingParameter(param === '' ? 'model' : param) : notValid(param);
}

export function withoutNulls(value: unknown): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutNulls(part)]));
}

function withoutUndefined(body: Body): Partial<Body> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

function checkReferences(
  { images, videos, audios }: Content,
  { model, mode, name }: Subject,
): void {
  if (mode !== 'r2v') return;
  const { maxReferences, clipLimits } = model;
  const counts = [
    ['image', images.length, maxReferences.images],
    ['video', videos.length, maxReferences.clips],
    ['audio', audios.length, maxReferences.clips],
  ] as const;
  const over = counts.find(([, count, most]) => count > most);
  if (over === undefined) {
    if (clipLimits.canBeSoundAlone || images.length + videos.length > 0) return;
    throw invalidParameter('content', 'reference_audio cannot be the only reference input');
  }
  const [kind, count, most] = over;
  throw invalidParameter(
    'content',
    `expected at most ${most} reference ${kind} contents but got ${count} instead for model ${name} in ${mode}`,
  );
}

function checkUnsupported(body: Body, { model, mode, name }: Subject): void {
  const isLimited = mode === 'r2v' && model.referencesAreLimited;
  const refuses: readonly OptionalField[] = [
    ...model.refuses,
    ...(isLimited ? ['camera_fixed' as const] : []),
  ];
  const refused = refuses.find((field) => body[field] !== undefined);
  if (refused === undefined) return;
  throw invalidParameter(
    refused,
    `the specified parameter \`${refused}\` is not supported for model ${name} in ${mode}, must be empty`,
  );
}

/** The rules of each single field; their order decides which of several faults is reported. */
function checkFields(body: Body, subject: Subject): void {
  const { model } = subject;
  checkLooks(body, subject, '');
  if (body.frames !== undefined) checkFrames(body.frames, subject);
  checkRange('seed', body.seed, [-1, MAX_SEED], subject);
  // Measured on ModelArk: 2.x does not apply the lower bound.
  const least = model.refuses.includes('service_tier') ? 0 : MIN_EXPIRY_S;
  checkRange(
    'execution_expires_after',
    body.execution_expires_after,
    [least, MAX_EXPIRY_S],
    subject,
  );
  checkRange('priority', body.priority, [0, 9], subject);
  if ((body.safety_identifier ?? '').length > 64) throw notValid('safety_identifier');
  // 1.0 accepts any word (measured); 1.5 follows its documentation.
  if (model.hasAudio && !isOneOf(body.service_tier, ['default', 'flex'])) {
    throw notValid('service_tier');
  }
  if (!isOneOf(body.output_format, ['mp4', 'mov'])) throw notValid('output_format');
  if (!isOneOf(body.omni_reference_task_type, ['auto', 'reference', 'edit', 'extend'])) {
    throw notValid('omni_reference_task_type');
  }
  if (body.draft === true) checkDraft(body, subject);
}

const MIN_EXPIRY_S = 3_600;
const MAX_EXPIRY_S = 259_200;
/** The newest page’s bound; older ones say 2^32-1. The narrow one, because a client must satisfy both. */
const MAX_SEED = 2_147_483_647;

/** Resolution, ratio and length: the options of both fields and flags. */
function checkLooks(
  looks: Pick<Body, 'resolution' | 'ratio' | 'duration'>,
  subject: Subject,
  path: string,
): void {
  const { model, name, mode } = subject;
  const { resolution, ratio, duration } = looks;
  const isLimited = mode === 'r2v' && model.referencesAreLimited;
  const resolutions: readonly string[] = model.resolutions.filter(
    (each) => !isLimited || each !== '1080p',
  );
  if (resolution !== undefined && !resolutions.includes(resolution.toLowerCase())) {
    throw invalidParameter(
      `${path}resolution`,
      `the parameter resolution specified in the request is not valid for model ${name} in ${mode}`,
    );
  }
  if (ratio !== undefined && !ratiosFor(subject).includes(ratio)) {
    throw invalidParameter(
      `${path}ratio`,
      `the parameter ratio specified in the request is not valid for model ${name} in ${mode}`,
    );
  }
  if (duration === -1 && model.takesChosenLength) return;
  checkRange('duration', duration, [model.minSeconds, model.maxSeconds], { ...subject, path });
}

function ratiosFor({ model, mode }: Subject): readonly string[] {
  // 2.5 accepts only the frame’s own ratio.
  if (model.defaultSeconds === -1 && (mode === 'i2v' || mode === 'flf2v')) return ['adaptive'];
  const isFixed =
    (mode === 't2v' && !model.textRatioIsAdaptive) ||
    (mode === 'r2v' && model.referencesAreLimited);
  return isFixed ? FIXED_RATIOS : [...FIXED_RATIOS, 'adaptive'];
}

function checkFrames(frames: number, subject: Subject): void {
  checkRange('frames', frames, [29, 289], subject);
  if (!isFrameCount(frames)) throw notValid('frames', 'it must fit the format 25 + 4n');
}

function isFrameCount(frames: number): boolean {
  return frames >= 29 && frames <= 289 && (frames - 25) % 4 === 0;
}

function checkDraft(body: Body, { name, mode }: Subject): void {
  const fault = (param: string, words: string) =>
    invalidParameter(
      param,
      `the parameter ${param} specified in the request ${words} when draft is true for model ${name} in ${mode}`,
    );
  const resolution = body.resolution?.toLowerCase() ?? '480p';
  if (resolution !== '480p') throw fault('resolution', 'must be 480p');
  if (body.return_last_frame === true) throw fault('return_last_frame', 'must be false');
  if (body.service_tier === 'flex') throw fault('service_tier', 'must be default');
}

function checkRange(
  param: string,
  value: number | undefined,
  [least, most]: readonly [number, number],
  { name, mode, path = '' }: Subject & { readonly path?: string },
): void {
  if (value === undefined || (value >= least && value <= most)) return;
  const bound =
    value < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
  throw invalidParameter(
    `${path}${param}`,
    `the parameter ${param} specified in the request must be ${bound} for model ${name} in ${mode}`,
  );
}

function isOneOf(value: string | undefined, words: readonly string[]): boolean {
  return value === undefined || words.includes(value);
}

/** Flags that the model does not support are ignored, like unknown ones. */
function usableFlags(flags: FlagOptions, subject: Subject): FlagOptions {
  const { refuses } = subject.model;
  const usable = { ...flags };
  if (usable.ratio !== undefined && !ratiosFor(subject).includes(usable.ratio)) delete usable.ratio;
  if (usable.seed !== undefined && (usable.seed < -1 || usable.seed > MAX_SEED)) delete usable.seed;
  if (refuses.includes('camera_fixed')) delete usable.camera_fixed;
  if (usable.frames !== undefined && (refuses.includes('frames') || !isFrameCount(usable.frames))) {
    delete usable.frames;
  }
  return usable;
}
