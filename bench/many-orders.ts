/** Measures many concurrent requests: how soon the first reaches the vendor, and how fast the others follow. */
import type { Row } from './figures.ts';
import { PATIENCE_MS, SECOND_MS, startPair } from './pair.ts';

/** The limit of a BytePlus account. With `RENDER_MS` it decides how many videos per second the vendor can make. */
const TASKS_AT_ONCE = 120;
const RENDER_MS = 8 * SECOND_MS;
const VENDOR_RATE = TASKS_AT_ONCE / (RENDER_MS / SECOND_MS);
/** Of the vendor’s rate: a finished task is noticed up to a second later, and its slot is then filled again. */
const LEAST_SHARE = 0.8;

interface Measured {
  readonly rows: readonly Row[];
  /** How the requests without a video ended. */
  readonly notes: readonly string[];
}

export async function measureManyOrders(orders: number): Promise<Measured> {
  await using pair = await startPair('shipped', RENDER_MS);
  const { milliseconds = [] } = await pair.sandbox.ask({ do: 'burst', count: orders });
  const timeoutMs = (orders / VENDOR_RATE) * 3 * SECOND_MS + PATIENCE_MS;
  await pair.sandbox.ask({ do: 'wait-for-videos', timeoutMs });
  const { createdAfterMs = [], shownAfterMs = [] } = await pair.sandbox.ask({ do: 'tell-creates' });
  const { endings = {} } = await pair.sandbox.ask({ do: 'tell-missing' });
  const peak = await pair.bot.peakMebibytes();
  const shown = shownAfterMs.filter((ms) => ms !== null).toSorted((one, other) => one - other);
  const acknowledged = milliseconds.map((ms) => ms ?? Number.POSITIVE_INFINITY);
  const first = Math.min(...createdAfterMs);
  const atOnce = `${orders} requests at once`;
  const rows = [
    row(`${atOnce}: last acknowledged after`, Math.max(...acknowledged), 'ms', { most: 3_000 }),
    row('  first create call after', first, 'ms', { most: SECOND_MS }),
    row(`  videos per second, of ${VENDOR_RATE}`, rate(shown), '/s', {
      least: VENDOR_RATE * LEAST_SHARE,
    }),
    row('  videos delivered', shown.length, '', { least: orders }),
    row('  peak memory', peak, 'MiB', { most: 350 }),
  ];
  const notes = Object.entries(endings).map(
    ([ending, count]) => `${atOnce}: ${count} without a video ended as: ${ending}`,
  );
  return { rows, notes };
}

function row(what: string, shipped: number, unit: Row['unit'], wanted: Row['wanted']): Row {
  return { what, shipped, unit, wanted };
}

/** From the first to the last. */
function rate(atMs: readonly number[]): number {
  const seconds = ((atMs.at(-1) ?? 0) - (atMs[0] ?? 0)) / SECOND_MS;
  return (atMs.length - 1) / seconds;
}
