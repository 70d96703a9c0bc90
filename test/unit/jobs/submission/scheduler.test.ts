/**
 * The queue under random requests and ends: never more jobs than slots, the member served least
 * recently goes first, then in order, and no job waits for ever.
 */
import fc from 'fast-check';
import {
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { expect, test } from 'vitest';

import { MINUTE, type Clock } from '#src/clock.ts';
import type { SlotLimits } from '#src/jobs/queue/fair-queue.ts';
import { shownPosition } from '#src/jobs/queue/shown-position.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { createOffers } from '#src/jobs/submission/offers.ts';
import { createScheduler } from '#src/jobs/submission/scheduler.ts';
import type { Tables } from '#src/storage/schema.ts';

import { aJob, JOB_BORN_MS } from '../../../fakes/job.ts';
import { createFakeVendor } from '../../../fakes/vendor.ts';

const VENDORS = ['byteplus', 'powertokens'] as const;
const MEMBERS = ['alice', 'bob', 'carol'] as const;

/** The fakes answer all its calls. */
const NO_DATABASE = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

interface Most {
  readonly server: number | undefined;
  readonly member: number | undefined;
  readonly account: number | undefined;
}

type Step =
  | {
      readonly do: 'order';
      readonly memberId: string;
      readonly guildId: string;
      readonly onlyVendor: (typeof VENDORS)[number];
      /** The job also waits for a time. */
      readonly isLater: boolean;
    }
  /** Ends the job that has run longest. */
  | { readonly do: 'end' };

/** Jobs as stored in the database, and the turns taken by them. */
class Course {
  #nowMs = JOB_BORN_MS;
  readonly #clock: Clock = { now: () => this.#nowMs, sleep: async () => Promise.resolve() };
  readonly #most: Most;
  readonly #turns: ReturnType<typeof createScheduler>;
  waiting: Job[] = [];
  running: Job[] = [];
  /** By job: how many jobs have ended between its acceptance and its start. */
  readonly endsWaited = new Map<string, number>();
  #count = 0;
  #starts = 0;
  readonly #lastStarts = new Map<string, number>();

  constructor(most: Most) {
    this.#most = most;
    const clock = this.#clock;
    const vendors = VENDORS.map((name) => createFakeVendor({ name, clock }));
    const limits: SlotLimits = {
      server: () => most.server,
      member: () => most.member,
      account: () => most.account,
    };
    this.#turns = createScheduler({
      database: NO_DATABASE,
      store: {
        findMany: async () => Promise.resolve(this.waiting),
        stillWaiting: async () => Promise.resolve(new Set()),
      },
      slots: {
        queue: async () =>
          Promise.resolve({
            waiting: this.waiting.map((job) => this.#inQueue(job)),
            running: this.running.map((job) => this.#inQueue(job)),
            limits,
          }),
        claimSlot: async () => Promise.resolve(1),
      },
      offers: createOffers({ vendors, prices: {}, clock }),
      accounts: { accountOf: ({ vendor }) => vendor, most: () => most.account },
      clock,
    });
  }

  order({ memberId, guildId, onlyVendor, isLater }: Extract<Step, { do: 'order' }>): Job {
    this.#count += 1;
    const job = aJob({
      id: `job${String(this.#count).padStart(3, '0')}`,
      createdAtMs: JOB_BORN_MS + this.#count,
      holdCredits: 1000,
      memberId,
      guildId,
      onlyVendor,
      retryAtMs: isLater ? this.#clock.now() + MINUTE : 0,
    });
    this.waiting = [...this.waiting, job];
    this.endsWaited.set(job.id, 0);
    return job;
  }

  end(): void {
    const [, ...others] = this.running;
    if (others.length === this.running.length) return;
    this.running = others;
    for (const { id } of this.waiting) this.endsWaited.set(id, (this.endsWaited.get(id) ?? 0) + 1);
  }

  /** Jobs in dispatch order; jobs that wait for a time follow and are dropped. */
  async startDue(): Promise<Job[]> {
    const nowMs = this.#clock.now();
    const due = await this.#turns.due(1000);
    const firstLater = due.findIndex(({ retryAtMs }) => retryAtMs > nowMs);
    const starting = firstLater === -1 ? due : due.slice(0, firstLater);
    if (due.slice(starting.length).some(({ retryAtMs }) => retryAtMs <= nowMs)) {
      throw new Error('one that could start comes after one that has to wait');
    }
    this.waiting = this.waiting.filter((job) => !starting.includes(job));
    this.running = [...this.running, ...starting];
    for (const job of starting) {
      this.#starts += 1;
      this.#lastStarts.set(memberOf(job), this.#starts);
    }
    return starting;
  }

  /** 0 while there was none. */
  lastStart(job: Job): number {
    return this.#lastStarts.get(memberOf(job)) ?? 0;
  }

  #inQueue(job: Job) {
    const { id: jobId, createdAtMs: acceptedAtMs, onlyVendor: account } = job;
    const { version, stateSinceMs, retryAtMs, guildId, memberId } = job;
    const lastStart = this.lastStart(job);
    const columns = { jobId, version, stateSinceMs, retryAtMs, guildId, memberId, acceptedAtMs };
    return { ...columns, account, lastStart, startNumber: lastStart };
  }

  places(): Promise<ReadonlyMap<string, number>> {
    return this.#turns.positions();
  }

  minutePasses(): void {
    this.#nowMs += MINUTE;
  }

  expectSlotsKept(): void {
    const { server, member, account } = this.#most;
    expectAtMost(this.running, ({ guildId }) => guildId, server);
    expectAtMost(this.running, ({ guildId, memberId }) => `${guildId}/${memberId}`, member);
    expectAtMost(this.running, ({ onlyVendor = '' }) => onlyVendor, account);
  }
}

function memberOf({ guildId, memberId }: Job): string {
  return `${guildId}/${memberId}`;
}

function expectAtMost(
  jobs: readonly Job[],
  keyOf: (job: Job) => string,
  most: number | undefined,
): void {
  const sizes = [...Map.groupBy(jobs, keyOf).values()].map(({ length }) => length);
  expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(most ?? Infinity);
}

const most = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });
const anOrder = fc.record({
  do: fc.constant('order' as const),
  memberId: fc.constantFrom(...MEMBERS),
  guildId: fc.constantFrom('guild', 'other'),
  onlyVendor: fc.constantFrom(...VENDORS),
  isLater: fc.constant(false),
});
const anEnd = fc.constant({ do: 'end' as const });
const steps = (order: fc.Arbitrary<Step>) =>
  fc.array(fc.oneof({ weight: 3, arbitrary: order }, { weight: 2, arbitrary: anEnd }), {
    maxLength: 40,
    size: 'max',
  });

async function play(course: Course, all: readonly Step[], afterTurn: () => void): Promise<void> {
  for (const step of all) {
    if (step.do === 'order') course.order(step);
    else course.end();
    await course.startDue();
    afterTurn();
  }
}

test('running jobs never exceed the slots, and every job that can start does', async () => {
  const later = anOrder.chain((order) => fc.boolean().map((isLater) => ({ ...order, isLater })));
  const limits = fc.record({ server: most, member: most, account: most });
  const property = fc.asyncProperty(limits, steps(later), async (places, all) => {
    const course = new Course(places);

    await play(course, all, () => course.expectSlotsKept());

    // A second turn finds no other job; once their time has come, the jobs that waited for it are found.
    expect(await course.startDue()).toEqual([]);
    course.minutePasses();
    while (course.waiting.length > 0) {
      await course.startDue();
      course.expectSlotsKept();
      expect(course.running.length).toBeGreaterThan(0);
      course.end();
    }
  });
  await fc.assert(property, { numRuns: 150 });
});

test('the member served least recently goes first, then in order, and the displayed position matches', async () => {
  const one = anOrder.map((order) => ({ ...order, guildId: 'guild' }));
  const places = fc.integer({ min: 1, max: 4 });
  const property = fc.asyncProperty(places, steps(one), async (server, all) => {
    const course = new Course({ server, member: undefined, account: undefined });
    await play(course, all, () => undefined);

    while (course.waiting.length > 0) {
      // Several positions are equal, because they are rounded.
      const expected = inOrder(course);
      const order = (id: string): number => expected.indexOf(id);
      const shown = [...(await course.places())].toSorted(
        ([one, a], [other, b]) => a - b || order(one) - order(other),
      );
      expect(shown.map(([id]) => id)).toEqual(expected);
      expect(shown.map(([, place]) => place)).toEqual(
        shown.map((_, index) => shownPosition(index + 1)),
      );
      course.end();
      const [next] = inOrder(course);
      expect((await course.startDue()).map(({ id }) => id)).toEqual([next]);
    }
  });
  await fc.assert(property, { numRuns: 150 });
});

/** The order in plain words: one at a time, the member served least recently first, and equals by arrival. */
function inOrder(course: Course): string[] {
  const lastStarts = new Map(course.waiting.map((job) => [memberOf(job), course.lastStart(job)]));
  const lastStart = (job: Job): number => lastStarts.get(memberOf(job)) ?? 0;
  const order: string[] = [];
  let left = course.waiting;
  while (left.length > 0) {
    const [next] = left.toSorted(
      (one, other) => lastStart(one) - lastStart(other) || one.createdAtMs - other.createdAtMs,
    );
    if (next === undefined) break;
    order.push(next.id);
    lastStarts.set(memberOf(next), 1_000 + order.length);
    left = left.filter((job) => job !== next);
  }
  return order;
}

test('no job waits for ever, however many others keep arriving', async () => {
  const one = anOrder.map((order) => ({ ...order, guildId: 'guild' }));
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 3 }),
    fc.array(one, { maxLength: 12 }),
    fc.constantFrom(...MEMBERS),
    async (server, before, memberId) => {
      const course = new Course({ server, member: undefined, account: undefined });
      await play(course, before, () => undefined);
      const ofMember = (jobs: readonly Job[]) => jobs.filter((job) => job.memberId === memberId);
      const ahead = ofMember([...course.waiting, ...course.running]).length;
      const order = {
        do: 'order',
        guildId: 'guild',
        onlyVendor: 'byteplus',
        isLater: false,
      } as const;
      const { id } = course.order({ ...order, memberId });

      // Every other member sends another request whenever a job ends, more often than slots become free.
      const rivals = MEMBERS.filter((other) => other !== memberId);
      const isWaiting = () => course.waiting.some((job) => job.id === id);
      await course.startDue();
      while (isWaiting()) {
        for (const rival of [...rivals, ...rivals]) course.order({ ...order, memberId: rival });
        course.end();
        await course.startDue();
        // One job of each other member for each earlier job of this member and for this one, plus those running.
        const most = (ahead + 1) * MEMBERS.length + server;
        expect(course.endsWaited.get(id)).toBeLessThanOrEqual(most);
      }
    },
  );
  await fc.assert(property, { numRuns: 100 });
});
