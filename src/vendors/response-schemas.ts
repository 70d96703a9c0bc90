/**
 * Pieces of answers that every dialect has. Lenient where nothing depends on it, and strict
 * where something does: a created task has an id, and a list answer has a list.
 */
import { z } from 'zod';

import { listIn, type ListedItems, unwrapTask } from './answer-envelope.ts';
import { isErrorAnswer } from './error-answer.ts';
import { mapErrors } from './error-mapping.ts';
import { VENDOR_ERROR_POLICY } from './error-policy.ts';
import { isJsonObject } from './json-object.ts';
import type { TaskHandle } from './vendor.ts';

/** Some vendors write it as a number. */
export const taskIdSchema = z.union([
  z.string().min(1).max(200),
  z.int().nonnegative().transform(String),
]);

/** An answer about one task, in whichever envelope; an error about the account is none. */
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

/** What an answer about a task has at least one of. */
const TASK_KEYS = [
  'id',
  'request_id',
  'model',
  'created_at',
  'output',
  'content',
  'video',
] as const;

/** `{"status":"error"}` without a task: such as that the key is invalid. */
function isAboutAccount(answer: unknown): boolean {
  if (!isJsonObject(answer) || TASK_KEYS.some((key) => answer[key] !== undefined)) return false;
  if (!isErrorAnswer(answer)) return false;
  const { kind } = errorKind({ operation: 'retrieve', status: 200, body: answer });
  return VENDOR_ERROR_POLICY[kind].isAboutAccount;
}

const errorKind = mapErrors();

/** The answer to a create; whatever else it says. */
export const createdSchema = z.preprocess(
  withBareId,
  taskAnswer(z.object({ id: taskIdSchema }).transform(({ id }): TaskHandle => ({ taskId: id }))),
);

/** Such as `{"code":"success","data":"cgt-2026…"}`: a word without a digit is no id. */
const BARE_ID = /^(?=.*\d)[\w-]{8,200}$/;

function withBareId(answer: unknown): unknown {
  if (!isJsonObject(answer) || isErrorAnswer(answer)) return answer;
  const { data } = answer;
  return typeof data === 'string' && BARE_ID.test(data) ? { id: data, ...answer } : answer;
}

/** The tasks of a list answer, unread. An answer without a list concludes nothing: it is an error. */
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

/** An optional field; what cannot be read is taken as absent, for no video is withheld over an echo. */
export function optional<Value>(schema: z.ZodType<Value>) {
  return schema
    .nullish()
    .transform((value) => value ?? undefined)
    .catch(undefined);
}

/** A count, which some vendors write as a numeric string. */
export const wholeSchema = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

/** An amount above nothing, which some vendors write as a numeric string. */
export const positiveSchema = z.union([
  z.number().positive(),
  z
    .string()
    .regex(/^\d{1,15}(\.\d{1,15})?$/)
    .transform(Number)
    .pipe(z.number().positive()),
]);
