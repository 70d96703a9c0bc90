/**
 * `accepted` → `submitting` → `queued`: hands a job to a vendor, exactly once. Who does not win the
 * change to `submitting` does not call the vendor; an answer that is lost leaves the job
 * `submitting`, for `lost-submission.ts` to search.
 */
import { backoffMs, type BackoffPolicy } from '../../backoff.ts';
import { HOUR, SECOND, type Clock } from '../../clock.ts';
import { VendorError } from '../../errors.ts';
import type { IdMaker } from '../../ids.ts';
import type { Logger } from '../../logger.ts';
import type { FileStore } from '../../media/file-store.ts';
import type { DatabaseTransaction } from '../../storage/database.ts';
import { safetyIdentifier } from '../../vendors/safety-identifier.ts';
import type { Submission, SubmissionInput, TaskHandle } from '../../vendors/vendor.ts';
import type { JobStore } from '../record/job-store.ts';
import { lastSubmission, type Job, type JobInput, type JobSubmission } from '../record/job.ts';
import type { JobEvent } from '../record/machine.ts';
import type { Transition } from '../record/transition.ts';
import { expectedRenderMs } from './expected-time.ts';
import type { Offer, Offers } from './offers.ts';
import { afterRefusal, chooseOffer, type RefusalOutcome } from './refusal-policy.ts';
import { pickExpiryTag } from './submission-tag.ts';
import { NoPlace, type Turns } from './turns.ts';

/** A link has to live this long still, for a vendor that fetches it only when it begins. */
const LINK_SLACK_MS = HOUR;
/** How many finished jobs the expected time is drawn from. */
const HISTORY_LENGTH = 30;
const WRITE_AGAIN: BackoffPolicy = { firstMs: SECOND, maxMs: 30 * SECOND };
/** About a minute and a half in all. */
const WRITE_TRIES = 8;

export interface SubmitterDependencies {
  offers: Offers;
  store: JobStore;
  files: FileStore;
  transition: Transition;
  turns: Pick<Turns, 'claim'>;
  /** Mixed into `safety_identifier`, so that vendors cannot tell Discord ids from it. */
  safetySalt: string;
  ids: IdMaker;
  clock: Clock;
  logger: Logger;
}

export function createSubmitter(dependencies: SubmitterDependencies) {
  const { offers, transition, clock } = dependencies;

  return {
    /**
     * The step for an accepted job. Who takes it holds the job's lease until the answer is written:
     * while a create call is made, nobody takes its answer for lost.
     */
    async submit(job: Job, signal: AbortSignal): Promise<void> {
      const choice = chooseOffer(job, offers.for(job.request, job.onlyVendor), clock.now());
      if (choice.next === 'give-up') {
        await transition(job, { type: 'gave-up', failure: { reason: choice.reason } });
        return;
      }
      // Whoever could take it has begun to rest since the job was found.
      if (choice.next === 'wait') return;
      const { offer } = choice;
      const submitting = await start(job, offer, dependencies);
      if (submitting !== undefined) await call(submitting, { offer, signal }, dependencies);
    },

    /** Notes that a vendor has the task; used by the search for lost ones too. */
    recordSubmitted: async (job: Job, handle: TaskHandle): Promise<void> =>
      recordSubmitted(job, handle, dependencies),
  };
}

/** @returns undefined when the job was moved by somebody else, or another took the last place */
async function start(
  job: Job,
  offer: Offer,
  dependencies: SubmitterDependencies,
): Promise<Job | undefined> {
  const { turns, transition } = dependencies;
  try {
    return await transition(job, async (transaction) => {
      await turns.claim(transaction, job, offer.vendor.name);
      const submission = await newSubmission(transaction, offer, dependencies);
      return { type: 'submission-started', submission };
    });
  } catch (error) {
    if (error instanceof NoPlace) return undefined;
    throw error;
  }
}

async function call(
  job: Job,
  { offer, signal }: { offer: Offer; signal: AbortSignal },
  dependencies: SubmitterDependencies,
): Promise<void> {
  const { offers, transition, clock, logger } = dependencies;
  const log = logger.child({ jobId: job.id, vendor: offer.vendor.name });
  const answer = await tryToStart(job, offer, dependencies);
  if (!(answer instanceof VendorError)) {
    await untilWritten(async () => recordSubmitted(job, answer, dependencies), {
      clock,
      log,
      signal,
    });
  } else if (answer.isDefinite) {
    logRefusal(log, answer);
    const event = refusal(
      answer,
      afterRefusal(job, answer, offers.for(job.request, job.onlyVendor), clock.now()),
    );
    await untilWritten(async () => transition(job, event), { clock, log, signal });
  } else {
    log.warn({ err: answer }, 'the answer to create was lost, the vendor will be searched');
  }
}

async function tryToStart(
  job: Job,
  offer: Offer,
  dependencies: SubmitterDependencies,
): Promise<TaskHandle | VendorError> {
  try {
    return await offer.vendor.start(submissionOf(job, dependencies));
  } catch (error) {
    if (error instanceof VendorError) return error;
    throw error;
  }
}

interface Writing {
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

/**
 * An answer that we have must not be lost to a database that fails for a moment: what is not written
 * would have to be searched for, and not every vendor can be searched.
 */
async function untilWritten(
  write: () => Promise<unknown>,
  { clock, log, signal }: Writing,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await write();
      return;
    } catch (error) {
      const isLast = attempt >= WRITE_TRIES || signal.aborted;
      log.error({ err: error, attempt, isLast }, 'the answer to create could not be written');
      if (isLast) throw error;
      await clock.sleep(backoffMs(WRITE_AGAIN, attempt), signal);
    }
  }
}

function refusal(error: VendorError, { reason, retryAtMs }: RefusalOutcome): JobEvent {
  const failure = { reason, code: error.code };
  return { type: 'submission-refused', refusedAs: error.kind, failure, retryAtMs };
}

async function recordSubmitted(
  job: Job,
  { taskId }: TaskHandle,
  dependencies: SubmitterDependencies,
): Promise<void> {
  const expectedAtMs = await expectedAt(job, dependencies);
  await dependencies.transition(job, { type: 'submitted', taskId, expectedAtMs });
}

/** Only an estimate: that it cannot be made is no reason to lose a task. */
async function expectedAt(
  job: Job,
  { store, clock, logger }: SubmitterDependencies,
): Promise<number | undefined> {
  const vendor = lastSubmission(job)?.vendor;
  if (vendor === undefined) return undefined;
  try {
    const history = await store.recentlySucceeded(job.request.model, vendor, HISTORY_LENGTH);
    const renderMs = expectedRenderMs(job, history);
    return renderMs === undefined ? undefined : clock.now() + renderMs;
  } catch (error) {
    logger.warn({ err: error, jobId: job.id }, 'when the video is due could not be worked out');
    return undefined;
  }
}

async function newSubmission(
  transaction: DatabaseTransaction,
  offer: Offer,
  { store, ids, clock }: SubmitterDependencies,
): Promise<JobSubmission> {
  const tagsInUse = await store.tagsInUse(transaction, offer.vendor.name);
  return {
    id: ids.next(),
    vendor: offer.vendor.name,
    price: offer.price,
    expiresAfterSeconds: pickExpiryTag(tagsInUse),
    startedAtMs: clock.now(),
  };
}

function submissionOf(job: Job, { files, safetySalt, clock }: SubmitterDependencies): Submission {
  return {
    request: job.request,
    inputs: job.inputs.map((input) => submissionInput(input, files, clock)),
    safetyIdentifier: safetyIdentifier(safetySalt, job.memberId),
    expiresAfterSeconds: lastSubmission(job)?.expiresAfterSeconds ?? 0,
  };
}

function submissionInput(
  { role, mimeType, file, sourceUrl }: JobInput,
  files: FileStore,
  clock: Clock,
): SubmissionInput {
  const read = async (): Promise<Uint8Array> => files.read(file);
  const isAlive =
    sourceUrl !== undefined && linkLivesUntilMs(sourceUrl) > clock.now() + LINK_SLACK_MS;
  return isAlive ? { role, mimeType, read, url: async () => sourceUrl } : { role, mimeType, read };
}

/** A link of Discord's says in `ex` when it dies: Unix seconds in hexadecimal (Discord developer docs, Signed Attachment URLs). */
function linkLivesUntilMs(url: string): number {
  const expiry = URL.parse(url)?.searchParams.get('ex') ?? '';
  return /^[0-9a-f]{1,12}$/i.test(expiry) ? Number.parseInt(expiry, 16) * SECOND : 0;
}

/** The operator is told loudly about what only the operator can mend. */
function logRefusal(log: Logger, error: VendorError): void {
  if (error.kind === 'out-of-funds') {
    log.error({ err: error }, 'the vendor account is out of money: top it up');
  } else if (error.kind === 'auth') {
    log.error(
      { err: error },
      'the vendor does not accept the API key or has not opened the model: check the key',
    );
  } else {
    log.warn({ err: error }, 'the vendor did not take the task');
  }
}
