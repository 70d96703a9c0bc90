import { expect, test } from 'vitest';

import type { JobInput } from '#src/jobs/record/job.ts';
import { submissionShares } from '#src/jobs/submission/submission-shares.ts';
import { StepSlots } from '#src/jobs/worker-slots.ts';

const PICTURE: JobInput = { role: 'first_frame', mimeType: 'image/png', file: 'inputs/one' };

/** Returns how many of so many jobs of one server get a slot. */
function started(slots: StepSlots, jobs: { count: number; guildId: string; inputs: JobInput[] }) {
  const each = Array.from({ length: jobs.count }, () => submissionShares(jobs, 'byteplus'));
  return each.filter((shares) => slots.take(shares)).length;
}

test('a server with very many requests leaves slots to others', () => {
  const slots = new StepSlots(16, []);

  expect(started(slots, { count: 100, guildId: 'busy', inputs: [] })).toBe(8);
  expect(started(slots, { count: 1, guildId: 'quiet', inputs: [] })).toBe(1);
});

test('a server sends two requests with files at once, and its other requests do not wait for them', () => {
  const slots = new StepSlots(16, []);

  expect(started(slots, { count: 100, guildId: 'busy', inputs: [PICTURE] })).toBe(2);
  expect(started(slots, { count: 100, guildId: 'busy', inputs: [] })).toBe(6);
  expect(started(slots, { count: 1, guildId: 'quiet', inputs: [PICTURE] })).toBe(1);
});
