import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  inTurn,
  nextToStart,
  placeInLine,
  type PlaceLimits,
  type RunningJob,
  type WaitingJob,
} from '#src/quota/line/line.ts';

const NO_LIMITS: PlaceLimits = {
  server: () => undefined,
  member: () => undefined,
  account: () => undefined,
};
const nowMs = 1_000;

/** `alice 1` is a job of alice in the server `guild`; accepted in the order they are named. */
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
  limits: Partial<PlaceLimits>,
): string[] => ids(nextToStart(waiting, running, { limits: { ...NO_LIMITS, ...limits }, nowMs }));

test('without limits everybody starts, in order', () => {
  expect(starting(jobs('alice 1', 'bob 1'), [], {})).toEqual(['alice 1', 'bob 1']);
});

test('everybody gets one before anybody gets a second', () => {
  const waiting = jobs('alice 1', 'alice 2', 'alice 3', 'bob 1', 'carol 1', 'bob 2');

  expect(ids(inTurn(waiting, []))).toEqual([
    'alice 1',
    'bob 1',
    'carol 1',
    'alice 2',
    'bob 2',
    'alice 3',
  ]);
});

test('who has one running comes after those who have none', () => {
  const running = jobs('alice 0');

  expect(ids(inTurn(jobs('alice 1', 'bob 1', 'carol 1'), running))).toEqual([
    'bob 1',
    'carol 1',
    'alice 1',
  ]);
});

test('of one moment the order is still the same every time', () => {
  const same = jobs('b 1', 'a 1').map((job) => ({ ...job, acceptedAtMs: 5 }));

  expect(ids(inTurn(same, []))).toEqual(['a 1', 'b 1']);
});

describe('a place is needed', () => {
  const waiting = jobs('alice 1', 'bob 1', 'alice 2', 'bob 2');

  test('in the server', () => {
    expect(starting(waiting, jobs('dave 1'), { server: () => 3 })).toEqual(['alice 1', 'bob 1']);
    expect(starting(waiting, jobs('dave 1', 'dave 2'), { server: () => 2 })).toEqual([]);
  });

  test("in the member's own limit, which keeps nobody else waiting", () => {
    const member = (_: string, memberId: string) => (memberId === 'alice' ? 1 : undefined);

    expect(starting(waiting, [], { member })).toEqual(['alice 1', 'bob 1', 'bob 2']);
  });

  test("in the vendor's account, over all servers", () => {
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

  test('a limit of 0 lets those already accepted through, one at a time', () => {
    expect(starting(waiting, [], { server: () => 0 })).toEqual(['alice 1']);
    expect(starting(waiting, jobs('dave 1'), { server: () => 0 })).toEqual([]);
  });
});

test('a job that waits for its next try is passed over and keeps its place', () => {
  const later = jobs('alice 1', 'bob 1').map((job) =>
    job.memberId === 'alice' ? { ...job, notBeforeMs: nowMs + 1 } : job,
  );

  expect(starting(later, [], { server: () => 1 })).toEqual(['bob 1']);
  expect(placeInLine('alice 1', later, [])).toBe(1);
  expect(
    starting(
      later.map((job) => ({ ...job, notBeforeMs: nowMs })),
      [],
      {},
    ),
  ).toHaveLength(2);
});

describe('the place in line', () => {
  const waiting = jobs('alice 1', 'alice 2', 'bob 1');

  test('counts from one, by turn', () => {
    expect(['alice 1', 'bob 1', 'alice 2'].map((id) => placeInLine(id, waiting, []))).toEqual([
      1, 2, 3,
    ]);
  });

  test('of a job that does not wait is unknown', () => {
    expect(placeInLine('gone', waiting, [])).toBeUndefined();
  });

  test('leaves out who waits for other places', () => {
    const elsewhere = waiting.map((job) => ({ ...job, jobId: `x ${job.jobId}`, guildId: 'other' }));

    expect(placeInLine('bob 1', [...elsewhere, ...waiting], [])).toBe(2);
    const shared = [...elsewhere, ...waiting].map((job) => ({ ...job, account: 'a' }));
    expect(placeInLine('bob 1', shared, [])).toBeGreaterThan(2);
  });
});

test('no limit is ever passed, no free place is left to nobody, and the order is kept', () => {
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
    const places: PlaceLimits = {
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
    expect(inTurn(waiting, running).filter((one) => started.includes(one))).toEqual(started);
  });
  fc.assert(property, { numRuns: 500 });
});

interface Given {
  server?: number | undefined;
  member?: number | undefined;
  account?: number | undefined;
}

/** Whether the one job added is within all limits that concern it. */
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
