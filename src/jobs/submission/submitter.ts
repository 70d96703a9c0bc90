/**
 * `accepted` → `submitting` → `queued`: creates a job's task at a vendor, at most once. Only the process
 * that saves `submitting` calls the vendor. A lost answer leaves the job `submitting`; then
 * `lost-submission.ts` searches for the task.
 */
import { HOUR, SECOND, type Clock } from '../../clock.ts';
import { VendorError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { FileStore } from '../../media/files/file-store.ts';
import { safetyIdentifier } from '../../vendors/safety-identifier.ts';
import type { Submission, SubmissionInput, TaskHandle } from '../../vendors/vendor.ts';
import { lastSubmission, type Job, type JobInput } from '../record/job.ts';
import type { JobEvent } from '../record/state-machine.ts';
import { retryWrite } from '../retry-write.ts';
import { beginSubmission, type BeginSubmissionDependencies } from './begin-submission.ts';
import type { Offer, Offers } from './offers.ts';
import { recordRefusal, recordTask, type OutcomeDependencies } from './record-outcome.ts';
import { alternativeTo, replan, type ReplanDependencies } from './replan.ts';
import {
  afterRefusal,
  chooseOffer,
  mayReplan,
  type RefusalOutcome,
  withRefusal,
} from './vendor-selection.ts';

/** A link must work for at least this long, because a vendor may fetch it only when it starts the task. */
const LINK_SLACK_MS = HOUR;

export interface SubmitterDependencies
  extends BeginSubmissionDependencies, OutcomeDependencies, ReplanDependencies {
  offers: Offers;
  store: BeginSubmissionDependencies['store'] & OutcomeDependencies['store'];
  files: Pick<FileStore, 'open'>;
  /** Mixed into `safety_identifier`, so that vendors cannot tell Discord ids from it. */
  safetySalt: string;
}

export function createSubmitter(dependencies: SubmitterDependencies) {
  const { offers, transition, clock } = dependencies;
  /** Vendors whose trial call is under way in this process; their health does not show it yet. */
  const onTrial = new Set<string>();

  async function submitTo(offer: Offer, job: Job, signal: AbortSignal): Promise<void> {
    const submitting = await beginSubmission(job, { offer, signal }, dependencies);
    if (submitting !== undefined) await call(submitting, { offer, signal }, dependencies);
  }

  return {
    /**
     * The step for an accepted job. It holds the job's lease until the answer is saved, so that no
     * process declares the submission lost during the create call.
     */
    async submit(job: Job, signal: AbortSignal): Promise<void> {
      const able = offers.for(job.request, job.onlyVendor);
      if (able.length === 0) {
        await transition(job, await eventWithoutOffers(job, dependencies));
        return;
      }
      const choice = chooseOffer(job, able, clock.now());
      if (choice.next === 'give-up') {
        await transition(job, { type: 'gave-up', failure: { reason: choice.reason } });
        return;
      }
      // All suitable vendors have begun to rest since the job was found.
      if (choice.next === 'wait') return;
      const { offer } = choice;
      if (offer.health.state !== 'on-trial') return submitTo(offer, job, signal);
      const { name } = offer.vendor;
      // Another job is the trial; this one is scheduled again shortly.
      if (onTrial.has(name)) return;
      onTrial.add(name);
      try {
        await submitTo(offer, job, signal);
      } finally {
        onTrial.delete(name);
      }
    },

    /** Records that a vendor has the task; also used by the search for lost tasks. */
    recordSubmitted: async (job: Job, handle: TaskHandle): Promise<void> =>
      recordTask(job, handle, dependencies),
  };
}

async function call(
  job: Job,
  { offer, signal }: { offer: Offer; signal: AbortSignal },
  dependencies: SubmitterDependencies,
): Promise<void> {
  const { offers, clock, logger } = dependencies;
  const log = logger.child({ jobId: job.id, vendor: offer.vendor.name });
  const writing = { clock, log, signal };
  const answer = await tryToStart(job, offer, dependencies);
  if (!(answer instanceof VendorError)) {
    await retryWrite(async () => recordTask(job, answer, dependencies), writing);
  } else if (answer.isDefinite) {
    logRefusal(log, answer);
    const others = offers.for(job.request, job.onlyVendor);
    const outcome = afterRefusal(job, answer, others, clock.now());
    const refused = { job: withRefusal(job, answer.kind), error: answer };
    const refusal = { error: answer, outcome: await replanRefusal(refused, outcome, dependencies) };
    await retryWrite(async () => recordRefusal(job, refusal, dependencies), writing);
  } else {
    log.warn({ err: answer }, 'create outcome unknown; searching for the task');
  }
}

/** Returns the event for a job whose model no vendor serves any more, withdrawn or past its dates. */
async function eventWithoutOffers(job: Job, dependencies: ReplanDependencies): Promise<JobEvent> {
  const request = await replan(job, dependencies);
  if (request !== undefined) return { type: 'replanned', request };
  const alternative = await alternativeTo(job, dependencies);
  return { type: 'gave-up', failure: { reason: 'model-unavailable' }, alternative };
}

/** Replans a job that would end although another model may help, because a vendor no longer serves this one. */
async function replanRefusal(
  { job, error }: { job: Job; error: VendorError },
  outcome: RefusalOutcome,
  dependencies: SubmitterDependencies,
): Promise<RefusalOutcome> {
  const { clock } = dependencies;
  if (outcome.retryAtMs !== undefined || !mayReplan(job, error)) return outcome;
  const request = await replan(job, dependencies);
  if (request !== undefined) return { ...outcome, retryAtMs: clock.now(), request };
  return { ...outcome, alternative: await alternativeTo(job, dependencies) };
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
  files: SubmitterDependencies['files'],
  clock: Clock,
): SubmissionInput {
  const open = async () => files.open(file);
  const isAlive =
    sourceUrl !== undefined && linkLivesUntilMs(sourceUrl) > clock.now() + LINK_SLACK_MS;
  return isAlive ? { role, mimeType, open, url: async () => sourceUrl } : { role, mimeType, open };
}

/**
 * Returns when a Discord link expires: `ex` holds Unix seconds in hexadecimal (Discord developer docs,
 * Signed Attachment URLs).
 */
function linkLivesUntilMs(url: string): number {
  const expiry = URL.parse(url)?.searchParams.get('ex') ?? '';
  return /^[0-9a-f]{1,12}$/i.test(expiry) ? Number.parseInt(expiry, 16) * SECOND : 0;
}

/** Logs an error for what only the operator can fix, otherwise a warning. */
function logRefusal(log: Logger, error: VendorError): void {
  if (error.kind === 'out-of-funds') {
    log.error({ err: error }, 'vendor account out of funds; top it up');
  } else if (error.kind === 'auth') {
    log.error({ err: error }, 'vendor rejects the API key; check the key');
  } else if (error.kind === 'not-found') {
    log.error({ err: error }, 'vendor does not know the address; check its base URL');
  } else if (error.kind === 'input-unreadable') {
    log.error({ err: error }, 'job file not readable; vendor not called');
  } else {
    log.warn({ err: error }, 'vendor refused the task');
  }
}
