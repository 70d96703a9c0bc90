/** The dispatch order under random requests, ends, restarts and several processes on one database. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { SECOND } from '#src/clock.ts';
import type { Job } from '#src/jobs/record/job.ts';

import { databaseKinds } from '../databases/database.ts';
import { JobsSetup, type JobsSetupOptions, type Process } from '../fakes/jobs-setup.ts';
import { aSuccess, refuses } from '../fakes/vendor.ts';

const MEMBERS = ['alice', 'bob', 'carol', 'dave'] as const;
const SETTLED_MS = 5 * SECOND;

type Step =
  | { readonly do: 'order'; readonly memberId: string; readonly guildId: string }
  /** Ends the job that has run longest. */
  | { readonly do: 'end' }
  | { readonly do: 'restart'; readonly process: number };

interface Ordered {
  readonly id: string;
  readonly member: string;
  /** Among everything that happened. */
  readonly acceptedAt: number;
  startedAt: number | undefined;
}

class Course {
  readonly setup: JobsSetup;
  #processes: Process[] = [];
  readonly ordered: Ordered[] = [];
  #happened = 0;

  static async open(options: JobsSetupOptions & { processes: number }): Promise<Course> {
    const course = new Course(await JobsSetup.open(options));
    course.#processes = Array.from({ length: options.processes }, () => course.setup.start());
    return course;
  }

  private constructor(setup: JobsSetup) {
    this.setup = setup;
  }

  async limit(guildId: string, atOnce: number): Promise<void> {
    const { quota, database, clock } = this.setup;
    const by = { guildId, actorId: 'moderator', nowMs: clock.now(), stepId: `limit ${guildId}` };
    const set = { ...by, target: { scope: 'server' }, limits: { atOnce } } as const;
    await database.transaction().execute(async (tx) => quota.setLimit(tx, set));
  }

  async order(memberId: string, guildId = 'guild'): Promise<void> {
    this.#happened += 1;
    const acceptedAt = this.#happened;
    const place = { memberId, guildId };
    const [process] = this.#processes;
    const job = await process?.jobs.accept(this.setup.anOrder({ place }));
    if (job === undefined) throw new Error('no process is left');
    const member = `${guildId}/${memberId}`;
    this.ordered.push({ id: job.id, member, acceptedAt, startedAt: undefined });
    await this.#settle();
  }

  /** @returns false when nothing runs */
  async end(): Promise<boolean> {
    const running = await this.#running();
    const [first] = running;
    const taskId = first?.submissions.at(-1)?.taskId ?? '';
    for (const vendor of this.setup.vendors) {
      const task = vendor.tasks.get(taskId);
      if (task !== undefined) task.status = aSuccess(taskId);
    }
    if (first !== undefined) await this.setup.until('succeeded', first);
    await this.#settle();
    return first !== undefined;
  }

  async restart(index: number): Promise<void> {
    const process = this.#processes[index % this.#processes.length];
    process?.kill();
    this.#processes = [...this.#processes.filter((other) => other !== process), this.setup.start()];
    await this.#settle();
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (step.do === 'order') await this.order(step.memberId, step.guildId);
      else if (step.do === 'end') await this.end();
      else await this.restart(step.process);
    }
  }

  async #running(): Promise<Job[]> {
    const found = await this.setup.allJobs();
    const number = (job: Job): number => this.#startedAt(job.id);
    return found
      .filter(({ state }) => state === 'queued' || state === 'running')
      .toSorted((one, other) => number(one) - number(other));
  }

  #startedAt(id: string): number {
    return this.ordered.find((one) => one.id === id)?.startedAt ?? 0;
  }

  /** Records which jobs have started, in the order of the vendor calls. */
  async #settle(): Promise<void> {
    await this.setup.clock.advance(SETTLED_MS);
    const jobs = new Map((await this.setup.allJobs()).map((job) => [job.id, job]));
    const began = ({ id }: Ordered): number =>
      jobs.get(id)?.submissions.at(-1)?.startNumber ??
      jobs.get(id)?.submissions.at(-1)?.startedAtMs ??
      0;
    const started = this.ordered
      .filter((one) => one.startedAt === undefined && jobs.get(one.id)?.state !== 'accepted')
      .toSorted((one, other) => began(one) - began(other));
    for (const one of started) {
      this.#happened += 1;
      one.startedAt = this.#happened;
    }
  }

  /** Started jobs, first to last. */
  starts(): string[] {
    return this.#starts().map(({ member }) => member.split('/')[1] ?? '');
  }

  #starts(): Ordered[] {
    return this.ordered
      .filter(({ startedAt }) => startedAt !== undefined)
      .toSorted((one, other) => (one.startedAt ?? 0) - (other.startedAt ?? 0));
  }

  /** The most that one member started between the moment a job was another’s next and its start. */
  mostPassedBy(): number {
    const starts = this.#starts();
    const most = starts.map((mine, index) => {
      const before = starts.slice(0, index);
      const own = before.filter(({ member }) => member === mine.member);
      const nextSince = Math.max(mine.acceptedAt, own.at(-1)?.startedAt ?? 0);
      const ahead = before.filter(({ startedAt = 0 }) => startedAt > nextSince);
      const counts = [...Map.groupBy(ahead, ({ member }) => member).values()];
      return Math.max(0, ...counts.map(({ length }) => length));
    });
    return Math.max(0, ...most);
  }

  async close(): Promise<void> {
    await this.setup.close();
  }
}

const steps = (guilds: readonly string[]): fc.Arbitrary<Step[]> => {
  const order = fc.record({
    do: fc.constant('order' as const),
    memberId: fc.constantFrom(...MEMBERS),
    guildId: fc.constantFrom(...guilds),
  });
  const end = fc.constant({ do: 'end' as const });
  const restart = fc.record({ do: fc.constant('restart' as const), process: fc.nat({ max: 1 }) });
  return fc.array(
    fc.oneof(
      { weight: 6, arbitrary: order },
      { weight: 4, arbitrary: end },
      { weight: 1, arbitrary: restart },
    ),
    { minLength: 6, maxLength: 16, size: 'max' },
  );
};

describe.each(databaseKinds())('queue fairness on %s', (kind) => {
  const numRuns = kind === 'sqlite' ? 12 : 5;

  async function withCourse(
    options: JobsSetupOptions & { processes: number },
    play: (course: Course) => Promise<void>,
  ): Promise<void> {
    const course = await Course.open({ kind, ...options });
    try {
      await play(course);
    } finally {
      await course.close();
    }
  }

  test('one member’s job comes second after another member’s three', async () => {
    await withCourse({ processes: 1 }, async (course) => {
      await course.limit('guild', 1);
      for (const member of ['alice', 'alice', 'alice', 'bob']) await course.order(member);
      while (await course.end());

      expect(course.starts()).toEqual(['alice', 'bob', 'alice', 'alice']);
    });
  });

  test('the member served last comes last, even after a restart', async () => {
    await withCourse({ processes: 1 }, async (course) => {
      await course.limit('guild', 1);
      await course.order('alice');
      await course.end();
      await course.order('bob');
      await course.order('bob');
      await course.order('alice');
      await course.restart(0);
      while (await course.end());

      expect(course.starts()).toEqual(['alice', 'bob', 'alice', 'bob']);
    });
  });

  test('a submission that the vendor refused does not count as a turn', async () => {
    await withCourse({ processes: 1 }, async (course) => {
      await course.limit('guild', 1);
      await course.order('alice');
      course.setup.vendor.creates.push(refuses('rate-limited', { retryAfterMs: 20 * SECOND }));
      await course.order('bob');
      await course.end();
      await course.order('carol');
      await course.order('carol');
      await course.setup.clock.advance(30 * SECOND);
      while (await course.end());

      expect(course.starts()).toEqual(['alice', 'carol', 'bob', 'carol']);
    });
  });

  test('a member waits for at most one video of each other member of the server', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 2 }),
      steps(['guild']),
      async (atOnce, processes, all) => {
        await withCourse({ processes }, async (course) => {
          await course.limit('guild', atOnce);
          await course.play(all);
          while (await course.end());
          expect(course.mostPassedBy()).toBeLessThanOrEqual(1);
        });
      },
    );
    await fc.assert(property, { numRuns });
  });

  test('a member waits for at most one video of each server for a vendor account', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 2 }),
      steps(['guild', 'other', 'third']),
      async (most, processes, all) => {
        const accounts = { accountOf: () => 'byteplus', most: () => most };
        await withCourse({ processes, accounts }, async (course) => {
          await course.play(all);
          while (await course.end());
          expect(course.mostPassedBy()).toBeLessThanOrEqual(1);
        });
      },
    );
    await fc.assert(property, { numRuns });
  });
});
