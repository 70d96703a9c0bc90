/** Unreadable job records, as after a downgrade: each is reported, and blocks no other job. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { findDownloads } from '#src/jobs/downloads.ts';
import type { Hand } from '#src/jobs/job-worker.ts';
import { createJobStore, type JobStore } from '#src/jobs/record/job-store.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { applyEvent } from '#src/jobs/record/state-machine.ts';
import { StepSlots } from '#src/jobs/worker-slots.ts';
import { createLogger } from '#src/logger.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { aJob, aTakenSubmission, JOB_BORN_MS } from '../fakes/job.ts';

const SECRET = 'a crab that nobody may know of';
const NO_JSON = `{"prompt":"${SECRET}`;

describe.each(databaseKinds())('job records on %s', (kind) => {
  let opened: TestDatabase;
  let store: JobStore;
  let lines: string[];

  beforeEach(async () => {
    opened = await openTestDatabase(kind);
    lines = [];
    store = openStore();
  });
  afterEach(async () => opened.close());

  /** Like a process that starts. */
  function openStore(): JobStore {
    const logger = createLogger('info', { write: (line) => void lines.push(line) });
    return createJobStore(opened.database, logger);
  }

  async function put(...jobs: readonly Job[]): Promise<void> {
    await opened.database.transaction().execute(async (transaction) => {
      for (const job of jobs) await store.insert(transaction, job);
    });
  }

  async function writeRecord(id: string, record: string): Promise<void> {
    await opened.database.updateTable('jobs').set({ record }).where('id', '=', id).execute();
  }

  async function recordOf(id: string): Promise<unknown> {
    const query = opened.database.selectFrom('jobs').select('record').where('id', '=', id);
    return JSON.parse((await query.executeTakeFirstOrThrow()).record);
  }

  /** The record as written by a version that knows one more vendor. */
  async function spoil(...ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const text = JSON.stringify(await recordOf(id));
      await writeRecord(id, text.replaceAll('"byteplus"', '"newvendor"'));
    }
  }

  /** Later jobs in the list are newer. */
  function jobs(ids: readonly string[], overrides: Partial<Job> = {}): Job[] {
    return ids.map((id, index) => {
      const bornMs = JOB_BORN_MS + index;
      return aJob({
        id,
        interactionId: id,
        createdAtMs: bornMs,
        stateSinceMs: bornMs,
        submissions: [aTakenSubmission({ taskId: id, expiresAfterSeconds: 170_000 + index })],
        ...overrides,
      });
    });
  }

  const idleHand: Hand = { slots: () => new StepSlots(1, []), isIdle: () => true };
  const idsOf = (found: readonly Job[]): string[] => found.map(({ id }) => id).toSorted();

  describe('an unreadable job record', () => {
    const video = { file: 'videos/x.mp4', bytes: 10 };
    const lists: Record<string, { of: Partial<Job>; list: () => Promise<Job[]> }> = {
      'that wait for an answer': {
        of: { state: 'submitting' },
        list: async () => store.inState('submitting', 10),
      },
      'by id': { of: {}, list: async () => store.findMany(['bad', 'good']) },
      'without a video': {
        of: { state: 'succeeded' },
        list: async () => findDownloads(10, idleHand, store),
      },
      'at a vendor': {
        of: { state: 'running' },
        list: async () => store.atVendorSince(Number.MAX_SAFE_INTEGER),
      },
      'that wait in a server': { of: {}, list: async () => store.waitingIn('100') },
      'to draw': { of: {}, list: async () => store.behind(10) },
      'to deliver': { of: { state: 'succeeded', video }, list: async () => store.toDeliver(10) },
    };

    test.each(Object.keys(lists))('an unreadable job is left out of the jobs %s', async (name) => {
      const { of, list } = lists[name] ?? {};
      await put(...jobs(['bad', 'good'], of));
      await spoil('bad');

      expect(idsOf((await list?.()) ?? [])).toEqual(['good']);
    });

    test('an unreadable job is left out of the jobs to verify and to announce', async () => {
      await put(...jobs(['bad', 'good'], { state: 'delivered' }));
      await spoil('bad');
      await opened.database.updateTable('jobs').set({ log_posted: 0, verify_at: 1 }).execute();

      expect(idsOf(await store.toVerify(1, 10))).toEqual(['good']);
      expect(idsOf(await store.toTell('100', 10))).toEqual(['good']);
    });

    test('a single unreadable job is an error that names it and says what to do', async () => {
      await put(...jobs(['bad']));
      await spoil('bad');

      await expect(store.find('bad')).rejects.toThrow(
        /record of job bad cannot be read \(submissions\.0\.vendor: .*newer version/,
      );
    });

    test('an unreadable job is logged as an error once per process, without its content', async () => {
      await put(...jobs(['bad', 'worse', 'good']));
      await spoil('bad');
      await writeRecord('worse', NO_JSON);

      for (let look = 0; look < 3; look += 1) {
        await store.behind(10);
        await store.waitingIn('100');
      }
      await store.find('worse').catch(() => {});
      const told = lines.map((line): unknown => JSON.parse(line));
      expect(told).toHaveLength(2);
      expect(told).toMatchObject([
        { level: 50, jobId: 'bad', err: { kind: 'unreadable-job' } },
        { level: 50, jobId: 'worse', err: { kind: 'unreadable-job' } },
      ]);
      expect(lines.join('')).not.toContain('crab');

      await openStore().behind(10);
      expect(lines).toHaveLength(4);
    });

    test('a job is available again as soon as its record can be read', async () => {
      await put(...jobs(['bad', 'good']));
      const record = JSON.stringify(await recordOf('bad'));
      await spoil('bad');
      expect(idsOf(await store.behind(10))).toEqual(['good']);

      await writeRecord('bad', record);

      expect(idsOf(await store.behind(10))).toEqual(['bad', 'good']);
    });

    test('an unreadable job still states whether its files are needed', async () => {
      await put(...jobs(['open']), ...jobs(['ended'], { state: 'failed' }));
      await spoil('open', 'ended');

      expect(await store.fileJob('open')).toMatchObject({ endedAtMs: undefined });
      expect(await store.fileJob('ended')).toMatchObject({ endedAtMs: expect.any(Number) });
      expect(await store.fileJob('never was')).toBeUndefined();
    });
  });

  test('the queue does not depend on job records', async () => {
    await put(...jobs(['bad', 'good']), ...jobs(['moved'], { state: 'failed' }));
    await spoil('bad');

    const ids = ['bad', 'good', 'moved', 'never was'];
    expect([...(await store.stillWaiting(ids))].toSorted()).toEqual(['bad', 'good']);
    expect(await store.stillWaiting([])).toEqual(new Set());
  });

  test('readable jobs behind many unreadable ones are found, up to the limit', async () => {
    const bad = Array.from({ length: 40 }, (_id, index) => `bad${index}`);
    await put(...jobs([...bad, 'first', 'second', 'third']));
    await spoil(...bad);

    expect(idsOf(await store.behind(2))).toEqual(['first', 'second']);
    expect(idsOf(await store.inState('accepted', 2))).toEqual(['first', 'second']);
    expect(idsOf(await store.behind(4))).toEqual(['first', 'second', 'third']);
  });

  test('fields of a newer version survive a change by this version', async () => {
    const inputs = [{ role: 'first_frame', file: 'inputs/1', mimeType: 'image/png' }] as const;
    const [job] = jobs(['job'], { state: 'running', inputs: [...inputs] });
    await put(...(job === undefined ? [] : [job]));
    const text = JSON.stringify(await recordOf('job'));
    // Added to the record itself and to every object in it.
    await writeRecord('job', text.replaceAll('{', '{"newField":["kept"],'));
    const before = await store.find('job');

    const after = before && applyEvent(before, { type: 'vendor-missing' }, JOB_BORN_MS);
    await opened.database.transaction().execute(async (transaction) => {
      expect(before && after && (await store.replace(transaction, before, after))).toBe(true);
    });

    const newField = ['kept'];
    expect(await recordOf('job')).toMatchObject({
      newField,
      version: 2,
      missingSinceMs: JOB_BORN_MS,
      request: { newField, length: { newField } },
      inputs: [{ newField }],
      submissions: [{ newField, price: { newField } }],
    });
  });
});
