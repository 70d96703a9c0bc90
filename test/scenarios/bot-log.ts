/** The bot’s log, kept line by line and searched for what must never be in it. */
import { z } from 'zod';

export const LEVELS = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const;

const lineSchema = z.looseObject({ level: z.number(), msg: z.string().default('') });
export type LogLine = z.infer<typeof lineSchema>;

export interface Secrets {
  /** Must be in no line of any level. */
  readonly never: readonly string[];
  /** Must be in no line from level info: text from members. */
  readonly notFromInfo: readonly string[];
}

/** Each line of the output; a line that is not JSON counts as fatal. */
export function parseLog(text: string): LogLine[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parseLine);
}

export function parseLine(line: string): LogLine {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return { level: LEVELS.fatal, msg: line };
  }
}

/** The lines that contain a secret. */
export function findLeaks(lines: readonly LogLine[], { never, notFromInfo }: Secrets): LogLine[] {
  return lines.filter((line) => {
    const text = JSON.stringify(line);
    const forbidden = line.level >= LEVELS.info ? [...never, ...notFromInfo] : never;
    return forbidden.some((secret) => text.includes(JSON.stringify(secret).slice(1, -1)));
  });
}
