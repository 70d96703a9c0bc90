/** Measures the time from the vendor’s end to the video in Discord, compared with the vendors' documented loop. */
import { percentile, median, type Row } from './figures.ts';
import { milliseconds, PATIENCE_MS, SECOND_MS, startPair } from './pair.ts';
import type { ParticipantName } from './participants.ts';

const P99 = 0.99;
/** The bot polls every second near the expected end; then it downloads and posts the video. */
const MOST_SECONDS = 1.2;

interface Delivery {
  /** Per video. */
  readonly seconds: readonly number[];
  readonly requests: Readonly<Record<string, number>>;
  readonly mostOpen: number;
}

/**
 * @param options.together runs both bots at the same time, for loads that leave the machine idle
 * @param options.renderMs not a multiple of the naive loop’s 10 s, or chance would decide its figure
 */
export async function measureDelivery(options: {
  readonly together: boolean;
  readonly videos: number;
  readonly renderMs: number;
}): Promise<Row[]> {
  const first = deliver('shipped', options);
  if (!options.together) await first;
  const [shipped, naive] = await Promise.all([first, deliver('naive', options)]);
  const row = (
    what: string,
    of: (figures: Delivery) => number,
    unit: Row['unit'],
    wanted?: Row['wanted'],
  ): Row => ({
    what,
    wanted,
    shipped: of(shipped),
    naive: of(naive),
    unit,
  });
  return [
    row(`finished to shown, ${options.videos} at once: p50`, (of) => median(of.seconds), 's', {
      most: MOST_SECONDS,
    }),
    row('  p99', (of) => percentile(of.seconds, P99), 's'),
    row('  videos delivered', (of) => of.seconds.filter(Number.isFinite).length, ''),
    row('  most at the vendor at one time', ({ mostOpen }) => mostOpen, ''),
    row('  status requests', ({ requests }) => count(requests, /^(list|retrieve)/), ''),
    row('  refused requests', ({ requests }) => count(requests, /refused$/), ''),
    row('  all requests to the vendor', ({ requests }) => count(requests, /./), ''),
  ];
}

async function deliver(
  name: ParticipantName,
  { videos, renderMs }: { videos: number; renderMs: number },
): Promise<Delivery> {
  await using pair = await startPair(name, renderMs);
  await pair.sandbox.ask({ do: 'burst', count: videos });
  const timeoutMs = renderMs + PATIENCE_MS;
  const waited = await milliseconds(pair.sandbox, { do: 'wait-for-videos', timeoutMs });
  const { requests = {}, mostOpen = 0 } = await pair.sandbox.ask({ do: 'count-requests' });
  return { seconds: waited.map((ms) => ms / SECOND_MS), requests, mostOpen };
}

function count(requests: Readonly<Record<string, number>>, names: RegExp): number {
  return Object.entries(requests)
    .filter(([name]) => names.test(name))
    .reduce((sum, [, times]) => sum + times, 0);
}
