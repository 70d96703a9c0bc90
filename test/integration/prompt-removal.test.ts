/** Prompts leave the database at the end of their retention; amounts and outcomes stay. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { DAY } from '#src/clock.ts';
import { createJobStore, type JobStore } from '#src/jobs/record/job-store.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { removePrompts, type PromptsToRemove } from '#src/jobs/record/prompt-removal.ts';
import { createLogger } from '#src/logger.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { aJob, aRequest, JOB_BORN_MS } from '../fakes/job.ts';

const SECRET = 'a crab that nobody may know of';
const NOW_MS = JOB_BORN_MS + 40 * DAY;

describe.each(databaseKinds())('removing prompts on %s', (kind) => {
  let opened: TestDatabase;
  let store: JobStore;
  let lines: string[];

  beforeEach(async () => {
    opened = await openTestDatabase(kind);
    store = createJobStore(opened.database);
    lines = [];
  });
  afterEach(async () => opened.close());

  async function put(...jobs: readonly Partial<Job>[]): Promise<void> {
    await opened.database.transaction().execute(async (transaction) => {
      for (const job of jobs) {
        const request = aRequest({ prompt: SECRET });
        const alternative = { request, credits: 5 };
        const sourceUrl = 'https://cdn.example/1/private-name.png?ex=1';
        const input = { role: 'first_frame', file: 'inputs/1', mimeType: 'image/png', sourceUrl };
        await store.insert(transaction, {
          ...aJob({ ...job, request, alternative }),
          inputs: [{ ...input, role: 'first_frame' }],
          interactionId: `interaction of ${job.id}`,
          submissions: [],
        });
      }
    });
  }

  async function remove(which: Partial<PromptsToRemove> = {}): Promise<number> {
    const logger = createLogger('info', { write: (line) => void lines.push(line) });
    return removePrompts(
      { endedBeforeMs: NOW_MS - 30 * DAY, ...which },
      { database: opened.database, logger, nowMs: NOW_MS, signal: new AbortController().signal },
    );
  }

  async function withSecret(): Promise<string[]> {
    const rows = await opened.database.selectFrom('jobs').select(['id', 'record']).execute();
    const secret = rows.filter(({ record }) => /nobody may know|private-name/.test(record));
    return secret.map(({ id }) => id).toSorted((one, other) => one.localeCompare(other));
  }

  const old = (id: string, more: Partial<Job> = {}): Partial<Job> => ({
    id,
    state: 'failed',
    stateSinceMs: NOW_MS - 31 * DAY,
    ...more,
  });

  test('prompts of jobs that ended long ago are removed, and no others', async () => {
    await put(
      old('failed'),
      old('delivered', { state: 'delivered' }),
      old('young', { stateSinceMs: NOW_MS - 29 * DAY }),
      old('open', { state: 'running' }),
    );

    expect(await remove()).toBe(2);
    expect(await withSecret()).toEqual(['open', 'young']);
    const job = await store.find('failed');
    expect(job).toMatchObject({
      promptRemovedAtMs: NOW_MS,
      request: { prompt: '', model: '1.0-pro' },
      inputs: [{ file: 'inputs/1' }],
      failure: { reason: 'vendor-failed' },
    });
    expect(await remove()).toBe(0);
  });

  test('removal continues in batches until no old prompt is left', async () => {
    const ids = Array.from({ length: 250 }, (_, index) => `job${index}`);
    await put(...ids.map((id) => old(id)));

    expect(await remove()).toBe(250);
    expect(await withSecret()).toEqual([]);
  });

  test('all ended prompts of one server can be removed', async () => {
    await put(
      old('here', { guildId: 'left', stateSinceMs: NOW_MS - DAY }),
      old('elsewhere', { guildId: 'stays', stateSinceMs: NOW_MS - DAY }),
      old('open here', { guildId: 'left', state: 'running' }),
    );

    expect(await remove({ guildId: 'left', endedBeforeMs: NOW_MS })).toBe(1);
    expect(await withSecret()).toEqual(['elsewhere', 'open here']);
  });

  test('a job that is rewritten later stays without its prompt', async () => {
    await put(old('job'));
    const before = await store.find('job');
    await remove();
    await opened.database.transaction().execute(async (transaction) => {
      if (before !== undefined) await store.replace(transaction, before, { ...before, version: 2 });
    });
    expect(await withSecret()).toEqual(['job']);

    await remove();
    expect(await withSecret()).toEqual([]);
  });

  test.each([
    ['a newer version', { request: { prompt: SECRET, camera: 'new' }, state: 'failed', more: 1 }],
    ['no job', [SECRET]],
  ])('no prompt is left in a record of %s', async (_, record) => {
    await put(old('odd'));
    await opened.database
      .updateTable('jobs')
      .set({ record: JSON.stringify(record) })
      .execute();
    await remove();

    expect(await withSecret()).toEqual([]);
    expect(lines.join('\n')).not.toContain('nobody may know');
  });

  test('no prompt is left in a record that is not JSON, and this is reported', async () => {
    await put(old('odd'));
    await opened.database
      .updateTable('jobs')
      .set({ record: `{"prompt":"${SECRET}` })
      .execute();
    await remove();

    expect(await withSecret()).toEqual([]);
    expect(lines).toEqual([expect.stringContaining('unreadable record of an ended job emptied')]);
  });
});
