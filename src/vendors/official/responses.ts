/**
 * Responses of the official dialect. Lenient except for the status, which must be from a closed list.
 * Some fields are numbers or numeric strings; null means absent.
 * Source: BytePlus ModelArk API reference, video generation; live answers.
 */
import { z } from 'zod';

import { RESOLUTIONS, TIERS } from '../../catalogue/request.ts';
import { SECOND } from '../../clock.ts';
import { unwrapListedTask } from '../answer-envelope.ts';
import {
  itemsSchema,
  optional,
  taskAnswer,
  taskIdSchema,
  wholeSchema,
} from '../response-schemas.ts';
import { linkIn } from '../result-link.ts';
import { statusSchema } from '../status-words.ts';
import { taskStatusFrom } from '../task-status.ts';
import { usageTokensSchema } from '../usage.ts';
import type { ListedTask, TaskStatus } from '../vendor.ts';

const linkSchema = z.string().transform(linkIn);

const task = z.looseObject({
  model: optional(z.string()),
  status: statusSchema,
  content: optional(z.looseObject({ last_frame_url: optional(linkSchema) })),
  usage: usageTokensSchema,
  created_at: optional(wholeSchema),
  seed: optional(wholeSchema),
  resolution: optional(z.string().toLowerCase()),
  ratio: optional(z.string()),
  duration: optional(wholeSchema),
  frames: optional(wholeSchema),
  service_tier: optional(z.enum(TIERS)),
  draft_task_id: optional(taskIdSchema),
  execution_expires_after: optional(wholeSchema),
});

type Task = z.infer<typeof task>;

export const taskStatusSchema = taskAnswer(task.transform(statusOf));

/** A page of the list. Items are parsed one by one, so that an invalid one does not hide the others. */
export const listSchema = itemsSchema.transform(({ items, total }) => ({
  items,
  total: optional(wholeSchema).parse(total),
}));

export const listedTaskSchema = listedTask(
  task
    .extend({
      id: taskIdSchema,
      model: z.string(),
      created_at: wholeSchema,
      // A search needs the task only, so an unknown status word must not hide it.
      status: statusSchema.catch('running'),
    })
    .transform((answer): ListedTask => ({
      handle: { taskId: answer.id },
      wireModel: answer.model,
      createdAtMs: answer.created_at * SECOND,
      tier: answer.service_tier,
      expiresAfterSeconds: answer.execution_expires_after,
      seed: answer.seed,
      resolution: answer.resolution,
      ratio: answer.ratio,
      draftTaskId: answer.draft_task_id,
      status: statusOf(answer),
    })),
);

export const identifiedStatusSchema = listedTask(
  task
    .extend({ id: taskIdSchema })
    .transform((answer) => ({ taskId: answer.id, status: statusOf(answer) })),
);

function listedTask<Value>(schema: z.ZodType<Value>): z.ZodType<Value> {
  return z.preprocess(unwrapListedTask, schema);
}

function statusOf(answer: Task): TaskStatus {
  return taskStatusFrom(answer, {
    lastFrameUrl: answer.content?.last_frame_url,
    tokens: answer.usage,
    seed: answer.seed,
    resolution: RESOLUTIONS.find((resolution) => resolution === answer.resolution),
    ratio: answer.ratio,
    seconds: answer.duration,
    frames: answer.frames,
  });
}
