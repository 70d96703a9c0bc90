/** Measures how long a burst of commands waits for acknowledgements, compared with a minimal bot. */
import { setTimeout as sleep } from 'node:timers/promises';

import { median, percentile, type Row } from './figures.ts';
import { HOUR_MS, milliseconds, PATIENCE_MS, SECOND_MS, startPair, type Pair } from './pair.ts';

const P99 = 0.99;
/** Issue 2, "Figures to show". */
const GOAL = 1.3;

interface Round {
  readonly p50: number;
  readonly p99: number;
  readonly busyShare: number;
}

/** Rounds alternate, so that a busy moment of the machine affects both. The first is a warm-up. */
export async function measureAcknowledgement(options: {
  readonly burst: number;
  readonly rounds: number;
}): Promise<{ rows: Row[]; notes: string[] }> {
  const { burst, rounds } = options;
  await using shipped = await startPair('shipped');
  await using bare = await startPair('bare');
  let unfinished = 0;
  const done: { shipped: Round; bare: Round }[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const both = { bare: await oneRound(bare, burst), shipped: await oneRound(shipped, burst) };
    unfinished += await drain(shipped);
    if (round > 0) done.push(both);
  }
  const row = (name: 'p50' | 'p99'): Row => ({
    what: `acknowledge, burst of ${burst}: ${name}`,
    shipped: median(done.map((one) => one.shipped[name])),
    bare: median(done.map((one) => one.bare[name])),
    unit: 'ms',
  });
  return {
    rows: [row('p50'), { ...row('p99'), goal: GOAL }],
    notes: [...notesOf(done), ...warnings(unfinished)],
  };
}

async function oneRound({ sandbox }: Pair, count: number): Promise<Round> {
  const { milliseconds = [], busyShare = Number.NaN } = await sandbox.ask({ do: 'burst', count });
  const values = milliseconds.map((ms) => ms ?? Number.POSITIVE_INFINITY);
  return { p50: median(values), p99: percentile(values, P99), busyShare };
}

/**
 * Waits for everything the burst started, so that it disturbs no other round.
 *
 * @returns how many jobs still have not ended
 */
async function drain({ sandbox }: Pair): Promise<number> {
  await sandbox.ask({ do: 'set-render-time', ms: 0 });
  const waited = await milliseconds(sandbox, { do: 'wait-for-videos', timeoutMs: PATIENCE_MS });
  await sandbox.ask({ do: 'set-render-time', ms: HOUR_MS });
  await sleep(SECOND_MS);
  return waited.filter((ms) => !Number.isFinite(ms)).length;
}

function notesOf(done: readonly { shipped: Round; bare: Round }[]): string[] {
  const p99s = (who: 'shipped' | 'bare'): string => done.map((one) => one[who].p99).join(', ');
  const busy = (who: 'shipped' | 'bare'): string =>
    `${Math.round(100 * median(done.map((one) => one[who].busyShare)))} %`;
  return [
    `acknowledge p99 of each round, in ms: A ${p99s('shipped')}; B ${p99s('bare')}`,
    `the sandbox itself was busy for ${busy('shipped')} of A's bursts and ${busy('bare')} of B's; both figures include its share`,
  ];
}

function warnings(unfinished: number): string[] {
  return unfinished === 0 ? [] : [`WARNING: ${unfinished} jobs were still running in later rounds`];
}
