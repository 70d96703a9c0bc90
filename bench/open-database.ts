/** A separate database for a measurement, filled without Discord, and jobs for it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createJobStore } from '#src/jobs/record/job-store.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { openDatabase, type Database } from '#src/storage/database.ts';

const MEBIBYTE = 1024 * 1024;
const MEMBERS = 50;

export async function openBenchDatabase(): Promise<AsyncDisposable & { database: Database }> {
  const folder = await mkdtemp(join(tmpdir(), 'seedance-bench-'));
  const { database, close } = await openDatabase(`sqlite:${join(folder, 'bot.db')}`);
  return {
    database,
    async [Symbol.asyncDispose]() {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @param taskId undefined for waiting jobs */
export async function insertJobs(
  database: Database,
  count: number,
  state: 'accepted' | 'running',
): Promise<void> {
  const store = createJobStore(database);
  const nowMs = Date.now();
  await database.transaction().execute(async (transaction) => {
    for (let index = 0; index < count; index += 1) {
      await store.insert(transaction, aJob(`${state}${index}`, state, nowMs + index));
    }
  });
}

function aJob(id: string, state: Job['state'], atMs: number): Job {
  const submission: Job['submissions'][number] = {
    id,
    vendor: 'byteplus',
    price: {
      unit: 'perMillionTokens',
      withAudioMicroDollars: 2_500_000,
      silentMicroDollars: 2_500_000,
    },
    expiresAfterSeconds: 170_000,
    startedAtMs: atMs,
    taskId: id,
    submittedAtMs: atMs,
  };
  return {
    id,
    version: 1,
    state,
    stateSinceMs: atMs,
    createdAtMs: atMs,
    guildId: 'guild',
    channelId: 'channel',
    memberId: `member${atMs % MEMBERS}`,
    interactionId: id,
    messageId: id,
    isEphemeral: false,
    locale: 'en-US',
    isPrivate: false,
    notify: 'mention',
    attachmentLimitBytes: 10 * MEBIBYTE,
    request: {
      model: '1.0-pro',
      prompt: 'A paper boat drifts across a quiet bay at dawn',
      resolution: '720p',
      ratio: '16:9',
      length: { unit: 'seconds', seconds: 5 },
      seed: 42,
      isCameraFixed: false,
      hasWatermark: false,
      inputs: [],
    },
    inputs: [],
    holdCredits: 30,
    submissions: state === 'accepted' ? [] : [submission],
    retryAtMs: 0,
    isLate: false,
  };
}
