/**
 * Removes prompts and the links of their files from the records of ended jobs. Costs and outcomes
 * remain.
 */
import { z } from 'zod';

import type { Logger } from '../../logger.ts';
import type { Database } from '../../storage/database.ts';
import { hasPrompt } from '../../storage/index-conditions.ts';
import { ENDED_STATES } from './job.ts';

/** Records changed between two checks of the signal; each is a statement of its own. */
const BATCH = 100;

/** The parts of a record that contain a member's words; everything else stays unchanged. */
const requestSchema = z.looseObject({ prompt: z.unknown() });
const wordsSchema = z.looseObject({
  request: requestSchema.optional(),
  alternative: z.looseObject({ request: requestSchema.optional() }).optional(),
  inputs: z.array(z.looseObject({ sourceUrl: z.unknown() })).optional(),
});

export interface PromptsToRemove {
  /** Only jobs that ended before this time, in Unix milliseconds. */
  readonly endedBeforeMs: number;
  /** Defaults to every server. */
  readonly guildId?: string | undefined;
}

interface Removing {
  readonly database: Database;
  readonly logger: Logger;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** @returns how many records were changed */
export async function removePrompts(which: PromptsToRemove, removing: Removing): Promise<number> {
  let removed = 0;
  for (;;) {
    const rows = await rowsWithPrompt(which, removing.database);
    for (const row of rows) if (await removePrompt(row, removing)) removed += 1;
    if (rows.length < BATCH || removing.signal.aborted) return removed;
  }
}

interface PromptRow {
  readonly id: string;
  readonly version: number;
  readonly record: string;
}

async function rowsWithPrompt(
  { endedBeforeMs, guildId }: PromptsToRemove,
  database: Database,
): Promise<PromptRow[]> {
  const rows = database
    .selectFrom('jobs')
    .select(['id', 'version', 'record'])
    .where(hasPrompt)
    .where('updated_at', '<=', endedBeforeMs)
    .where('state', 'in', ENDED_STATES)
    .orderBy('updated_at')
    .limit(BATCH);
  return (guildId === undefined ? rows : rows.where('guild_id', '=', guildId)).execute();
}

/** @returns false when the job has changed meanwhile; the next batch includes it again */
async function removePrompt(
  { id, version, record }: PromptRow,
  { database, logger, nowMs }: Removing,
): Promise<boolean> {
  const stripped = withoutPrompt(record, nowMs);
  if (stripped === undefined) {
    logger.error({ jobId: id }, 'unreadable record of an ended job emptied');
  }
  const { numUpdatedRows } = await database
    .updateTable('jobs')
    .set({ record: stripped ?? '{}', has_prompt: 0 })
    .where('id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Returns the record as text; undefined if the prompt cannot be located in it. */
function withoutPrompt(record: string, nowMs: number): string | undefined {
  const { data } = wordsSchema.safeParse(jsonIn(record));
  if (data === undefined) return undefined;
  const { request, alternative, inputs } = data;
  const silent = (one: z.infer<typeof requestSchema>) => ({ ...one, prompt: '' });
  return JSON.stringify({
    ...data,
    ...(request && { request: silent(request) }),
    ...(alternative && {
      alternative: {
        ...alternative,
        ...(alternative.request && { request: silent(alternative.request) }),
      },
    }),
    ...(inputs && { inputs: inputs.map(({ sourceUrl: _dead, ...input }) => input) }),
    promptRemovedAtMs: nowMs,
  });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Drop the error: its message contains part of the text.
    return undefined;
  }
}
