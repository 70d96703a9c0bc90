/** Parses a body that may contain only documented fields. */
import type { z } from 'zod';

import { missingParameter, notValid } from '../errors.ts';

/** @throws ArkRefusal 400 that names the field */
export function readBody<Body>(schema: z.ZodType<Body>, raw: unknown): Body {
  const parsed = schema.safeParse(raw ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') throw notValid(issue.keys.join(', '));
  const field = issue?.path.join('.') ?? '';
  if (issue?.code === 'invalid_type' && issue.message.includes('received undefined')) {
    throw missingParameter(field);
  }
  throw notValid(field === '' ? 'body' : field);
}
