/**
 * The codec of `custom_id`: owner, action and key. The state of a button or form is in the database, so
 * it still works after a restart and a week later.
 */
import { z } from 'zod';

/** Discord limits the whole id to 100 characters. */
const KEY = /^[0-9A-Za-z_-]{1,40}$/;
const WORD = /^[a-z0-9-]{1,30}$/;

const customIdSchema = z.tuple([
  z.string().regex(WORD),
  z.string().regex(WORD),
  z.string().regex(KEY),
]);

export interface CustomId {
  /** `job` for the buttons under a video, otherwise the file name of the command that handles it. */
  readonly owner: string;
  readonly action: string;
  /** For example, a job's id. */
  readonly key: string;
}

/** @throws ZodError for parts that could not be parsed back, which is a bug in the bot */
export function customId({ owner, action, key }: CustomId): string {
  return customIdSchema.parse([owner, action, key]).join(':');
}

/** @returns undefined for an id of another format, or when Discord sent none */
export function parseCustomId(id: unknown): CustomId | undefined {
  const parsed = customIdSchema.safeParse(typeof id === 'string' ? id.split(':') : undefined);
  if (!parsed.success) return undefined;
  const [owner, action, key] = parsed.data;
  return { owner, action, key };
}
