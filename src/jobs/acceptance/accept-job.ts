/**
 * Turns a member's order into an accepted job: fetches and inspects its files, prices the request,
 * then holds the credits and records the job in one transaction. A refused order holds no credits and
 * keeps no files.
 */
import { withInputFacts } from '../../catalogue/plan/input-facts.ts';
import { withReferenceClips, type ReferenceClip } from '../../catalogue/plan/reference-clips.ts';
import type { TypedOption, VideoRequest } from '../../catalogue/request.ts';
import type { Clock } from '../../clock.ts';
import { UserError } from '../../errors.ts';
import type { FairSlots } from '../../fair-slots.ts';
import type { IdMaker } from '../../ids.ts';
import type { QuotaManager } from '../../quota/quota-manager.ts';
import type { Locale } from '../../text/locales.ts';
import { text } from '../../text/text.ts';
import { checkQueueLimits } from '../queue/queue-limits.ts';
import type { FinalPrice, Job, JobInput } from '../record/job.ts';
import type { JobListener } from '../record/transition.ts';
import type { Offers } from '../submission/offers.ts';
import {
  checkDeclaredSizes,
  collectInputs,
  type Attachment,
  type CollectedInputs,
  type InputDependencies,
} from './fetch-inputs.ts';
import type { FetchQueue } from './fetch-queue.ts';
import { AcceptanceUnknown, recordAcceptance, type AcceptanceDependencies } from './record-job.ts';
import type { Spending } from './spending.ts';

/** Where the job was asked for, and the message that will show it. */
export interface OrderOrigin {
  readonly guildId: string;
  readonly channelId: string;
  readonly memberId: string;
  /** The member's current roles, which decide their limits; undefined: the roles of their last order. */
  readonly roleIds?: readonly string[] | undefined;
  readonly interactionId: string;
  readonly messageId: string;
  readonly isEphemeral: boolean;
  /** The language of the job's message. */
  readonly locale: Locale;
  readonly attachmentLimitBytes: number;
}

/** The facts read from an order's files. */
export interface ReadInputs {
  readonly inputs: readonly JobInput[];
  readonly clips: readonly ReferenceClip[];
}

export interface Order {
  readonly request: VideoRequest;
  readonly attachments: readonly Attachment[];
  /**
   * Builds the final request once the files have been read. Without it, only the facts of the files
   * are added to `request`. When it throws, the order is refused.
   */
  readonly decide?: ((read: ReadInputs) => VideoRequest) | undefined;
  /** Whether to accept HEIC pictures that the planned model cannot read, because `decide` may pick another. */
  readonly mayHaveHeif?: boolean | undefined;
  /** The lowest possible price once the files have been read, in credits; defaults to the planned price. */
  readonly leastCredits?: number | undefined;
  /** The options that the member typed; defaults to all of them. */
  readonly typedOptions?: readonly TypedOption[] | undefined;
  readonly origin: OrderOrigin;
  /** Whether only the member may see the video and the request. */
  readonly isPrivate: boolean;
  readonly notify: Job['notify'];
  /** The vendor that has the draft, when only that vendor can make the video. */
  readonly onlyVendor?: Job['onlyVendor'];
  /** The price the member confirmed, in credits. Never hold more than this. */
  readonly agreedCredits?: number | undefined;
  /** For a draft: the finals that the server allows, with their expected prices. */
  readonly finals?: readonly FinalPrice[] | undefined;
  /** The button presses that this order uses up; recorded with the job. */
  readonly spendings?: readonly Spending[] | undefined;
}

export interface AcceptDependencies extends InputDependencies, AcceptanceDependencies {
  quota: QuotaManager;
  offers: Offers;
  ids: IdMaker;
  announce: JobListener;
  fetchQueue: FetchQueue;
  /** Limits concurrent checks before acceptance, for the same reason as `acceptances`. */
  checks: FairSlots;
}

const NO_INPUTS: CollectedInputs = { inputs: [], clips: [] };

/**
 * Accepts the order and announces the new job.
 *
 * @throws AlreadySpent when an earlier use of the same button press accepted a job
 * @throws AcceptanceUnknown when the database connection was lost during the commit; the job may exist
 * @throws UserError when a file is unusable or no vendor offers the model
 * @throws QuotaExceeded when a limit or budget does not allow it
 */
export async function acceptJob(order: Order, dependencies: AcceptDependencies): Promise<Job> {
  const { storedFiles, ids, announce, checks, logger } = dependencies;
  const id = ids.next();
  await checks.run(order.origin.guildId, async () => checkBeforeFetching(id, order, dependencies));
  const job = await prepare(id, order, dependencies).catch(async (error: unknown) => {
    // After an unknown commit the files may belong to a job; the sweep removes them if they do not.
    if (error instanceof AcceptanceUnknown || order.attachments.length === 0) throw error;
    await storedFiles.release(id).catch((cause: unknown) => {
      logger.warn({ err: cause, jobId: id }, 'refused order files not released; left to the sweep');
    });
    throw error;
  });
  announce(job, undefined);
  return job;
}

/**
 * Refuses an order before any file is fetched.
 *
 * @throws UserError, QuotaExceeded
 */
async function checkBeforeFetching(
  jobId: string,
  order: Order,
  { quota, storedFiles, database, offers, clock }: AcceptDependencies,
): Promise<void> {
  const { attachments } = order;
  const who = { ...order.origin, nowMs: clock.now() };
  if (attachments.length === 0) return quota.mayStart(database, who);
  const credits = order.leastCredits ?? priceOf(order, offers);
  await quota.checkHold(database, {
    ...who,
    jobId,
    credits,
    checkQueue: async (transaction, rules) =>
      checkQueueLimits(transaction, rules, { ...who, jobId }),
  });
  checkDeclaredSizes(attachments);
  await storedFiles.checkRoom(order.origin.guildId, declaredBytesOf(attachments));
}

function declaredBytesOf(attachments: readonly Attachment[]): number {
  return attachments.reduce((sum, { declaredBytes }) => sum + declaredBytes, 0);
}

async function prepare(id: string, order: Order, dependencies: AcceptDependencies): Promise<Job> {
  const { attachments } = order;
  const { guildId, memberId } = order.origin;
  const declaredBytes = declaredBytesOf(attachments);
  const { inputs, clips } =
    attachments.length === 0
      ? NO_INPUTS
      : await dependencies.fetchQueue.run({ guildId, memberId, declaredBytes }, async () =>
          collectInputs({ jobId: id, guildId: order.origin.guildId }, order, dependencies),
        );
  const offered = dependencies.offers.toPlanWith().map(({ model }) => model);
  const request =
    order.decide === undefined
      ? withInputFacts(withReferenceClips(order.request, clips, offered), inputs)
      : order.decide({ inputs, clips });
  // Priced again: the files decide the request, and prices may have changed while they were fetched.
  const holdCredits = priceOf({ ...order, request }, dependencies.offers);
  const job = newJob({ ...order, request }, { id, inputs, holdCredits, ...dependencies });
  const { origin, spendings = [] } = order;
  await recordAcceptance(job, { roleIds: origin.roleIds, spendings }, dependencies);
  return job;
}

/**
 * Returns the credits to hold.
 *
 * @throws UserError when no vendor can make the request, or none within the confirmed price
 */
function priceOf(
  { request, onlyVendor, agreedCredits }: Pick<Order, 'request' | 'onlyVendor' | 'agreedCredits'>,
  offers: Offers,
): number {
  const credits = offers.creditsToHold(request, { onlyVendor, most: agreedCredits });
  if (credits !== undefined) return credits;
  if (offers.for(request, onlyVendor).length > 0) {
    throw new UserError(text('orders:risenSinceAsked'));
  }
  const models = { anyOf: offers.models() };
  const reasons = offers.violations(request);
  throw new UserError(
    reasons.length === 0
      ? text('orders:modelNotOffered', { model: request.model, models })
      : text('orders:noServiceCan', { reasons: { clauses: reasons }, models }),
  );
}

interface NewJobFacts {
  id: string;
  inputs: JobInput[];
  holdCredits: number;
  clock: Clock;
}

function newJob(order: Order, { id, inputs, holdCredits, clock }: NewJobFacts): Job {
  const { request, typedOptions, isPrivate, notify, onlyVendor, finals } = order;
  const { roleIds: _decideLimitsOnly, ...origin } = order.origin;
  const nowMs = clock.now();
  return {
    ...origin,
    id,
    version: 1,
    state: 'accepted',
    stateSinceMs: nowMs,
    createdAtMs: nowMs,
    isPrivate,
    notify,
    request,
    ...(typedOptions === undefined ? {} : { typedOptions: [...typedOptions] }),
    inputs,
    holdCredits,
    ...(finals === undefined ? {} : { finals: [...finals] }),
    ...(onlyVendor === undefined ? {} : { onlyVendor }),
    submissions: [],
    retryAtMs: 0,
    isLate: false,
  };
}
