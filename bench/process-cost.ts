/** Measures the cost of the process itself: start-up time, memory when idle and with many running jobs. */
import { setTimeout as sleep } from 'node:timers/promises';

import { median, type Row } from './figures.ts';
import { PATIENCE_MS, SECOND_MS, startPair } from './pair.ts';
import type { ParticipantName } from './participants.ts';

const NAMES = ['shipped', 'bare', 'naive'] as const;
const SETTLE_MS = 5 * SECOND_MS;
/** Commands at once while jobs are started; the next ones follow when these are acknowledged. */
const BURST = 100;
const IDLE_GOAL = 1.25;
const START_GOAL = 1.5;

export async function measureStart(starts: number): Promise<Row> {
  const times: Record<ParticipantName, number[]> = { shipped: [], bare: [], naive: [] };
  for (let round = 0; round < starts; round += 1) {
    for (const name of NAMES) {
      await using pair = await startPair(name);
      times[name].push(pair.bot.readyAfterMs);
    }
  }
  const figures = { shipped: median(times.shipped), bare: median(times.bare) };
  return {
    what: 'start to ready',
    ...figures,
    naive: median(times.naive),
    unit: 'ms',
    goal: START_GOAL,
  };
}

export async function measureMemory(inFlight: number): Promise<Row[]> {
  const [shipped, bare, naive] = await Promise.all([idle('shipped'), idle('bare'), idle('naive')]);
  const [busy, busyNaive] = await Promise.all([
    withJobs('shipped', inFlight),
    withJobs('naive', inFlight),
  ]);
  const what = `memory, ${inFlight} running jobs`;
  return [
    { what: 'memory, idle', shipped, bare, naive, unit: 'MiB', goal: IDLE_GOAL },
    { what, shipped: busy, naive: busyNaive, unit: 'MiB' },
  ];
}

async function idle(name: ParticipantName): Promise<number> {
  await using pair = await startPair(name);
  await sleep(SETTLE_MS);
  // Awaited here, because leaving the function ends the measured process.
  return await pair.bot.memoryMebibytes();
}

async function withJobs(name: ParticipantName, count: number): Promise<number> {
  await using pair = await startPair(name);
  for (let sent = 0; sent < count; sent += BURST) {
    await pair.sandbox.ask({ do: 'burst', count: Math.min(BURST, count - sent) });
  }
  await pair.sandbox.ask({ do: 'wait-for-quiet', timeoutMs: PATIENCE_MS });
  await sleep(SETTLE_MS);
  // Awaited here, because leaving the function ends the measured process.
  return await pair.bot.memoryMebibytes();
}
