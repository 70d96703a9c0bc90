/** Measures very many running jobs in one process: its memory, and how long it blocks the event loop. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { z } from 'zod';

import type { Row } from './figures.ts';

const SCRIPT = fileURLToPath(new URL('./in-flight-process.ts', import.meta.url));
const WATCHED_MS = 20_000;

const figuresSchema = z.object({
  memoryMebibytes: z.number(),
  delayMs: z.number(),
  worstMs: z.number(),
  listsPerSecond: z.number(),
  seen: z.number(),
});

export async function measureInFlight(count: number): Promise<Row[]> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [SCRIPT, String(count), String(WATCHED_MS)]);
  const figures = figuresSchema.parse(JSON.parse(stdout));
  return [
    {
      what: `${count} running jobs in one process: memory`,
      shipped: figures.memoryMebibytes,
      unit: 'MiB',
      wanted: { most: 350 },
    },
    {
      what: '  event loop delay, p99',
      shipped: figures.delayMs,
      unit: 'ms',
      wanted: { most: 100 },
    },
    { what: '  maximum', shipped: figures.worstMs, unit: 'ms' },
    {
      what: '  list calls per second',
      shipped: figures.listsPerSecond,
      unit: '/s',
      wanted: { most: 1.1 },
    },
  ];
}
