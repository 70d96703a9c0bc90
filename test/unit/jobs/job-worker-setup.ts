/** A job worker over a table in memory, on a clock that the test controls. */
import assert from 'node:assert/strict';

import { afterEach } from 'vitest';

import { JobWorker, type JobWorkerOptions } from '#src/jobs/job-worker.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { createLogger } from '#src/logger.ts';
import type { Leases } from '#src/storage/leases/leases.ts';

import { createSharedLeases } from '../../databases/leases.ts';
import { createFakeClock, type FakeClock } from '../../fakes/clock.ts';
import { aJob } from '../../fakes/job.ts';

/** A loop that looks more often than this in one test is a busy loop, which would never let the test continue. */
export const MOST_LOOKS = 2000;

export interface Bench {
  readonly clock: FakeClock;
  /** Replaces the database: the jobs that `find` returns. */
  readonly table: Map<string, Job>;
  /** `<job> at <time>` for each step that began. */
  readonly steps: string[];
  /** The arguments of each call to `find`. */
  readonly limits: readonly number[];
  /** Leases of another process. */
  readonly otherLeases: Leases;
  put(...ids: string[]): void;
  /** Changes the job as another process would. */
  move(id: string): void;
  start(options?: Partial<JobWorkerOptions>): JobWorker;
}

const running = new Map<JobWorker, FakeClock>();

afterEach(async () => {
  const loops = [...running];
  running.clear();
  for (const [loop, clock] of loops) {
    await loop.stop();
    assert.equal(clock.sleeping, 0);
  }
});

export function createBench(): Bench {
  const clock = createFakeClock({ startMs: 0 });
  const table = new Map<string, Job>();
  const steps: string[] = [];
  const limits: number[] = [];
  const shared = createSharedLeases();

  async function find(limit: number): Promise<Job[]> {
    limits.push(limit);
    if (limits.length > MOST_LOOKS) throw new Error('It spins');
    return [...table.values()].slice(0, limit);
  }

  return {
    clock,
    table,
    steps,
    limits,
    otherLeases: shared.ofProcess(),
    put(...ids) {
      for (const id of ids) table.set(id, aJob({ id }));
    },
    move(id) {
      const job = table.get(id) ?? aJob({ id });
      table.set(id, { ...job, version: job.version + 1 });
    },
    start(options = {}) {
      const step = options.step ?? (async (job: Job) => void table.delete(job.id));
      const logger = createLogger('silent');
      const loop = new JobWorker({
        name: 'test',
        concurrency: 2,
        find,
        leases: shared.ofProcess(),
        lease: 'work',
        isCurrent: async ({ id, version }) => table.get(id)?.version === version,
        clock,
        logger,
        ...options,
        async step(job, signal) {
          steps.push(`${job.id} at ${clock.now()}`);
          await step(job, signal);
        },
      });
      running.set(loop, clock);
      loop.start();
      return loop;
    },
  };
}

/** Steps that end when the test says so, and then remove their job from the table. */
export function heldSteps(table: Map<string, Job>) {
  const held = new Map<string, PromiseWithResolvers<void>>();
  const step = async ({ id }: Job): Promise<void> => {
    const under = Promise.withResolvers<void>();
    held.set(id, under);
    await under.promise;
    table.delete(id);
  };
  return { held, step };
}
