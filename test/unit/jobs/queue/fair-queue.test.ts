import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  inDispatchOrder,
  nextToStart,
  queuePositions,
  type SlotLimits,
  type RunningJob,
  type WaitingJob,
} from '#src/jobs/queue/fair-queue.ts';

const NO_LIMITS: SlotLimits = {
  server: () => undefined,
  member: () => undefined,
  account: () => undefined,
};
const nowMs = 1_000;

/** `alice 1` is a job of alice in the server `guild`; jobs are accepted in the order they are named. */
function jobs(...names: string[]): WaitingJob[] {
  return names.map((jobId, index) => ({
    jobId,
    guildId: 'guild',
    memberId: jobId.split(' ')[0] ?? '',
    acceptedAtMs: index,
  }));
}

const ids = (all: readonly WaitingJob[]): string[] => all.map(({ jobId }) => jobId);

const starting = (
  waiting: readonly WaitingJob[],
  running: readonly RunningJob[],
  limits: Partial<SlotLimits>,
): string[] => ids(nextToStart(waiting, running, { limits: { ...NO_LIMITS, ...limits }, nowMs }));

test('every job starts in order when there are no limits', () => {
  expect(starting(jobs('alice 1', 'bob 1'), [], {})).toEqual(['alice 1', 'bob 1']);
});

test('every member gets one slot before any gets a second', () => {
  const waiting = jobs('alice 1', 'alice 2', 'alice 3', 'bob 1', 'carol 1', 'bob 2');

  expect(ids(inDispatchOrder(waiting, []))).toEqual([
    'alice 1',
    'bob 1',
    'carol 1',
    'alice 2',
    'bob 2',
    'alice 3',
  ]);
});

test('a member with a running job comes after those without one', () => {
  const running = jobs('alice 0');

  expect(ids(inDispatchOrder(jobs('alice 1', 'bob 1', 'carol 1'), running))).toEqual([
    'bob 1',
    'carol 1',
    'alice 1',
  ]);
});

test('jobs of the same moment always have the same order', () => {
  const same = jobs('b 1', 'a 1').map((job) => ({ ...job, acceptedAtMs: 5 }));

  expect(ids(inDispatchOrder(same, []))).toEqual(['a 1', 'b 1']);
});

describe('the limits on slots', () => {
  const waiting = jobs('alice 1', 'bob 1', 'alice 2', 'bob 2');

  test('a job waits for a slot of its server', () => {
    expect(starting(waiting, jobs('dave 1'), { server: () => 3 })).toEqual(['alice 1', 'bob 1']);
    expect(starting(waiting, jobs('dave 1', 'dave 2'), { server: () => 2 })).toEqual([]);
  });

  test('a job waits for a slot of its member, and delays nobody else', () => {
    const member = (_: string, memberId: string) => (memberId === 'alice' ? 1 : undefined);

    expect(starting(waiting, [], { member })).toEqual(['alice 1', 'bob 1', 'bob 2']);
  });

  test('a job waits for a slot of the vendor’s account, over all servers', () => {
    const known = waiting.slice(0, 3).map((job, index) => ({
      ...job,
      account: index === 2 ? 'b' : 'a',
      guildId: index === 1 ? 'elsewhere' : job.guildId,
    }));

    expect(starting(known, [], { account: (name) => (name === 'a' ? 1 : 5) })).toEqual([
      'alice 1',
      'alice 2',
    ]);
  });

  test('a limit of 0 lets jobs already accepted run one at a time', () => {
    expect(starting(waiting, [], { server: () => 0 })).toEqual(['alice 1']);
    expect(starting(waiting, jobs('dave 1'), { server: () => 0 })).toEqual([]);
  });
});

test('a job waiting for its next attempt is skipped and keeps its position', () => {
  const later = jobs('alice 1', 'bob 1').map((job) =>
    job.memberId === 'alice' ? { ...job, notBeforeMs: nowMs + 1 } : job,
  );

  expect(starting(later, [], { server: () => 1 })).toEqual(['bob 1']);
  expect(queuePositions(later, [], NO_LIMITS).get('alice 1')).toBe(1);
  expect(
    starting(
      later.map((job) => ({ ...job, notBeforeMs: nowMs })),
      [],
      {},
    ),
  ).toHaveLength(2);
});

describe('the position in the queue', () => {
  const waiting = jobs('alice 1', 'alice 2', 'bob 1');
  const account = () => 1;

  test('positions count from one, in dispatch order', () => {
    expect([...queuePositions(waiting, [], NO_LIMITS)]).toEqual([
      ['alice 1', 1],
      ['bob 1', 2],
      ['alice 2', 3],
    ]);
  });

  test('positions leave out jobs that wait for other slots', () => {
    const elsewhere = waiting.map((job) => ({ ...job, jobId: `x ${job.jobId}`, guildId: 'other' }));
    const all = [...elsewhere, ...waiting];
    const shared = all.map((job) => ({ ...job, account: 'a' }));
    const taken = [{ guildId: 'third', memberId: 'carol', account: 'a' }];

    expect(queuePositions(all, [], NO_LIMITS).get('bob 1')).toBe(2);
    expect(queuePositions(shared, taken, NO_LIMITS).get('bob 1')).toBe(2);
    expect(queuePositions(shared, taken, { ...NO_LIMITS, account }).get('bob 1')).toBe(3);
  });

  test('a position is the count of jobs ahead that wait for the same slots', () => {
    const job = fc.record({
      guildId: fc.constantFrom('g', 'h', 'i'),
      memberId: fc.constantFrom('alice', 'bob', 'carol'),
      account: fc.constantFrom('a', 'b', undefined),
      acceptedAtMs: fc.nat({ max: 9 }),
      lastStart: fc.nat({ max: 4 }),
    });
    const property = fc.property(fc.array(job, { maxLength: 30 }), (some) => {
      const all = some.map((one, index) => ({ ...one, jobId: `${index}` }));
      const busy = [{ guildId: 'z', memberId: 'z', account: 'a' }];
      const limits = { ...NO_LIMITS, account };
      const order = inDispatchOrder(all, busy);
      for (const [index, mine] of order.entries()) {
        const rivals = order.slice(0, index).filter((other) => {
          const isSameAccount = mine.account === 'a' && other.account === 'a';
          return other.guildId === mine.guildId || isSameAccount;
        });
        expect(queuePositions(all, busy, limits).get(mine.jobId)).toBe(rivals.length + 1);
      }
    });
    fc.assert(property, { numRuns: 200 });
  });
});

describe('the member served least recently', () => {
  const started = (name: string, startNumber: number): RunningJob => {
    return { guildId: 'guild', memberId: name, startNumber };
  };

  test('the member whose jobs started least recently goes first', () => {
    const running = [started('alice', 3), started('bob', 2)];

    expect(ids(inDispatchOrder(jobs('alice 1', 'bob 1', 'carol 1'), running))).toEqual([
      'carol 1',
      'bob 1',
      'alice 1',
    ]);
  });

  test('the member whose jobs ended least recently goes first', () => {
    const waiting = jobs('alice 1', 'bob 1', 'alice 2').map((job) => {
      return { ...job, lastStart: job.memberId === 'alice' ? 2 : 1 };
    });

    expect(ids(inDispatchOrder(waiting, []))).toEqual(['bob 1', 'alice 1', 'alice 2']);
  });

  test('a job that cannot start now does not use up its member’s turn', () => {
    const waiting = jobs('alice 1', 'alice 2', 'bob 1', 'bob 2').map((job) => {
      return { ...job, notBeforeMs: job.jobId === 'alice 1' ? nowMs + 1 : 0 };
    });

    expect(starting(waiting, [], { server: () => 2 })).toEqual(['alice 2', 'bob 1']);
  });
});

test('thousands of positions are computed quickly', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => {
    return { jobId: `${index}`, guildId: 'g', memberId: `m${index % 7_000}`, acceptedAtMs: index };
  });
  let looks = 0;
  const counted = many.map((job) => ({
    ...job,
    get guildId() {
      looks += 1;
      return 'g';
    },
  }));

  expect(queuePositions(counted, [], NO_LIMITS).get('19999')).toBe(20_000);
  expect(looks).toBeLessThan(many.length * 20);
});

test('no limit is exceeded, no free slot is left unused, and each member’s order is kept', () => {
  const job = fc.record({
    guildId: fc.constantFrom('g', 'h'),
    memberId: fc.constantFrom('alice', 'bob', 'carol'),
    account: fc.constantFrom('a', 'b', undefined),
    acceptedAtMs: fc.nat({ max: 9 }),
  });
  const most = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });
  const limits = fc.record({ server: most, member: most, account: most });
  const property = fc.property(fc.array(job), fc.array(job), limits, (some, running, given) => {
    const waiting = some.map((one, index) => ({ ...one, jobId: `${index}` }));
    const places: SlotLimits = {
      server: () => given.server,
      member: () => given.member,
      account: () => given.account,
    };
    const allowed = (all: readonly RunningJob[]): boolean =>
      fits(all, ({ guildId }) => guildId, given.server) &&
      fits(all, ({ guildId, memberId }) => `${guildId}/${memberId}`, given.member) &&
      fits(all, ({ account }) => account, given.account);

    const started = nextToStart(waiting, running, { limits: places, nowMs });

    const grown = (one: RunningJob) => [...running, ...started, one];
    const left = waiting.filter((one) => !started.includes(one));
    for (const one of left) expect(fitsAfter(grown(one), one, given)).toBe(false);
    expect(!allowed(running) || allowed([...running, ...started])).toBe(true);
    for (const mine of started) {
      const own = started.filter((one) => isSameMember(one, mine));
      expect(inDispatchOrder(waiting, running).filter((one) => own.includes(one))).toEqual(own);
    }
  });
  fc.assert(property, { numRuns: 500 });
});

const isSameMember = (one: RunningJob, other: RunningJob): boolean =>
  one.guildId === other.guildId && one.memberId === other.memberId;

interface Given {
  server?: number | undefined;
  member?: number | undefined;
  account?: number | undefined;
}

/** Whether the added job is within all limits that apply to it. */
function fitsAfter(all: readonly RunningJob[], one: RunningJob, given: Given): boolean {
  const same = (is: (job: RunningJob) => boolean, most: number | undefined): boolean =>
    most === undefined || all.filter(is).length <= most;
  return (
    same(({ guildId }) => guildId === one.guildId, given.server) &&
    same((job) => job.guildId === one.guildId && job.memberId === one.memberId, given.member) &&
    (one.account === undefined || same(({ account }) => account === one.account, given.account))
  );
}

function fits(
  all: readonly RunningJob[],
  keyOf: (job: RunningJob) => string | undefined,
  most: number | undefined,
): boolean {
  const groups = Map.groupBy(
    all.filter((job) => keyOf(job) !== undefined),
    keyOf,
  );
  return most === undefined || [...groups.values()].every(({ length }) => length <= most);
}
