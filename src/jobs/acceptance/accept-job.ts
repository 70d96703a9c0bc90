/**
 * From what a member asked for to an accepted job: pictures fetched and looked at as bytes, the
 * price known, the credits held and the job recorded in one transaction. Whatever is refused on the
 * way holds nothing and leaves nothing behind.
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
  /** The member's roles at this moment, which decide their limits; undefined: those of their last order. */
  readonly roleIds?: readonly string[] | undefined;
  readonly interactionId: string;
  readonly messageId: string;
  readonly isEphemeral: boolean;
  /** The language of the job's message. */
  readonly locale: Locale;
  readonly attachmentLimitBytes: number;
}

/** What the files of an order turned out to be. */
export interface ReadInputs {
  readonly inputs: readonly JobInput[];
  readonly clips: readonly ReferenceClip[];
}

export interface Order {
  readonly request: VideoRequest;
  readonly attachments: readonly Attachment[];
  /**
   * Decides the request once its files have been read; left out: only what is known of them is added.
   * Nothing is accepted when it throws.
   */
  readonly decide?: ((read: ReadInputs) => VideoRequest) | undefined;
  /** Whether HEIC pictures are read though the model planned so far takes none: `decide` chooses another. */
  readonly mayHaveHeif?: boolean | undefined;
  /** The least that it can cost once its files have been read, in credits; left out: its price as planned. */
  readonly leastCredits?: number | undefined;
  /** The options that the member typed; left out: all of them. */
  readonly typedOptions?: readonly TypedOption[] | undefined;
  readonly origin: OrderOrigin;
  /** Only the member may ever see the video and what was asked. */
  readonly isPrivate: boolean;
  readonly notify: Job['notify'];
  /** The only vendor that can make it: the one that has its draft. */
  readonly onlyVendor?: Job['onlyVendor'];
  /** The price the member said yes to, in credits: no more is held. */
  readonly agreedCredits?: number | undefined;
  /** Of a draft: the finals that the server allows, with their expected prices. */
  readonly finals?: readonly FinalPrice[] | undefined;
  /** What the member spends by the press that orders it; recorded with the job. */
  readonly spendings?: readonly Spending[] | undefined;
}

export interface AcceptDependencies extends InputDependencies, AcceptanceDependencies {
  quota: QuotaManager;
  offers: Offers;
  ids: IdMaker;
  announce: JobListener;
  fetchQueue: FetchQueue;
  /** Of the checks before an acceptance, for the same reason as `acceptances`. */
  checks: FairSlots;
}

const NO_INPUTS: CollectedInputs = { inputs: [], clips: [] };

/**
 * @throws AlreadySpent when the press that ordered it has accepted a job before
 * @throws AcceptanceUnknown when the database went away as it recorded the job: it may go on
 * @throws UserError when a file is unusable or nobody offers the model
 * @throws QuotaExceeded when a limit or budget does not allow it
 */
export async function acceptJob(order: Order, dependencies: AcceptDependencies): Promise<Job> {
  const { storedFiles, ids, announce, checks, logger } = dependencies;
  const id = ids.next();
  await checks.run(order.origin.guildId, async () => checkBeforeFetching(id, order, dependencies));
  const job = await prepare(id, order, dependencies).catch(async (error: unknown) => {
    // They may be a job's: the sweep clears away those that are not.
    if (error instanceof AcceptanceUnknown || order.attachments.length === 0) throw error;
    await storedFiles.release(id).catch((cause: unknown) => {
      logger.warn({ err: cause, jobId: id }, 'files of a refused order are left to the sweep');
    });
    throw error;
  });
  announce(job, undefined);
  return job;
}

/** @throws UserError, QuotaExceeded for what would be refused in the end: then nothing is fetched */
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
 * What will be held.
 *
 * @throws UserError when no vendor can make it, or none for the price agreed on
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
