/** What must hold for every video, whatever model and inputs made it. */
import { expect } from 'vitest';
import { z } from 'zod';

import type { MessageView } from '#sandbox/discord/message-view.ts';
import type { SandboxTask } from '#sandbox/vendor/vendor.ts';
import type { Job } from '#src/jobs/record/job.ts';

import type { Scenario, VideoOptions } from './harness.ts';
import { disablePriceQuestion } from './moderator.ts';

const contentSchema = z.array(
  z.looseObject({
    type: z.string(),
    role: z.string().optional(),
    text: z.string().optional(),
    image_url: z.object({ url: z.string() }).optional(),
    video_url: z.object({ url: z.string() }).optional(),
    audio_url: z.object({ url: z.string() }).optional(),
  }),
);
const requestSchema = z.looseObject({ model: z.string(), content: contentSchema });

export interface Made {
  readonly message: MessageView;
  readonly job: Job;
  readonly task: SandboxTask;
  /** The body that the vendor received. */
  readonly request: z.infer<typeof requestSchema>;
}

/** Runs `/video` to its one delivered video, and checks the hold, the bill and the payment. */
export async function expectVideo(s: Scenario, options: VideoOptions): Promise<Made> {
  await disablePriceQuestion(s);
  const reply = s.video(options);
  const message = await reply.until(
    ({ media, text, isLoading }) =>
      media.length > 0 || (!isLoading && /Nothing|^\S.*\.$/.test(text)),
  );
  expect(message.text, 'what the member sees').toContain('Seedance');
  const job = await s.job('delivered');
  const [task] = s.vendor.tasks;
  if (task === undefined) throw new Error('Not reached: a video was delivered');
  expect(message.media).toHaveLength(1);
  expectPaid(job, task);
  expect(s.vendor.tasks).toHaveLength(1);
  expect(s.guild.channel().messages.filter(({ media }) => media.length > 0).length).toBeLessThan(2);
  expect(await s.ledgers.serverBalance()).toBe(-(job.costCredits ?? 0));
  return { message, job, task, request: requestSchema.parse(task.request) };
}

/** The hold covers the payment, and the payment is what the vendor billed by its own count. */
export function expectPaid(job: Job, task: SandboxTask): void {
  expect(job.result?.tokens, 'tokens').toBe(task.tokens);
  expect(job.costCredits, 'settled at what is billed').toBe(job.billedCredits);
  expect(job.costCredits, 'held enough').toBeLessThanOrEqual(job.holdCredits);
  expect(job.costCredits, 'costs something').toBeGreaterThan(0);
  const [submission] = job.submissions;
  const { withAudioMicroDollars, silentMicroDollars } = submission?.price ?? {
    withAudioMicroDollars: 0,
    silentMicroDollars: 0,
  };
  const rate = job.request.hasAudio === true ? withAudioMicroDollars : silentMicroDollars;
  // Millionths of a dollar per million tokens, converted to cents, with each job rounded up once.
  const credits = Math.ceil(Number(((task.tokens ?? 0) * rate) / 1e10));
  expect(job.costCredits, 'by the vendor’s own count').toBe(credits);
}

/** The roles of the inputs that the vendor received, without the text. */
export function rolesIn({ request }: Made): (string | undefined)[] {
  return request.content.filter(({ type }) => type !== 'text').map(({ role }) => role);
}
