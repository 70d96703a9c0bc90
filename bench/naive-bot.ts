/**
 * The loop of the vendors' tutorials (BytePlus ModelArk, video generation: create the task, poll it
 * by its id, sleep ten seconds, poll again), one for each job. Refused requests are retried like
 * the tutorial’s SDK does: twice, after 0.5 and 1 s, less up to a quarter (volcengine-python-sdk,
 * `_base_client.py`). More tolerant than the tutorial in one respect: when that does not help either,
 * the job does not end, and its next poll comes ten seconds later.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { AttachmentBuilder } from 'discord.js';
import { z } from 'zod';

import { runVideoBot, setting } from './video-command.ts';

const POLL_EVERY_MS = 10_000;
const RETRY_PAUSES_MS = [500, 1_000];
const RETRY_JITTER = 0.25;
const TASKS = `${setting('BYTEPLUS_BASE_URL')}/contents/generations/tasks`;
const HEADERS = {
  authorization: `Bearer ${setting('BYTEPLUS_API_KEY')}`,
  'content-type': 'application/json',
};

const createdSchema = z.object({ id: z.string() });
const taskSchema = z.object({
  status: z.string(),
  content: z.object({ video_url: z.string() }).optional(),
});

await runVideoBot(async (interaction) => {
  await interaction.deferReply();
  const prompt = interaction.options.getString('prompt', true);
  const { id } = await retryOnDisconnect(async () => create(prompt));
  const videoUrl = await waitForVideo(id);
  const video = await fetch(videoUrl);
  const file = new AttachmentBuilder(Buffer.from(await video.arrayBuffer()), { name: 'video.mp4' });
  await interaction.editReply({ files: [file] });
});

async function create(prompt: string): Promise<{ id: string }> {
  const body = JSON.stringify({
    model: 'dreamina-seedance-2-0-mini-260615',
    content: [{ type: 'text', text: prompt }],
  });
  return createdSchema.parse(await call(TASKS, { method: 'POST', headers: HEADERS, body }));
}

async function waitForVideo(id: string): Promise<string> {
  for (;;) {
    const answer = await retryOnDisconnect(async () =>
      call(`${TASKS}/${id}`, { headers: HEADERS }),
    );
    const { status, content } = taskSchema.parse(answer);
    if (content !== undefined) return content.video_url;
    if (status !== 'queued' && status !== 'running') throw new Error(`task ${id} is ${status}`);
    await sleep(POLL_EVERY_MS);
  }
}

async function retryOnDisconnect<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch {
      await sleep(POLL_EVERY_MS);
    }
  }
}

async function call(url: string, init: RequestInit): Promise<unknown> {
  for (const pauseMs of RETRY_PAUSES_MS) {
    const response = await fetch(url, init);
    if (response.ok) return response.json();
    await response.body?.cancel();
    await sleep(pauseMs * (1 - Math.random() * RETRY_JITTER));
  }
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`the vendor answered ${response.status}`);
  return response.json();
}
