/** Exports a server's ledger as rows and as CSV for a spreadsheet. */
import { stringify } from 'csv-stringify/sync';

import { UserError } from '../../errors.ts';
import type { Database } from '../../storage/database.ts';
import { text } from '../../text/text.ts';
import { zoneOf, type QuotaSettings } from '../balance.ts';
import { dateReader, periodNamed } from '../limits/period.ts';
import { readRules } from '../limits/stored-limits.ts';

const EXPORT_COLUMNS = [
  'time',
  'kind',
  'amount',
  'account',
  'member_id',
  'job_id',
  'period',
  'pot',
  'actor_id',
  'reason',
] as const;

/** One row of the ledger; missing values are empty text. */
export type ExportRow = Readonly<
  Record<Exclude<(typeof EXPORT_COLUMNS)[number], 'amount'>, string> & { amount: number }
>;

export interface LedgerExport {
  /** Oldest first. */
  readonly rows: readonly ExportRow[];
  /** The exported days, inclusive, as `YYYY-MM-DD` in the server's time zone. */
  readonly from: string;
  readonly to: string;
}

export interface ExportOptions {
  readonly guildId: string;
  /** As `YYYY-MM-DD`; undefined: the first of the month of `to`. */
  readonly from?: string | undefined;
  /** As `YYYY-MM-DD`, included; undefined: today. */
  readonly to?: string | undefined;
  readonly nowMs: number;
}

/** About 6 MB of CSV, below Discord's upload limit in every server. */
const MAX_ROWS = 40_000;
const DAY_FORM = /^20\d\d-[01]\d-[0-3]\d$/;

/**
 * Cells that Excel, LibreOffice, Google Sheets or Numbers would execute, including full-width characters
 * (OWASP, "CSV Injection") and leading spaces. The library's `escape_formulas` checks only the first
 * character and misses formulas after a space.
 */
const FORMULA = /^(?:[\t\r\n]|\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/;
/**
 * Characters that need quotes besides commas, quotes and CR LF: a single CR or LF, other separators that
 * spreadsheets detect, and spaces that they would trim.
 */
const NEEDS_QUOTES = /[\r\n\t;]|^\s|\s$/;

/**
 * @throws UserError when a day is invalid, the days are in the wrong order, or the range has too many
 *   rows
 */
export async function exportLedger(
  database: Database,
  settings: QuotaSettings,
  options: ExportOptions,
): Promise<LedgerExport> {
  const { guildId, nowMs } = options;
  const timeZone = zoneOf(settings, await readRules(database, { guildId }));
  const to = checkedDay('to', options.to ?? dateReader(timeZone)(nowMs));
  const from = checkedDay('from', options.from ?? `${to.slice(0, 'YYYY-MM'.length)}-01`);
  if (from > to) throw new UserError(text('quota:exportOrder', { from, to }));
  const rows = await database
    .selectFrom('ledger')
    .selectAll()
    .where('guild_id', '=', guildId)
    .where('at', '>=', periodNamed(from, timeZone).startsAtMs)
    .where('at', '<', periodNamed(to, timeZone).endsAtMs)
    .orderBy('at')
    .orderBy('step_id')
    .orderBy('member_id')
    .orderBy('pot')
    .orderBy('job_id')
    .limit(MAX_ROWS + 1)
    .execute();
  if (rows.length > MAX_ROWS) {
    throw new UserError(text('quota:exportTooMany', { from, to, most: MAX_ROWS }));
  }
  return {
    from,
    to,
    rows: rows.map((row) => ({
      time: new Date(row.at).toISOString(),
      kind: row.kind,
      amount: row.amount,
      account: row.member_id === '' ? 'server' : 'member',
      member_id: row.member_id,
      job_id: row.job_id,
      period: row.period,
      pot: row.pot,
      actor_id: row.actor_id ?? '',
      reason: row.reason ?? '',
    })),
  };
}

/** Returns the CSV with a header line, safe to open in a spreadsheet. */
export function ledgerCsv(rows: readonly ExportRow[]): string {
  return csvOf([EXPORT_COLUMNS, ...rows.map((row) => EXPORT_COLUMNS.map((name) => row[name]))]);
}

function checkedDay(name: 'from' | 'to', typed: string): string {
  const day = typed.trim();
  const isDay = DAY_FORM.test(day) && !Number.isNaN(Date.parse(day));
  // Date.parse reads November 31 as December 1.
  if (isDay && new Date(day).toISOString().startsWith(day)) return day;
  throw new UserError(text(name === 'from' ? 'quota:exportFromDay' : 'quota:exportToDay'));
}

/** Numbers stay numbers, so that negative ones can be summed. */
export type CsvCell = string | number;

/** Formats rows according to RFC 4180, with cells that no spreadsheet treats as a formula. */
export function csvOf(rows: readonly (readonly CsvCell[])[]): string {
  return stringify([...rows], {
    record_delimiter: 'windows',
    quoted_match: NEEDS_QUOTES,
    cast: { string: (text) => (FORMULA.test(text) ? `'${text}` : text) },
  });
}
