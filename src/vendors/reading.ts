/**
 * Pieces of answers that every dialect has. Lenient where nothing depends on it, and strict in
 * three things: a task has an id, a status is one of a closed list, and a video is a web address.
 */
import { z } from 'zod';

import type { TaskHandle } from './vendor.ts';

export const taskIdSchema = z.string().min(1).max(200);

/** The answer to a create; whatever else it says. */
export const createdSchema = z
  .object({ id: taskIdSchema })
  .transform(({ id }): TaskHandle => ({ taskId: id }));

/** The address of a result. Whether it may be fetched is for the download to say. */
export const webUrlSchema = z.url({ protocol: /^https?$/, error: 'not a web address' }).max(8_192);

/**
 * The video of a task that is done; before, vendors write all sorts of things in its place.
 *
 * @param field what the vendor calls it
 */
export function videoUrlIn(written: unknown, field: string, context: z.RefinementCtx): string {
  const parsed = webUrlSchema.safeParse(written);
  if (parsed.success) return parsed.data;
  context.addIssue({ code: 'custom', message: `a finished task whose ${field} is no web address` });
  return z.NEVER;
}

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

/**
 * A status word as one of ours. A word that is not in the table is an error that names it.
 *
 * @param words the vendor's word for each of ours
 */
export function statusSchema<Status extends string>(
  words: Readonly<Record<string, Status>>,
): z.ZodType<Status> {
  const known = new Map(Object.entries(words));
  return z.unknown().transform((word, context): Status => {
    const status = typeof word === 'string' ? known.get(word) : undefined;
    if (status !== undefined) return status;
    context.addIssue({ code: 'custom', message: `unknown status ${asWord(word)}` });
    return z.NEVER;
  });
}

/** A vendor's word for the log, if it is one word. */
function asWord(input: unknown): string {
  return typeof input === 'string' && /^[a-z_-]{1,32}$/i.test(input) ? `"${input}"` : typeof input;
}
