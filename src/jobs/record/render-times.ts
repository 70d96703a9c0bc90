/** The latest render times at each vendor, in a short table of its own so that no ended job is read. */
import type { ModelId } from '../../catalogue/request.ts';
import type { VendorName } from '../../catalogue/vendors.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { lastSubmission, type Job } from './job.ts';

/** Rows kept per model and vendor. */
const KEPT = 100;

export interface RenderTime {
  readonly resolution: string;
  /** As `lengthKey` writes it. */
  readonly length: string;
  /** From submission to the vendor's success. */
  readonly tookMs: number;
}

/** Returns the same text for equal lengths. */
export function lengthKey(length: Job['request']['length']): string {
  return JSON.stringify(length);
}

/** Records the render time of a succeeded job; does nothing if it is unknown or already recorded. */
export async function noteRenderTime(transaction: DatabaseTransaction, job: Job): Promise<void> {
  const { vendor, submittedAtMs } = lastSubmission(job) ?? {};
  if (vendor === undefined || submittedAtMs === undefined || job.result === undefined) return;
  const { model, resolution, length } = job.request;
  const { succeededAtMs } = job.result;
  await transaction
    .insertInto('render_times')
    .values({
      job_id: job.id,
      vendor,
      model,
      resolution,
      length: lengthKey(length),
      took_ms: succeededAtMs - submittedAtMs,
      ended_at: succeededAtMs,
    })
    .onConflict((conflict) => conflict.column('job_id').doNothing())
    .execute();
  await forgetOlder(transaction, model, vendor);
}

async function forgetOlder(
  transaction: DatabaseTransaction,
  model: ModelId,
  vendor: VendorName,
): Promise<void> {
  await transaction
    .deleteFrom('render_times')
    .where('vendor', '=', vendor)
    .where('model', '=', model)
    .where('ended_at', '<', ({ selectFrom }) =>
      selectFrom('render_times as latest')
        .select('latest.ended_at')
        .where('latest.vendor', '=', vendor)
        .where('latest.model', '=', model)
        .orderBy('latest.ended_at', 'desc')
        .offset(KEPT - 1)
        .limit(1),
    )
    .execute();
}

/** Newest first. */
export async function latestRenderTimes(
  database: Database,
  { model, vendor, limit }: { model: ModelId; vendor: VendorName; limit: number },
): Promise<RenderTime[]> {
  return database
    .selectFrom('render_times')
    .select(['resolution', 'length', 'took_ms as tookMs'])
    .where('vendor', '=', vendor)
    .where('model', '=', model)
    .orderBy('ended_at', 'desc')
    .limit(limit)
    .execute();
}
