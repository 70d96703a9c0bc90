/**
 * Checks that both ledgers are consistent, by reading the whole database. An account's balance is the
 * sum of its rows, so every account and period balances if the rows of each job do.
 */
import type { Database } from '../../storage/database.ts';
import { periodOf } from '../limits/period.ts';

const ENDED_STATES = new Set(['delivered', 'failed', 'cancelled', 'expired']);
const STATES_AT_VENDOR = new Set(['submitting', 'queued', 'running']);
const SIGN_OF_KIND = { grant: 1, deduct: -1, reset: 0 } as const;

/** @returns a sentence for each fault; empty when the ledgers are consistent */
export async function checkConsistency(database: Database): Promise<string[]> {
  const jobs = await readJobs(database);
  const rowsByJob = Map.groupBy(await readJobRows(database), ({ jobId }) => jobId);
  const book = await readSubmissions(database);
  const [corrections, submissions] = split(book);
  const jobIds = new Set(jobs.map(({ id }) => id));
  const opened = new Set(
    submissions.filter(({ state }) => state === 'open').map(({ job_id: jobId }) => jobId),
  );
  return [
    ...jobs.flatMap((job) => jobFaults(job, rowsByJob.get(job.id) ?? [], opened)),
    ...[...rowsByJob].flatMap(([jobId, rows]) => ledgerFaults(jobId, rows)),
    ...[...rowsByJob.keys()].filter((id) => !jobIds.has(id)).map((id) => `${id}: there is no job`),
    ...submissions.flatMap((submission) => submissionFaults(submission, jobIds)),
    ...correctionFaults(submissions, corrections),
    ...monthSumFaults(book, await readMonthSums(database)),
    ...(await moderatorFaults(database)),
  ];
}

type JobRow = Awaited<ReturnType<typeof readJobs>>[number];
type PotRow = Awaited<ReturnType<typeof readJobRows>>[number];
type Submission = Awaited<ReturnType<typeof readSubmissions>>[number];

async function readJobs(database: Database) {
  return database
    .selectFrom('jobs')
    .select(['id', 'state', 'guild_id', 'member_id', 'hold_credits'])
    .execute();
}

async function readSubmissions(database: Database) {
  return database.selectFrom('vendor_ledger').selectAll().execute();
}

async function readMonthSums(database: Database) {
  return database.selectFrom('vendor_month_sums').selectAll().execute();
}

/** Reads one row for each job, account and pot. */
async function readJobRows(database: Database) {
  return database
    .selectFrom('ledger')
    .select(({ fn }) => {
      const sum = fn.sum<number | null>('amount');
      return [
        'job_id as jobId',
        'guild_id as guildId',
        'member_id as memberId',
        'pot',
        sum.filterWhere('kind', '=', 'hold').as('held'),
        sum.filterWhere('kind', 'in', ['settle', 'release']).as('returned'),
        sum.filterWhere('kind', '=', 'release').as('released'),
        sum.filterWhere('kind', '=', 'reset').as('forgiven'),
        fn.min('counted_at').as('firstCountedAtMs'),
        fn.max('counted_at').as('lastCountedAtMs'),
      ];
    })
    .where('job_id', '!=', '')
    .groupBy(['job_id', 'guild_id', 'member_id', 'pot'])
    .execute();
}

/** Compares a job's record with its rows and submissions. */
function jobFaults(job: JobRow, rows: readonly PotRow[], opened: ReadonlySet<string>): string[] {
  const faults: string[] = [];
  for (const memberId of ['', job.member_id]) {
    const own = rows.filter((row) => row.guildId === job.guild_id && row.memberId === memberId);
    const held = own.reduce((sum, row) => sum - (row.held ?? 0), 0);
    const account = memberId === '' ? 'the server' : 'the member';
    if (own.length === 0) faults.push(`${job.id}: holds nothing of ${account}`);
    else if (held !== job.hold_credits)
      faults.push(`${job.id}: holds ${held} of ${account}, not ${job.hold_credits}`);
  }
  const hasOutcome = rows.some(({ returned }) => returned !== null);
  if (ENDED_STATES.has(job.state) && !hasOutcome)
    faults.push(`${job.id}: is ${job.state} and still holds credits`);
  if (!ENDED_STATES.has(job.state) && hasOutcome)
    faults.push(`${job.id}: is ${job.state} and holds nothing any more`);
  if (STATES_AT_VENDOR.has(job.state) && !opened.has(job.id))
    faults.push(`${job.id}: is ${job.state} and not open in the vendor ledger`);
  return faults;
}

/** Compares the rows of a job with each other. */
function ledgerFaults(jobId: string, rows: readonly PotRow[]): string[] {
  const faults = rows.flatMap(potFaults);
  const accounts = [...Map.groupBy(rows, ({ memberId }) => memberId).values()];
  faults.push(...accounts.flatMap(accountFaults));
  const differs = (ofRow: (row: PotRow) => unknown) => new Set(rows.map(ofRow)).size > 1;
  if (differs(({ returned }) => returned !== null))
    faults.push('has an outcome in some accounts only');
  if (differs(({ released }) => released !== null)) faults.push('is settled and released');
  if (new Set(accounts.map(returnedTo)).size > 1)
    faults.push('returned different sums to the server and the member');
  return faults.map((fault) => `${jobId}: ${fault}`);
}

/** Compares the pots, one or two, of a job in one account. */
function accountFaults(pots: readonly PotRow[]): string[] {
  const allowance = pots.find(({ pot }) => pot === 'allowance');
  const extra = pots.find(({ pot }) => pot === 'extra');
  if (allowance === undefined) return ['has no row for the allowance'];
  if (extra === undefined || (allowance.returned ?? 0) === 0) return [];
  const isWhole = (extra.returned ?? 0) === -(extra.held ?? 0);
  return isWhole ? [] : ['returned to the allowance before extra was whole'];
}

function returnedTo(pots: readonly PotRow[]): number {
  return pots.reduce((sum, { returned }) => sum + (returned ?? 0), 0);
}

function potFaults(row: PotRow): string[] {
  const faults: string[] = [];
  const held = -(row.held ?? 0);
  const returned = row.returned ?? 0;
  const forgiven = row.forgiven ?? 0;
  if (row.held === null) faults.push('has rows in a pot that its hold did not draw from');
  if (held < 0) faults.push('holds less than nothing');
  if (returned < 0 || returned > held) faults.push(`returned ${returned} of ${held}`);
  if (row.released !== null && returned !== held) faults.push(`released ${returned} of ${held}`);
  if (forgiven !== 0 && (row.returned === null || forgiven !== held - returned))
    faults.push(`was forgiven ${forgiven} of ${held - returned}`);
  if (row.firstCountedAtMs !== row.lastCountedAtMs) faults.push('counts in two periods');
  return faults;
}

function submissionFaults(submission: Submission, jobIds: ReadonlySet<string>): string[] {
  const { submission_id: id, job_id: jobId, state, credits, period } = submission;
  const faults: string[] = [];
  if (!jobIds.has(jobId)) faults.push(`belongs to no job (${jobId})`);
  if (credits < 0) faults.push(`costs ${credits}`);
  if (state === 'not-billed' && credits !== 0) faults.push(`is not billed and costs ${credits}`);
  if ((state === 'open') !== (submission.closed_at === null)) faults.push(`is ${state} by halves`);
  const month = periodOf(submission.opened_at, 'month', 'UTC').key;
  if (period !== month) faults.push(`was opened in ${month} and counts in ${period}`);
  return faults.map((fault) => `submission ${id}: ${fault}`);
}

function split(rows: readonly Submission[]): [Submission[], Submission[]] {
  const isCorrection = ({ state }: Submission): boolean => state === 'correction';
  return [rows.filter(isCorrection), rows.filter((row) => !isCorrection(row))];
}

/** Compares the operator's corrections with the submissions that they correct. */
function correctionFaults(
  submissions: readonly Submission[],
  corrections: readonly Submission[],
): string[] {
  const byId = new Map(submissions.map((row) => [row.submission_id, row]));
  const faults = corrections.flatMap((row) => {
    const { submission_id: id, job_id: jobId, period, note } = row;
    const corrected = byId.get(row.corrects ?? '');
    if (corrected === undefined) return [`${id}: corrects no submission`];
    const differs = corrected.job_id !== jobId || corrected.period !== period;
    return [
      ...(differs ? [`${id}: counts elsewhere than what it corrects`] : []),
      ...(corrected.state === 'open' ? [`${id}: corrects an open submission`] : []),
      ...(note === null ? [`${id}: corrects without a note`] : []),
    ];
  });
  const sums = Map.groupBy(corrections, ({ corrects }) => corrects ?? '');
  for (const [id, rows] of sums) {
    const counts = rows.reduce((sum, { credits }) => sum + credits, byId.get(id)?.credits ?? 0);
    if (counts < 0) faults.push(`submission ${id}: counts ${counts} after its corrections`);
  }
  return faults;
}

/** Compares the stored month sums, which the ceilings use, with the sums of the rows. */
function monthSumFaults(
  rows: readonly Submission[],
  sums: Awaited<ReturnType<typeof readMonthSums>>,
): string[] {
  const key = (of: { period: string; guild_id: string }): string =>
    `${of.period} of ${of.guild_id}`;
  const expected = new Map<string, number>();
  for (const row of rows) expected.set(key(row), (expected.get(key(row)) ?? 0) + row.credits);
  const kept = new Map(sums.map((sum) => [key(sum), sum.credits]));
  return [...new Set([...expected.keys(), ...kept.keys()])]
    .filter((month) => (kept.get(month) ?? 0) !== (expected.get(month) ?? 0))
    .map((month) => `${month}: counts ${kept.get(month) ?? 0}, not ${expected.get(month) ?? 0}`);
}

async function moderatorFaults(database: Database): Promise<string[]> {
  const rows = await database
    .selectFrom('ledger')
    .select(['step_id', 'kind', 'pot', 'amount'])
    .where('job_id', '=', '')
    .execute();
  return rows.flatMap(({ step_id: id, kind, pot, amount }) => {
    if (kind === 'hold' || kind === 'settle' || kind === 'release')
      return [`${id}: a ${kind} without a job`];
    const faults: string[] = [];
    if (Math.sign(amount) !== SIGN_OF_KIND[kind] && amount !== 0)
      faults.push(`${id}: a ${kind} of ${amount}`);
    if (kind !== 'reset' && pot !== 'extra') faults.push(`${id}: a ${kind} of the ${pot}`);
    return faults;
  });
}
