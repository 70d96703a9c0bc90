/**
 * The codec of `custom_id`: owner, action and subject only. The meaning of a button or form is in the database,
 * so it works after a restart and a week later.
 */
import { z } from 'zod';

/** Discord's limit is 100 characters in total. */
const KEY = /^[0-9A-Za-z_-]{1,40}$/;
const WORD = /^[a-z0-9-]{1,30}$/;

const customIdSchema = z.tuple([
  z.string().regex(WORD),
  z.string().regex(WORD),
  z.string().regex(KEY),
]);

export interface CustomId {
  /** `job` for the buttons under a video, else the file name of the command that handles it. */
  readonly owner: string;
  readonly action: string;
  /** Such as a job's id. */
  readonly key: string;
}

/** @throws ZodError for parts that could not be parsed back, which is a bug */
export function customId({ owner, action, key }: CustomId): string {
  return customIdSchema.parse([owner, action, key]).join(':');
}

/** @returns undefined for an id that is not ours, or a missing one */
export function parseCustomId(id: unknown): CustomId | undefined {
  const parsed = customIdSchema.safeParse(typeof id === 'string' ? id.split(':') : undefined);
  if (!parsed.success) return undefined;
  const [owner, action, key] = parsed.data;
  return { owner, action, key };
}
