import { type Clock } from '../clock.ts';
import { VendorError } from '../errors.ts';
/**
 * `accepted` → `submitting` → `queued`: hands a job to a vendor, exactly once. Who does not win the
 * change to `submitting` does not call the vendor; an answer that is lost leaves the job
 * `submitting`, for `lost-submission.ts` to search.
 */
import type { IdMaker } from '../ids.ts';
import type { Logger } from '../logger.ts';
import type { FileStore } from '../media/file-store.ts';
import type { DatabaseTransaction } from '../storage/database.ts';
import { safetyIdentifier } from '../vendors/safety-identifier.ts';
import type { Submission, TaskHandle } from '../vendors/vendor.ts';
import { expectedRenderMs } from './expected-time.ts';
import type { JobStore } from './job-store.ts';
import { lastSubmission, type Job, type JobSubmission } from './job.ts';
import type { JobEvent } from './machine.ts';
import type { Offer, Offers } from './offers.ts';
import { afterRefusal, chooseOffer } from './refusal-policy.ts';
import { pickExpiryTag } from './submission-tag.ts';
import type { Transition } from './transition.ts';

/** How many finished jobs the expected time is drawn from. */
const HISTORY_LENGTH = 30;

export interface SubmitterDependencies {
  offers: Offers;
  store: JobStore;
  files: FileStore;
  transition: Transition;
  /** Mixed into `safety_identifier`, so that vendors cannot tell Discord ids from it. */
  safetySalt: string;
  ids: IdMaker;
  clock: Clock;
  logger: Logger;
}

export type Submitter = ReturnType<typeof createSubmitter>;

export function createSubmitter(dependencies: SubmitterDependencies) {
  const { offers, transition, logger } = dependencies;
  /** Jobs whose create call this process is making: theirs is not a lost answer. */
  const calling = new Set<string>();

  return {
    isCalling: (jobId: string): boolean => calling.has(jobId),

    /** The step for an accepted job. */
    async submit(job: Job): Promise<void> {
      const offer = chooseOffer(job, offers.for(job.request));
      if (offer === undefined) {
        await transition(job, { type: 'gave-up', failure: { reason: lastReason(job) } });
        return;
      }
      calling.add(job.id);
      try {
        const submitting = await transition(job, async (transaction) => ({
          type: 'submission-started',
          submission: await newSubmission(transaction, offer, dependencies),
        }));
        if (submitting !== undefined) await call(submitting, offer);
      } finally {
        calling.delete(job.id);
      }
    },

    /** Notes that a vendor has the task; used by the search for lost ones too. */
    recordSubmitted,
  };

  async function call(job: Job, offer: Offer): Promise<void> {
    const log = logger.child({ jobId: job.id, vendor: offer.vendor.name });
    const handle = await tryToStart(job, offer);
    if (!(handle instanceof VendorError)) return await recordSubmitted(job, handle);
    if (!handle.isDefinite) {
      log.warn({ err: handle }, 'the answer to create was lost, the vendor will be searched');
      return;
    }
    logRefusal(log, handle);
    await transition(job, refusal(job, handle));
  }

  async function tryToStart(job: Job, offer: Offer): Promise<TaskHandle | VendorError> {
    try {
      return await offer.vendor.start(submissionOf(job, dependencies));
    } catch (error) {
      if (error instanceof VendorError) return error;
      throw error;
    }
  }

  function refusal(job: Job, error: VendorError): JobEvent {
    const { reason, retryAtMs } = afterRefusal(
      job,
      error,
      offers.for(job.request),
      dependencies.clock.now(),
    );
    return {
      type: 'submission-refused',
      refusedAs: error.kind,
      failure: { reason, code: error.code },
      retryAtMs,
    };
  }

  async function recordSubmitted(job: Job, handle: TaskHandle): Promise<void> {
    const expectedAtMs = await expectedAt(job);
    await transition(job, { type: 'submitted', taskId: handle.taskId, expectedAtMs });
  }

  async function expectedAt(job: Job): Promise<number | undefined> {
    const vendor = lastSubmission(job)?.vendor;
    if (vendor === undefined) return undefined;
    const history = await dependencies.store.recentlySucceeded(
      job.request.model,
      vendor,
      HISTORY_LENGTH,
    );
    const renderMs = expectedRenderMs(job, history);
    return renderMs === undefined ? undefined : dependencies.clock.now() + renderMs;
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

function submissionOf(job: Job, { files, safetySalt }: SubmitterDependencies): Submission {
  return {
    request: job.request,
    inputs: job.inputs.map(({ role, mimeType, file }) => ({
      role,
      mimeType,
      read: async () => await files.read(file),
    })),
    safetyIdentifier: safetyIdentifier(safetySalt, job.memberId),
    expiresAfterSeconds: lastSubmission(job)?.expiresAfterSeconds ?? 0,
  };
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

function lastReason(job: Job): 'vendor-out-of-funds' | 'vendor-unavailable' {
  return lastSubmission(job)?.refusedAs === 'out-of-funds'
    ? 'vendor-out-of-funds'
    : 'vendor-unavailable';
}
