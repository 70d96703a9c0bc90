/** Parses the command line of `npm run vendor-ledger`. Pure. */
import { parseArgs } from 'node:util';

import { VENDOR_NAMES } from '../catalogue/vendors.ts';
import { OperatorError } from '../errors.ts';
import { MAX_CREDITS } from '../quota/limits/arithmetic.ts';

export const HELP = `Shows and corrects the vendor ledger: what each vendor has billed or may bill, in credits (US cents).

  npm run vendor-ledger -- show [--vendor NAME] [--job ID] [--month YYYY-MM]
      Shows the totals of a UTC month (default: the current one) and its newest submissions; with --job,
      all submissions of that job.

  npm run vendor-ledger -- correct SUBMISSION_OR_JOB_ID CREDITS --note "WHY"
      Corrects the cost of a submission to CREDITS, by adding an entry with the difference and the note.
      Existing entries and what members paid stay unchanged.

Needs only DATABASE_URL, from the environment or from .env. The bot may be running.
`;

export type LedgerCommand =
  | { readonly do: 'help' }
  | {
      readonly do: 'show';
      readonly vendor: string | undefined;
      readonly jobId: string | undefined;
      readonly month: string | undefined;
    }
  | {
      readonly do: 'correct';
      readonly id: string;
      readonly credits: number;
      readonly note: string;
    };

const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;

/** @throws OperatorError for anything not described in `HELP` */
export function readArguments(words: readonly string[]): LedgerCommand {
  const [command, ...rest] = words;
  if (words.some((word) => word === '--help' || word === '-h')) return { do: 'help' };
  switch (command) {
    case 'show':
      return readShow(rest);
    case 'correct':
      return readCorrect(rest);
    case undefined:
      throw new OperatorError('Missing command: show or correct. See --help.');
    default:
      throw new OperatorError(
        `Unknown command ${quoted(command)}. Use show or correct; see --help.`,
      );
  }
}

function readShow(words: readonly string[]): LedgerCommand {
  const { values, positionals } = parsed(words, ['vendor', 'job', 'month']);
  const [extra] = positionals;
  if (extra !== undefined) {
    throw new OperatorError(
      `show does not take ${quoted(extra)}. To select a job, use --job ${extra}.`,
    );
  }
  const { vendor, job, month } = values;
  if (vendor !== undefined && !VENDOR_NAMES.some((name) => name === vendor)) {
    throw new OperatorError(
      `Unknown vendor ${quoted(vendor)}. Known vendors: ${VENDOR_NAMES.join(', ')}.`,
    );
  }
  if (month !== undefined && !MONTH.test(month)) {
    throw new OperatorError(`--month must be a month such as 2026-11, not ${quoted(month)}.`);
  }
  return { do: 'show', vendor, jobId: job === undefined ? undefined : idIn(job), month };
}

function readCorrect(words: readonly string[]): LedgerCommand {
  // parseArgs would take a negative number for an option.
  if (/^-\d/.test(words[1] ?? '')) throw notCredits();
  const { values, positionals } = parsed(words, ['note']);
  const [id, credits, extra] = positionals;
  if (id === undefined || credits === undefined) {
    throw new OperatorError(
      'correct needs the id of a submission or a job, and its actual cost in CREDITS.',
    );
  }
  if (extra !== undefined) {
    throw new OperatorError(
      `correct does not take ${quoted(extra)}. Put the whole note in quotes.`,
    );
  }
  if (!/^\d{1,10}$/.test(credits) || Number(credits) > MAX_CREDITS) throw notCredits();
  if (values.note === undefined) {
    throw new OperatorError('correct needs a reason, such as --note "invoice 4711".');
  }
  return { do: 'correct', id: idIn(id), credits: Number(credits), note: values.note };
}

function parsed<Option extends string>(
  words: readonly string[],
  options: readonly Option[],
): { values: { [option in Option]?: string }; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: Object.fromEntries(options.map((option) => [option, { type: 'string' as const }])),
    });
    const given: { [option in Option]?: string } = {};
    for (const option of options) {
      const value = values[option];
      if (typeof value === 'string') given[option] = value;
    }
    return { values: given, positionals };
  } catch (error) {
    // Keep only the first sentence; Node appends advice.
    const [reason] = error instanceof Error ? error.message.split(/[.\n]/) : ['unreadable'];
    throw new OperatorError(`${reason ?? 'unreadable'}. See --help.`, { cause: error });
  }
}

/** Accepts an id as in messages, with `#`, or as in the log. */
function idIn(word: string): string {
  return word.trim().replace(/^#/, '');
}

function notCredits(): OperatorError {
  return new OperatorError(`CREDITS must be a whole number from 0 to ${MAX_CREDITS}.`);
}

function quoted(word: string): string {
  return JSON.stringify(word);
}
