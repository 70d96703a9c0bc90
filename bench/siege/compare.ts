/** The permitted effect of the flood on the ten servers and on the machine. */
import { percentile } from '../figures.ts';
import type { LifeFigures } from './neighbours.ts';
import type { Usage } from './usage.ts';

const MEBIBYTE = 1024 * 1024;
const P99 = 0.99;
const MOST_TIMES = 1.5;
/** Resident memory with the flood against without: the pictures alone that it sends are gigabytes. */
const MOST_MORE_MEBIBYTES = 150;
/** Finished videos of the ten, and files being written. */
const DISK_SLACK_BYTES = 300 * MEBIBYTE;

export interface Phase extends LifeFigures, Usage {
  readonly sandboxBusyShare: number;
}

export interface Check {
  readonly isMet: boolean;
  readonly text: string;
}

export function compare(
  alone: Phase,
  besieged: Phase,
  { storageBytes }: { readonly storageBytes: number },
): readonly Check[] {
  const busy = [alone, besieged].map(
    ({ sandboxBusyShare }) => `${Math.round(100 * sandboxBusyShare)} %`,
  );
  return [
    times('acknowledged, p99', (phase) => percentile(phase.acknowledgedMs, P99)),
    times('finished to shown, p50', (phase) => percentile(phase.deliveryLagMs, 0.5)),
    times('finished to shown, p99', (phase) => percentile(phase.deliveryLagMs, P99)),
    {
      isMet: besieged.refused <= MOST_TIMES * alone.refused,
      text: `refused: ${alone.refused} of ${alone.orders} alone, ${besieged.refused} of ${besieged.orders} during the flood`,
    },
    {
      isMet: besieged.peakMebibytes - alone.peakMebibytes <= MOST_MORE_MEBIBYTES,
      text: `memory: at most ${Math.round(alone.peakMebibytes)} MiB alone, ${Math.round(besieged.peakMebibytes)} MiB during the flood (at most ${MOST_MORE_MEBIBYTES} MiB more)`,
    },
    {
      isMet: besieged.peakDiskBytes <= storageBytes + DISK_SLACK_BYTES,
      text: `disk: ${mebibytes(alone.peakDiskBytes)} MiB alone, ${mebibytes(besieged.peakDiskBytes)} MiB during the flood, whose share is ${mebibytes(storageBytes)} MiB`,
    },
    { isMet: true, text: `the sandbox itself was busy for ${busy.join(' and ')} of the time` },
  ];

  function times(what: string, of: (phase: Phase) => number): Check {
    const [before, beside] = [of(alone), of(besieged)];
    const ratio = beside / before;
    return {
      isMet: ratio <= MOST_TIMES,
      text: `${what}: ${shown(before)} alone, ${shown(beside)} during the flood, × ${ratio.toFixed(2)} (at most ${MOST_TIMES})`,
    };
  }
}

function shown(ms: number): string {
  return Number.isFinite(ms) ? `${Math.round(ms)} ms` : 'never';
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / MEBIBYTE);
}
