/**
 * What the official dialect answers. Lenient but for two things: the status is a closed list, and a
 * success has a video. Some fields come as numbers or as numeric strings, and null is absence.
 * Source: BytePlus ModelArk API reference, video generation; live answers.
 */
import { z } from 'zod';

import { RESOLUTIONS } from '../../catalogue/request.ts';
import { SECOND } from '../../clock.ts';
import { safeCode, taskFailureKind } from '../error-policy.ts';
import type { ListedTask, TaskResult, TaskStatus } from '../vendor.ts';

const STATUSES = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'] as const;

const status = z.enum(STATUSES, { error: ({ input }) => `unknown status ${asWord(input)}` });

/** An optional field; what cannot be read is taken as absent, for no video is withheld over an echo. */
function optional<Value>(schema: z.ZodType<Value>) {
  return schema
    .nullish()
    .transform((value) => value ?? undefined)
    .catch(undefined);
}

const whole = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

const failureReason = z.union([
  z.object({ code: z.string().optional(), message: z.string().nullish().catch(undefined) }),
  z.string().transform((message) => ({ code: undefined, message })),
]);

const taskId = z.string().min(1).max(200);

const task = z
  .object({
    id: taskId,
    model: optional(z.string()),
    status,
    content: optional(
      z.object({ video_url: optional(z.string()), last_frame_url: optional(z.string()) }),
    ),
    error: optional(failureReason),
    failure_reason: optional(failureReason),
    usage: optional(z.object({ completion_tokens: optional(whole) })),
    created_at: optional(whole),
    seed: optional(whole),
    resolution: optional(z.string().toLowerCase()),
    ratio: optional(z.string()),
    duration: optional(whole),
    frames: optional(whole),
    execution_expires_after: optional(whole),
  })
  .refine((answer) => answer.status !== 'succeeded' || answer.content?.video_url !== undefined, {
    error: 'a succeeded task without content.video_url',
  });

type Task = z.infer<typeof task>;

export const createdSchema = z.object({ id: taskId });

export const taskStatusSchema = task.transform(statusOf);

/** A page of the list. Items are read one by one, so that an odd one does not hide the others. */
export const listSchema = z.object({
  items: z
    .array(z.unknown())
    .nullish()
    .transform((items) => items ?? []),
  total: optional(whole),
});

export const listedTaskSchema = task
  .refine((answer) => answer.model !== undefined && answer.created_at !== undefined, {
    error: 'a listed task without model or created_at',
  })
  .transform((answer): ListedTask => ({
    handle: { taskId: answer.id },
    wireModel: answer.model ?? '',
    createdAtMs: (answer.created_at ?? 0) * SECOND,
    expiresAfterSeconds: answer.execution_expires_after,
    seed: answer.seed,
    resolution: answer.resolution,
    ratio: answer.ratio,
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
      return failureOf(answer);
    case 'succeeded':
      return { status: 'succeeded', ...resultOf(answer) };
    default:
      return answer.status satisfies never;
  }
}

function failureOf(answer: Task): TaskStatus {
  const reason = answer.error ?? answer.failure_reason;
  const code = safeCode(reason?.code) ?? 'unknown';
  return { status: 'failed', kind: taskFailureKind(code, reason?.message ?? ''), code };
}

function resultOf(answer: Task): TaskResult {
  return {
    videoUrl: answer.content?.video_url ?? '',
    lastFrameUrl: answer.content?.last_frame_url,
    tokens: answer.usage?.completion_tokens,
    seed: answer.seed,
    resolution: RESOLUTIONS.find((resolution) => resolution === answer.resolution),
    ratio: answer.ratio,
    seconds: answer.duration,
    frames: answer.frames,
  };
}

/** A vendor's word for the log, if it is one word. */
function asWord(input: unknown): string {
  return typeof input === 'string' && /^[a-z_]{1,32}$/i.test(input) ? `"${input}"` : typeof input;
}
