/**
 * Pieces of answers that every dialect has. Lenient where nothing depends on it, and strict
 * where something does: a created task has an id, and a list answer has a list.
 */
import { z } from 'zod';

import { listIn, type ListedItems, unwrapTask } from './answer-envelope.ts';
import { isErrorAnswer } from './error-answer.ts';
import type { TaskHandle } from './vendor.ts';

/** Some vendors write it as a number. */
export const taskIdSchema = z.union([
  z.string().min(1).max(200),
  z.int().nonnegative().transform(String),
]);

/** An answer about one task, in whichever envelope. */
export function taskAnswer<Value>(schema: z.ZodType<Value>): z.ZodType<Value> {
  return z.preprocess((answer) => unwrapTask(answer), schema);
}

/** The answer to a create; whatever else it says. */
export const createdSchema = taskAnswer(
  z.object({ id: taskIdSchema }).transform(({ id }): TaskHandle => ({ taskId: id })),
);

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
