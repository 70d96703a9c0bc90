/** Runs one command on the vendor ledger and prints the result or the error. */
import { z } from 'zod';

import { readDatabaseUrl } from '../config.ts';
import { ConfigError, OperatorError, UserError } from '../errors.ts';
import type { IdMaker } from '../ids.ts';
import {
  correctVendorEntry,
  vendorEntries,
  vendorTotals,
  type VendorEntry,
} from '../quota/ledgers/vendor-corrections.ts';
import { periodOf } from '../quota/limits/period.ts';
import { openBesideBot, type Database } from '../storage/database.ts';
import { HELP, readArguments, type LedgerCommand } from './vendor-ledger-arguments.ts';
import { correctionText, entriesText, totalsText, type JobFacts } from './vendor-ledger-text.ts';

/** About a screenful; --vendor, --month and --job find others. */
const ENTRIES_SHOWN = 30;

export interface LedgerProgram {
  /** Returns the environment, such as `process.env`; called only when needed. */
  readonly environment: () => Readonly<Record<string, string | undefined>>;
  readonly ids: IdMaker;
  readonly nowMs: number;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
}

/** @returns the exit status */
export async function runVendorLedger(
  words: readonly string[],
  program: LedgerProgram,
): Promise<0 | 1> {
  try {
    const command = readArguments(words);
    program.write(command.do === 'help' ? HELP : await carryOut(command, program));
    return 0;
  } catch (error) {
    program.writeError(`${sentenceOf(error)}\n`);
    return 1;
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof OperatorError || error instanceof UserError) return error.message;
  if (error instanceof ConfigError) return error.faults.join('\n');
  const reason = error instanceof Error ? error.message : String(error);
  return `Failed; nothing was changed (${reason}).`;
}

async function carryOut(
  command: Exclude<LedgerCommand, { do: 'help' }>,
  program: LedgerProgram,
): Promise<string> {
  const { database, close } = await openBesideBot(readDatabaseUrl(program.environment()));
  try {
    return command.do === 'show'
      ? await show(database, command, program.nowMs)
      : await correct(database, command, program);
  } finally {
    await close();
  }
}

async function show(
  database: Database,
  { vendor, jobId, month }: Extract<LedgerCommand, { do: 'show' }>,
  nowMs: number,
): Promise<string> {
  if (jobId !== undefined) {
    const entries = await vendorEntries(database, { vendor, jobId, period: month }, ENTRIES_SHOWN);
    if (entries.length === 0) {
      throw new OperatorError(
        `The vendor ledger has no matching submissions of job ${JSON.stringify(jobId)}.`,
      );
    }
    return entriesText(entries, await factsOf(database, entries));
  }
  const period = month ?? periodOf(nowMs, 'month', 'UTC').key;
  const totals = await vendorTotals(database, period);
  const entries = await vendorEntries(database, { vendor, period }, ENTRIES_SHOWN);
  return [
    totalsText(
      period,
      totals.filter((total) => vendor === undefined || total.vendor === vendor),
    ),
    ...(entries.length === 0 ? [] : [entriesText(entries, await factsOf(database, entries))]),
    ...(entries.length < ENTRIES_SHOWN
      ? []
      : [
          `Only the newest ${ENTRIES_SHOWN} are shown. Use --vendor, --month or --job to find others.\n`,
        ]),
  ].join('\n');
}

async function correct(
  database: Database,
  { id, credits, note }: Extract<LedgerCommand, { do: 'correct' }>,
  { ids, nowMs }: LedgerProgram,
): Promise<string> {
  const { before, after } = await database
    .transaction()
    .execute(async (transaction) =>
      correctVendorEntry(transaction, { id, credits, note, entryId: ids.next(), nowMs }),
    );
  return correctionText(before, after);
}

/** The fields of a job's record that explain a bill. An unreadable record counts as empty. */
const recordSchema = z.looseObject({
  claimedCredits: z.number().optional().catch(undefined),
  result: z.looseObject({ tokens: z.number().optional() }).optional().catch(undefined),
});

async function factsOf(
  database: Database,
  entries: readonly VendorEntry[],
): Promise<Map<string, JobFacts>> {
  const rows = await database
    .selectFrom('jobs')
    .select(['id', 'model', 'state', 'hold_credits', 'record'])
    .where(
      'id',
      'in',
      entries.map(({ jobId }) => jobId),
    )
    .execute();
  return new Map(
    rows.map(({ id, model, state, hold_credits: heldCredits, record }) => {
      const read = recordSchema.safeParse(parseJson(record)).data;
      const { claimedCredits, result } = read ?? {};
      return [id, { model, state, heldCredits, claimedCredits, tokens: result?.tokens }];
    }),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
