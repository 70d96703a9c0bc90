/**
 * What the official dialect answers. Lenient but for two things: the status is a closed list, and a
 * success has a video. Some fields come as numbers or as numeric strings, and null is absence.
 * Source: BytePlus ModelArk API reference, video generation; live answers.
 */
import { z } from 'zod';

import { RESOLUTIONS, TIERS } from '../../catalogue/request.ts';
import { SECOND } from '../../clock.ts';
import { optional, statusSchema, taskIdSchema, webUrlSchema, wholeSchema } from '../reading.ts';
import { reasonSchema, relayFailure } from '../relay-errors.ts';
import { usageTokensSchema } from '../usage.ts';
import type { ListedTask, TaskResult, TaskStatus } from '../vendor.ts';

const STATUSES = {
  queued: 'queued',
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  expired: 'expired',
} as const;

const task = z
  .object({
    id: taskIdSchema,
    model: optional(z.string()),
    status: statusSchema(STATUSES),
    content: optional(
      z.object({ video_url: optional(webUrlSchema), last_frame_url: optional(webUrlSchema) }),
    ),
    error: optional(reasonSchema),
    failure_reason: optional(reasonSchema),
    usage: usageTokensSchema,
    created_at: optional(wholeSchema),
    seed: optional(wholeSchema),
    resolution: optional(z.string().toLowerCase()),
    ratio: optional(z.string()),
    duration: optional(wholeSchema),
    frames: optional(wholeSchema),
    service_tier: optional(z.enum(TIERS)),
    draft_task_id: optional(z.string()),
    execution_expires_after: optional(wholeSchema),
  })
  .refine((answer) => answer.status !== 'succeeded' || answer.content?.video_url !== undefined, {
    error: 'a succeeded task whose content.video_url is no web address',
  });

type Task = z.infer<typeof task>;

export const taskStatusSchema = task.transform(statusOf);

/** A page of the list. Items are read one by one, so that an odd one does not hide the others. */
export const listSchema = z.object({
  items: z
    .array(z.unknown())
    .nullish()
    .transform((items) => items ?? []),
  total: optional(wholeSchema),
});

export const listedTaskSchema = task
  .refine((answer) => answer.model !== undefined && answer.created_at !== undefined, {
    error: 'a listed task without model or created_at',
  })
  .transform((answer): ListedTask => ({
    handle: { taskId: answer.id },
    wireModel: answer.model ?? '',
    createdAtMs: (answer.created_at ?? 0) * SECOND,
    tier: answer.service_tier,
    expiresAfterSeconds: answer.execution_expires_after,
    seed: answer.seed,
    resolution: answer.resolution,
    ratio: answer.ratio,
    draftTaskId: answer.draft_task_id,
    status: statusOf(answer),
  }));

export const identifiedStatusSchema = task.transform((answer) => ({
  taskId: answer.id,
  status: statusOf(answer),
}));

function statusOf(answer: Task): TaskStatus {
  switch (answer.status) {
    case 'queued':
    case 'running':
    case 'cancelled':
    case 'expired':
      return { status: answer.status };
    case 'failed':
      return relayFailure(answer.error ?? answer.failure_reason);
    case 'succeeded':
      return { status: 'succeeded', ...resultOf(answer) };
    default:
      return answer.status satisfies never;
  }
}

function resultOf(answer: Task): TaskResult {
  return {
    videoUrl: answer.content?.video_url ?? '',
    lastFrameUrl: answer.content?.last_frame_url,
    tokens: answer.usage,
    seed: answer.seed,
    resolution: RESOLUTIONS.find((resolution) => resolution === answer.resolution),
    ratio: answer.ratio,
    seconds: answer.duration,
    frames: answer.frames,
  };
}
