/**
 * Schemas shared by all dialects. Strict only where something depends on it: a created task must have an
 * id, and a list answer must have a list.
 */
import { z } from 'zod';

import { listIn, type ListedItems, unwrapTask } from './answer-envelope.ts';
import { isErrorAnswer } from './error-answer.ts';
import { mapErrors } from './error-mapping.ts';
import { VENDOR_ERROR_POLICY } from './error-policy.ts';
import { isJsonObject } from './json-object.ts';
import type { TaskHandle } from './vendor.ts';

/** Some vendors send a number. */
export const taskIdSchema = z.union([
  z.string().min(1).max(200),
  z.int().nonnegative().transform(String),
]);

/** Unwraps an answer about one task and rejects an error about the account. */
export function taskAnswer<Value>(schema: z.ZodType<Value>): z.ZodType<Value> {
  const unwrapped = z.unknown().transform((answer, context) => {
    const task = unwrapTask(answer);
    if (isAboutAccount(task)) {
      context.addIssue({ code: 'custom', message: 'an error about the account, not about a task' });
    }
    return task;
  });
  return unwrapped.pipe(schema);
}

/** An answer about a task has at least one of these. */
const TASK_KEYS = [
  'id',
  'request_id',
  'model',
  'created_at',
  'output',
  'content',
  'video',
] as const;

/** Returns whether it is an error without a task, such as `{"status":"error"}` for an invalid key. */
function isAboutAccount(answer: unknown): boolean {
  if (!isJsonObject(answer) || TASK_KEYS.some((key) => answer[key] !== undefined)) return false;
  if (!isErrorAnswer(answer)) return false;
  const { kind } = errorKind({ operation: 'retrieve', status: 200, body: answer });
  return VENDOR_ERROR_POLICY[kind].isAboutAccount;
}

const errorKind = mapErrors();

/** The answer to a create; only the id matters. */
export const createdSchema = z.preprocess(
  withBareId,
  taskAnswer(z.object({ id: taskIdSchema }).transform(({ id }): TaskHandle => ({ taskId: id }))),
);

/** For `{"code":"success","data":"cgt-2026…"}`. A word without a digit is not an id. */
const BARE_ID = /^(?=.*\d)[\w-]{8,200}$/;

function withBareId(answer: unknown): unknown {
  if (!isJsonObject(answer) || isErrorAnswer(answer)) return answer;
  const { data } = answer;
  return typeof data === 'string' && BARE_ID.test(data) ? { id: data, ...answer } : answer;
}

/** The unparsed tasks of a list answer. An answer without a list is an error. */
export const itemsSchema = z.unknown().transform((answer, context): ListedItems => {
  const list = listIn(answer);
  if (list !== undefined) return list;
  context.addIssue({ code: 'custom', message: 'a list answer without a list' });
  return z.NEVER;
});

/** The answer to a cancel: anything but an error. */
export const cancelledSchema = z.unknown().refine((answer) => !isErrorAnswer(answer), {
  error: 'an error in answer to a cancel',
});

/** An optional field. An unreadable value counts as absent, so that it does not block a video. */
export function optional<Value>(schema: z.ZodType<Value>) {
  return schema
    .nullish()
    .transform((value) => value ?? undefined)
    .catch(undefined);
}

/** A count, which some vendors send as a numeric string. */
export const wholeSchema = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

/** A positive amount, which some vendors send as a numeric string. */
export const positiveSchema = z.union([
  z.number().positive(),
  z
    .string()
    .regex(/^\d{1,15}(\.\d{1,15})?$/)
    .transform(Number)
    .pipe(z.number().positive()),
]);
