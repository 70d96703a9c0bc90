/** The bot’s health port as supervisors and monitoring see it. */
import { z } from 'zod';

import type { LogLine } from './bot-log.ts';

export interface Page {
  readonly status: number;
  readonly text: string;
}

/** @param lines of a bot that was started with `HTTP_PORT=0`, which logs its port */
export async function requestHealth(lines: readonly LogLine[], path: string): Promise<Page> {
  const told = lines.find(({ msg }) => msg === 'health server listening');
  const { port } = z.looseObject({ port: z.int() }).parse(told);
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: answer.status, text: await answer.text() };
}

/** The value of one sample, such as `seedance_jobs{state="queued"}`; undefined when there is none. */
export function sample(text: string, name: string): number | undefined {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}
