/** Measures processor time from the command to the delivered video, compared with the vendors' documented loop. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Row } from './figures.ts';
import { milliseconds, PATIENCE_MS, SECOND_MS, startPair } from './pair.ts';
import type { ParticipantName } from './participants.ts';

const RENDER_MS = 5 * SECOND_MS;
/** Commands at once; the next ones follow when their videos have arrived. */
const BURST = 100;
/** Compiling code for the first jobs is not a cost of a job. */
const WARM_UP = 100;
/** The message of each ended job is verified after 20 s. */
const SETTLE_MS = 25 * SECOND_MS;

export async function measureCpu(jobs: number): Promise<Row> {
  const shipped = await cpuPerJob('shipped', jobs);
  const naive = await cpuPerJob('naive', jobs);
  return { what: `processor time per job, ${jobs} jobs`, shipped, naive, unit: 'ms' };
}

async function cpuPerJob(name: ParticipantName, jobs: number): Promise<number> {
  await using pair = await startPair(name, RENDER_MS);
  const deliver = async (count: number): Promise<void> => {
    for (let sent = 0; sent < count; sent += BURST) {
      await pair.sandbox.ask({ do: 'burst', count: Math.min(BURST, count - sent) });
      const timeoutMs = RENDER_MS + PATIENCE_MS;
      await milliseconds(pair.sandbox, { do: 'wait-for-videos', timeoutMs });
    }
    await sleep(SETTLE_MS);
  };
  await deliver(WARM_UP);
  const before = await pair.bot.cpuMs();
  await deliver(jobs);
  return ((await pair.bot.cpuMs()) - before) / jobs;
}
