/**
 * Draws charts in a worker thread. Loading the drawing library takes about a second of CPU time and 50 to
 * 90 MB of memory. On the main thread that would delay every guild, and the memory would not be freed. The
 * thread starts with the first chart and ends after half a minute without one.
 */
import { extname } from 'node:path';

import { Tinypool } from 'tinypool';

import { SECOND } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { Report } from '../../quota/reports/report.ts';

const IDLE_TIMEOUT_MS = 30 * SECOND;
/** A chart takes about 100 ms, the first one about 2 s; the report's text waits for it. */
const DRAW_TIMEOUT_MS = 20 * SECOND;
/** Charts that may wait for the thread. Beyond that, reports are shown without a chart. */
const MAX_QUEUED = 20;
const MAX_HEAP_MB = 256;

export interface ChartDrawer {
  /** @returns a PNG; undefined if drawing failed, which is logged: the report is readable without it */
  drawReport(report: Report): Promise<Uint8Array | undefined>;
  /** Ends the thread, even while it draws a chart. */
  close(): Promise<void>;
}

export function createChartDrawer(
  logger: Logger,
  { idleTimeoutMs = IDLE_TIMEOUT_MS }: { readonly idleTimeoutMs?: number } = {},
): ChartDrawer {
  // Same file extension as this file, which runs as TypeScript or as compiled JavaScript.
  const filename = new URL(`./report-chart${extname(import.meta.url)}`, import.meta.url).href;
  const pool = new Tinypool({
    filename,
    name: 'drawReport',
    runtime: 'worker_threads',
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: idleTimeoutMs,
    maxQueue: MAX_QUEUED,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  return {
    async drawReport(report) {
      try {
        const signal = AbortSignal.timeout(DRAW_TIMEOUT_MS);
        const png: unknown = await pool.run(report, { signal });
        return png instanceof Uint8Array ? png : undefined;
      } catch (error) {
        logger.error({ err: error }, 'report chart not drawn');
        return undefined;
      }
    },
    close: async () => pool.destroy(),
  };
}
