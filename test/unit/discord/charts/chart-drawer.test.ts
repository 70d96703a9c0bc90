import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';

import { imageSize } from 'image-size';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';

import { createChartDrawer, type ChartDrawer } from '#src/discord/charts/chart-drawer.ts';
import type { Report } from '#src/quota/reports/report.ts';

import { A_REPORT } from './a-report.ts';

const logged: string[] = [];
const drawers: ChartDrawer[] = [];

function aDrawer(options?: { idleTimeoutMs: number }): ChartDrawer {
  const logger = pino({ level: 'error' }, { write: (line: string) => void logged.push(line) });
  const drawer = createChartDrawer(logger, options);
  drawers.push(drawer);
  return drawer;
}

/** Resolves with the next thread that is started. */
async function nextThread(): Promise<Worker> {
  const [worker]: Worker[] = await once(process, 'worker');
  if (worker === undefined) throw new Error('no thread was started');
  return worker;
}

afterEach(async () => {
  await Promise.all(drawers.splice(0).map(async (drawer) => drawer.close()));
  logged.length = 0;
});

test('a chart comes as a picture of twice the size it is laid out in', async () => {
  const png = await aDrawer().drawReport(A_REPORT);

  expect(png && imageSize(png)).toMatchObject({ type: 'png', width: 2048, height: 940 });
});

test('the main thread loads neither the chart library nor the renderer', async () => {
  const program = fileURLToPath(new URL('draw-in-process.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  const { bytes, loaded } = z
    .object({ bytes: z.number(), loaded: z.array(z.string()) })
    .parse(JSON.parse(stdout));

  expect(bytes).toBeGreaterThan(1_000);
  expect(loaded.some((url) => url.includes('tinypool'))).toBe(true);
  expect(loaded.filter((url) => /echarts|resvg/.test(url))).toEqual([]);
});

test('the chart thread ends once it has been idle, and the next chart starts a new one', async () => {
  const { drawReport } = aDrawer({ idleTimeoutMs: 20 });
  for (let chart = 0; chart < 2; chart += 1) {
    const thread = nextThread();
    const ended = thread.then(async (worker) => once(worker, 'exit'));

    expect(await drawReport(A_REPORT)).toBeDefined();
    await ended;
  }
});

test('closing during a chart ends the thread', async () => {
  const drawer = aDrawer();
  const thread = nextThread();
  const drawing = drawer.drawReport(A_REPORT);
  const worker = await thread;
  const ended = once(worker, 'exit');

  await drawer.close();

  await ended;
  expect(await drawing).toBeUndefined();
});

test('a chart that cannot be rendered is logged and left out', async () => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a report that no query returns
  const broken = { ...A_REPORT, byModel: undefined } as unknown as Report;

  expect(await aDrawer().drawReport(broken)).toBeUndefined();
  expect(logged.join('')).toContain('report chart not drawn');
});
