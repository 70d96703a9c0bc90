/** Formats the output of `npm run vendor-ledger`. Pure. */
import type { VendorEntry, VendorTotal } from '../quota/ledgers/vendor-corrections.ts';
import { textTable, utcTime } from './text-table.ts';

/** Facts from the job that explain a bill. */
export interface JobFacts {
  readonly model: string;
  readonly state: string;
  readonly heldCredits: number;
  /** What the vendor's figures came to, if the hold was booked instead. */
  readonly claimedCredits: number | undefined;
  readonly tokens: number | undefined;
}

export function totalsText(period: string, totals: readonly VendorTotal[]): string {
  if (totals.length === 0) return `Nothing is booked for ${period} (UTC).\n`;
  const rows = totals.map(({ vendor, ...sums }) => [
    vendor,
    ...[sums.open, sums.billed, sums.lost].map(String),
    signed(sums.corrected),
    String(sums.total),
  ]);
  const head = ['vendor', 'open', 'billed', 'lost', 'corrected', 'counts'];
  return `Vendor ledger of ${period} (UTC), in credits\n\n${textTable([head, ...rows], 1)}`;
}

export function entriesText(
  entries: readonly VendorEntry[],
  facts: ReadonlyMap<string, JobFacts>,
): string {
  const head = ['opened (UTC)', 'submission', 'job', 'vendor', 'model', 'state'];
  const sums = ['held', 'tokens', 'claimed', 'booked', 'corrected', 'counts'];
  const rows = entries.map((entry) => {
    const job = facts.get(entry.jobId);
    return [
      utcTime(entry.openedAtMs),
      entry.submissionId,
      entry.jobId,
      entry.vendor,
      job?.model ?? '–',
      entry.state,
      ...[job?.heldCredits, job?.tokens, job?.claimedCredits].map(orDash),
      String(entry.bookedCredits),
      signed(entry.credits - entry.bookedCredits),
      String(entry.credits),
    ];
  });
  const table = textTable([[...head, ...sums], ...rows], head.length);
  return `${table}${entries.flatMap(correctionLines).join('')}`;
}

export function correctionText(before: VendorEntry, after: VendorEntry): string {
  const { submissionId, jobId, vendor, period, state } = after;
  const head = `Submission ${submissionId} of job ${jobId} at ${vendor} (${state}, ${period}):`;
  const difference = signed(after.credits - before.credits);
  const sums = `  before: ${before.credits} credits\n  after:  ${after.credits} credits (${difference})`;
  return `${head}\n${sums}\n\n${correctionLines(after).join('')}`;
}

function correctionLines({ submissionId, corrections }: VendorEntry): string[] {
  return corrections.map(
    ({ atMs, credits, note }) =>
      `${utcTime(atMs)}  corrects ${submissionId} by ${signed(credits)}: ${note}\n`,
  );
}

function orDash(value: number | undefined): string {
  return value === undefined ? '–' : String(value);
}

function signed(credits: number): string {
  return credits > 0 ? `+${credits}` : String(credits);
}
