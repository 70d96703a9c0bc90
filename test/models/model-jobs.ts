/** The model’s view of a course’s jobs: what each holds, and its entries in the vendor ledger. */
import type { VendorLedgerTable } from '#src/storage/schema.ts';

import { nameOf, sumOf } from './quota-course-actions.ts';

export type Ending =
  | { readonly do: 'settle'; readonly credits: number }
  | { readonly do: 'release'; readonly book: 'notBilled' | 'lost' };

interface ModelJob {
  readonly held: number;
  hasEnded: boolean;
  /** Once it was submitted. */
  submission?: { month: string; credits: number; state: VendorLedgerTable['state'] };
}

export class ModelJobs {
  readonly #jobs = new Map<number, ModelJob>();

  /** Picks one of the existing jobs by a number; undefined when there is none. */
  chosen(number: number): number | undefined {
    return [...this.#jobs.keys()][number % Math.max(1, this.#jobs.size)];
  }

  get numbers(): number[] {
    return [...this.#jobs.keys()];
  }

  isKnown(number: number): boolean {
    return this.#jobs.has(number);
  }

  hold(number: number, held: number): void {
    this.#jobs.set(number, { held, hasEnded: false });
  }

  /** @returns its hold, for the vendor ledger; undefined when it has ended */
  submit(number: number, month: string): number | undefined {
    const job = this.#jobs.get(number);
    if (job === undefined || job.hasEnded) return undefined;
    job.submission ??= { month, credits: job.held, state: 'open' };
    return job.held;
  }

  /** @returns whether it was submitted and ends now, which also closes the vendor ledger’s entry */
  end(number: number, ending: Ending): boolean {
    const job = this.#jobs.get(number);
    if (job === undefined || job.hasEnded) return false;
    job.hasEnded = true;
    const { submission } = job;
    if (submission === undefined) return false;
    if (ending.do === 'settle') {
      submission.state = 'billed';
      submission.credits = ending.credits;
    } else {
      submission.state = ending.book === 'lost' ? 'lost' : 'not-billed';
      if (ending.book === 'notBilled') submission.credits = 0;
    }
    return true;
  }

  /** Credits at vendors in a month. */
  spentIn(month: string): number {
    return sumOf(
      [...this.#jobs.values()].map(({ submission }) =>
        submission?.month === month ? submission.credits : 0,
      ),
    );
  }

  /** Held by jobs that may still be submitted. */
  waiting(): number {
    const jobs = [...this.#jobs.values()];
    return sumOf(
      jobs.map(({ held, hasEnded, submission }) => {
        return hasEnded || submission !== undefined ? 0 : held;
      }),
    );
  }

  /** One line per row of the vendor ledger. */
  submissions(): string[] {
    return [...this.#jobs].flatMap(([number, { submission }]) => {
      if (submission === undefined) return [];
      const { state, credits, month } = submission;
      return [submissionLine({ job_id: nameOf(number).id, period: month, state, credits })];
    });
  }
}

export function submissionLine({
  job_id: id,
  period,
  state,
  credits,
}: Pick<VendorLedgerTable, 'job_id' | 'period' | 'state' | 'credits'>): string {
  return `${id}: ${state}, ${credits} in ${period}`;
}
