/**
 * The final of a draft: one `draft_task` item and nothing that the draft has decided already.
 * BytePlus ModelArk, draft mode; that a field too many is refused is inferred.
 */
import { z } from 'zod';

import type { Account } from '../dialect.ts';
import { invalidParameter, notValid } from '../errors.ts';
import type { TaskRecord } from '../tasks/tasks.ts';
import { findModel } from './models.ts';
import type { VendorModel } from './models.ts';
import type { TaskOptions } from './options.ts';
import { withoutNulls } from './validate-body.ts';

const itemSchema = z.object({
  type: z.literal('draft_task'),
  draft_task: z.object({ id: z.string() }),
});
const ordersSchema = z.object({ content: z.array(z.looseObject({ type: z.string() })) });

const finalSchema = z.strictObject({
  model: z.string(),
  content: z.tuple([itemSchema]),
  resolution: z.enum(['480p', '720p', '1080p']).optional(),
  watermark: z.boolean().optional(),
  return_last_frame: z.boolean().optional(),
  service_tier: z.enum(['default', 'flex']).optional(),
  execution_expires_after: z.int().min(3_600).max(259_200).optional(),
  safety_identifier: z.string().max(64).optional(),
  callback_url: z.string().optional(),
});
type FinalBody = z.infer<typeof finalSchema>;

export interface FinalTask {
  readonly model: VendorModel;
  readonly draftTaskId: string;
  readonly options: TaskOptions;
  readonly text: string;
  readonly firstFrame: TaskRecord['firstFrame'];
  readonly lastFrame: TaskRecord['lastFrame'];
}

/**
 * @returns undefined for a create that is no final
 * @throws ArkRefusal
 */
export function finalOf(raw: unknown, account: Account): FinalTask | undefined {
  const clean = withoutNulls(raw);
  const orders = ordersSchema.safeParse(clean);
  if (!orders.success || !orders.data.content.some(({ type }) => type === 'draft_task')) {
    return undefined;
  }
  const parsed = finalSchema.safeParse(clean);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.join('.');
    throw notValid(field ?? 'content', 'a draft_task has decided it');
  }
  const body = parsed.data;
  if (body.service_tier === 'flex' && !account.dialect.hasFlex) throw notValid('service_tier');
  const id = body.content[0].draft_task.id;
  const draft = account.tasks.get(id);
  const model = findModel(account.dialect.models(account.idPrefix), draft.model, account.idPrefix);
  if (model === undefined || draft.model !== body.model) throw notValid('model');
  if (!draft.options.isDraft || draft.status !== 'succeeded') {
    throw invalidParameter('content', `the draft_task ${id} is not a draft that has succeeded`);
  }
  const { text, firstFrame, lastFrame } = draft;
  const options = optionsOf(body, draft.options, model);
  return { model, draftTaskId: id, options, text, firstFrame, lastFrame };
}

function optionsOf(body: FinalBody, draft: TaskOptions, model: VendorModel): TaskOptions {
  const resolution = body.resolution ?? model.defaultResolution;
  const [width, height] = model.pixels[resolution][draft.ratio];
  return {
    ...draft,
    resolution,
    width,
    height,
    isDraft: false,
    hasWatermark: body.watermark ?? false,
    returnsLastFrame: body.return_last_frame ?? false,
    serviceTier: body.service_tier ?? 'default',
    expiresAfterS: body.execution_expires_after ?? draft.expiresAfterS,
    safetyIdentifier: body.safety_identifier,
  };
}
