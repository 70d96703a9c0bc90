/** The bots' logs: grouped by job and interaction for the history of each, and passed to listeners. */
import { z } from 'zod';

const lineSchema = z.looseObject({
  level: z.number(),
  msg: z.string().default(''),
  jobId: z.string().optional(),
  interactionId: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  event: z.string().optional(),
  failure: z.looseObject({ reason: z.string() }).optional(),
  err: z
    .looseObject({
      name: z.string().optional(),
      code: z.union([z.string(), z.number()]).optional(),
    })
    .optional(),
});
export type LogLine = z.infer<typeof lineSchema>;

const FATAL = 60;
const ERROR = 50;
const WARNING = 40;

export class Log {
  /** By the id of the job or the interaction. */
  readonly #about = new Map<string, LogLine[]>();
  readonly #listeners = new Set<(line: LogLine) => void>();
  /** Unhandled failures, and output that is not a log line. */
  readonly fatal: string[] = [];
  /** How often each warning and each error was logged; errors with the name and code of their cause. */
  readonly complaints = new Map<string, number>();

  hear(text: string): void {
    const line = parsed(text);
    if (line === undefined || line.level >= FATAL) this.fatal.push(text);
    if (line === undefined) return;
    if (line.level >= WARNING) this.#count(complaintOf(line));
    for (const id of [line.jobId, line.interactionId]) {
      if (id !== undefined) this.#about.set(id, [...this.about(id), line]);
    }
    for (const listener of this.#listeners) listener(line);
  }

  #count(complaint: string): void {
    this.complaints.set(complaint, (this.complaints.get(complaint) ?? 0) + 1);
  }

  /** @param id of a job or an interaction */
  about(id: string): readonly LogLine[] {
    return this.#about.get(id) ?? [];
  }

  /** @returns removes the listener */
  listen(listener: (line: LogLine) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

function complaintOf({ level, msg, err }: LogLine): string {
  const cause = [err?.name, err?.code].filter((part) => part !== undefined).join(' ');
  return level >= ERROR && cause !== '' ? `${msg} [${cause}]` : msg;
}

function parsed(text: string): LogLine | undefined {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
