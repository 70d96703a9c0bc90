/**
 * The final of a draft: one `draft_task` item and no field that the draft has already decided. The
 * fields are listed in `drafts.ts`. BytePlus ModelArk, Draft mode (Seedance 2.5, and the tutorial).
 */
import { z } from 'zod';

import type { Account } from '../dialect.ts';
import { ArkRefusal, invalidParameter, modelNotFound, notValid } from '../errors.ts';
import type { TaskRecord } from '../tasks/tasks.ts';
import type { Drafts } from './drafts.ts';
import { findModel, type VendorModel } from './models.ts';
import { DEFAULT_EXPIRY_S, type TaskOptions } from './options.ts';
import { withoutNulls } from './validate-body.ts';

const itemSchema = z.object({
  type: z.literal('draft_task'),
  draft_task: z.object({ id: z.string() }),
});
const ordersSchema = z.object({ content: z.array(z.looseObject({ type: z.string() })) });

const finalSchema = z.object({
  model: z.string(),
  content: z.tuple([itemSchema]),
  draft: z.literal(false).optional(),
  resolution: z.string().optional(),
  watermark: z.boolean().optional(),
  return_last_frame: z.boolean().optional(),
  service_tier: z.enum(['default', 'flex']).optional(),
  execution_expires_after: z.int().min(3_600).max(259_200).optional(),
  priority: z.int().min(0).max(9).optional(),
  output_format: z.enum(['mp4', 'mov']).optional(),
  safety_identifier: z.string().max(64).optional(),
  callback_url: z.string().optional(),
});
type FinalBody = z.infer<typeof finalSchema>;

/** Fields that define the video: a final may name those of `Drafts.finalFields` and no others. */
const DECIDING_FIELDS = [
  'ratio',
  'duration',
  'frames',
  'seed',
  'camera_fixed',
  'generate_audio',
  'omni_reference_task_type',
  'draft',
  'output_format',
  'priority',
  'tools',
] as const;

export interface FinalTask {
  readonly model: VendorModel;
  readonly draftTaskId: string;
  readonly options: TaskOptions;
  readonly text: string;
  readonly firstFrame: TaskRecord['firstFrame'];
  readonly lastFrame: TaskRecord['lastFrame'];
}

/**
 * @returns undefined for a create call that is not a final
 * @throws ArkRefusal; 404 for a draft that the account no longer keeps, which is older than 7 days
 */
export function finalOf(raw: unknown, account: Account, nowMs: number): FinalTask | undefined {
  const clean = withoutNulls(raw);
  const orders = ordersSchema.safeParse(clean);
  if (!orders.success || !orders.data.content.some(({ type }) => type === 'draft_task')) {
    return undefined;
  }
  const body = readBody(clean);
  if (body.service_tier === 'flex' && !account.dialect.hasFlex) throw notValid('service_tier');
  const id = body.content[0].draft_task.id;
  const draft = account.tasks.get(id);
  const { dialect, idPrefix } = account;
  const model = findModel(dialect.models(idPrefix, nowMs), draft.model, idPrefix);
  if (draft.model !== body.model) throw notValid('model');
  if (model === undefined) throw modelNotFound(body.model);
  if (model.drafts === undefined) throw notValid('model');
  checkFields(clean, body, { model, drafts: model.drafts });
  if (!draft.options.isDraft || draft.status !== 'succeeded') {
    throw invalidParameter('content', `the draft_task ${id} is not a draft that has succeeded`);
  }
  const { text, firstFrame, lastFrame } = draft;
  const options = optionsOf(body, draft.options, { model, drafts: model.drafts });
  return { model, draftTaskId: id, options, text, firstFrame, lastFrame };
}

function readBody(clean: unknown): FinalBody {
  const parsed = finalSchema.safeParse(clean);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join('.') ?? '';
  throw refuseDecided(field === '' ? 'content' : field);
}

interface DraftModel {
  readonly model: VendorModel;
  readonly drafts: Drafts;
}

function checkFields(clean: unknown, body: FinalBody, { model, drafts }: DraftModel): void {
  const given = z.record(z.string(), z.unknown()).parse(clean);
  const forbidden = DECIDING_FIELDS.filter((field) => !drafts.finalFields.includes(field));
  const field = forbidden.find((each) => given[each] !== undefined);
  if (field !== undefined) throw refuseDecided(field);
  const { resolution } = body;
  if (resolution !== undefined && !drafts.finals.some((final) => final === resolution)) {
    throw notValid('resolution', `a final of it is ${drafts.finals.join(', ')}`);
  }
  // Models without `service_tier` do not support `flex` (InvalidParameter.UnsupportedParameter).
  if (body.service_tier === 'flex' && model.refuses.includes('service_tier')) {
    throw new ArkRefusal({
      status: 400,
      code: 'InvalidParameter.UnsupportedParameter',
      param: 'service_tier',
      message: 'The parameter service_tier flex is not supported for this model.',
    });
  }
}

function refuseDecided(field: string): ArkRefusal {
  return notValid(field, 'the draft_task has decided it');
}

/** An omitted field has the model’s default, never the draft’s value. */
function optionsOf(
  body: FinalBody,
  draft: TaskOptions,
  { model, drafts }: DraftModel,
): TaskOptions {
  const resolution =
    drafts.finals.find((final) => final === body.resolution) ??
    drafts.finals[0] ??
    model.defaultResolution;
  const [width, height] = model.pixels[resolution][draft.ratio];
  return {
    ...draft,
    resolution,
    width,
    height,
    isDraft: false,
    billedTenths: 10,
    hasWatermark: body.watermark ?? false,
    returnsLastFrame: body.return_last_frame ?? false,
    serviceTier: body.service_tier ?? 'default',
    expiresAfterS: body.execution_expires_after ?? DEFAULT_EXPIRY_S,
    priority: body.priority ?? 0,
    outputFormat: body.output_format ?? 'mp4',
    safetyIdentifier: body.safety_identifier,
  };
}
