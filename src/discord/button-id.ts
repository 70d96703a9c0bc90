/**
 * The codec of `custom_id`: which job and which button, nothing else. What a button means is in the
 * database, so it works after a restart and a week later.
 */
import { z } from 'zod';

export const JOB_BUTTONS = ['cancel'] as const;
export type JobButton = (typeof JOB_BUTTONS)[number];

const buttonSchema = z.tuple([
  z.literal('job'),
  z.enum(JOB_BUTTONS),
  z.string().regex(/^[0-9a-z]{1,40}$/),
]);

export function buttonId(button: JobButton, jobId: string): string {
  return ['job', button, jobId].join(':');
}

/** @returns undefined for an id that we did not make */
export function parseButtonId(customId: string): { button: JobButton; jobId: string } | undefined {
  const parsed = buttonSchema.safeParse(customId.split(':'));
  return parsed.success ? { button: parsed.data[1], jobId: parsed.data[2] } : undefined;
}
