/** The bot’s figures from `/metrics`, sampled while it works, and their summary. */
import { z } from 'zod';

/** Bytes, and counts. */
export interface Sample {
  readonly atMs: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** Sockets, timers and other resources that Node keeps open. */
  readonly handles: number;
  /** Jobs that have not ended. */
  readonly openJobs: number;
}

const servedSchema = z.looseObject({ msg: z.string(), port: z.int().positive() });

/** Returns the port from the log line of a bot's health server. */
export function servedPort(line: string): number | undefined {
  if (!line.includes('health server listening')) return undefined;
  const said = servedSchema.safeParse(JSON.parse(line));
  return said.success ? said.data.port : undefined;
}

/** @throws Error when a figure is missing */
export async function takeSample(port: number): Promise<Sample> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  const lines = (await answer.text()).split('\n').filter((line) => !line.startsWith('#'));
  const figures = (name: string) =>
    lines.filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  const figure = (name: string): number => {
    const [line] = figures(name);
    if (line === undefined) throw new Error(`/metrics has no ${name}`);
    return valueOf(line);
  };
  return {
    atMs: Date.now(),
    residentBytes: figure('process_resident_memory_bytes'),
    heapBytes: figure('nodejs_heap_size_used_bytes'),
    handles: figure('nodejs_active_handles_total'),
    openJobs: figures('seedance_jobs').reduce((sum, line) => sum + valueOf(line), 0),
  };
}

function valueOf(line: string): number {
  return Number(line.slice(line.lastIndexOf(' ') + 1));
}

/** The median of each third, in order: growth shows in them, fluctuation does not. */
export function medianOfThirds(numbers: readonly number[]): [number, number, number] {
  const third = Math.ceil(numbers.length / 3);
  const medianFrom = (start: number): number => median(numbers.slice(start, start + third));
  return [medianFrom(0), medianFrom(third), medianFrom(2 * third)];
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
