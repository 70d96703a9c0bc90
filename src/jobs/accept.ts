/**
 * From what a member asked for to an accepted job: pictures fetched and looked at as bytes, the
 * price known, the credits held and the job recorded in one transaction. Whatever is refused on the
 * way holds nothing and leaves nothing behind.
 */
import type { InputRole, VideoRequest } from '../catalogue/request.ts';
import { SECOND, type Clock } from '../clock.ts';
import { UntrustedContentError, UserError } from '../errors.ts';
import type { IdMaker } from '../ids.ts';
import { DownloadError } from '../media/download-error.ts';
import type { FetchOutside } from '../media/fetch-outside.ts';
import type { FileStore } from '../media/file-store.ts';
import {
  checkTogether,
  inspectImage,
  MAX_IMAGE_BYTES,
  type ImageFacts,
} from '../media/inspect-image.ts';
import type { QuotaManager } from '../quota/quota-manager.ts';
import type { Database } from '../storage/database.ts';
import type { JobStore } from './job-store.ts';
import type { Job, JobInput } from './job.ts';
import type { Offers } from './offers.ts';
import type { JobListener } from './transition.ts';

const FETCH_TIMEOUT_MS = 60 * SECOND;

/** A picture that came with a command. Name and declared size are the member's word, not facts. */
export interface Attachment {
  readonly role: InputRole;
  readonly url: string;
  readonly fileName: string;
  readonly declaredBytes: number;
}

/** Where the job was asked for, and the message that will show it. */
export interface Place {
  readonly guildId: string;
  readonly channelId: string;
  readonly memberId: string;
  readonly interactionId: string;
  readonly messageId: string;
  readonly isEphemeral: boolean;
  readonly attachmentLimitBytes: number;
}

export interface Order {
  readonly request: VideoRequest;
  readonly attachments: readonly Attachment[];
  readonly place: Place;
}

export interface AcceptDependencies {
  database: Database;
  store: JobStore;
  quota: QuotaManager;
  offers: Offers;
  files: FileStore;
  fetchOutside: FetchOutside;
  ids: IdMaker;
  clock: Clock;
  announce: JobListener;
}

interface Picture extends Attachment {
  readonly bytes: Uint8Array;
  readonly facts: ImageFacts;
}

/**
 * @throws UserError when a picture is unusable or nobody offers the model
 * @throws QuotaExceeded when a limit or budget does not allow it
 */
export async function acceptJob(order: Order, dependencies: AcceptDependencies): Promise<Job> {
  const { database, store, quota, files, ids, clock, announce } = dependencies;
  const credits = priceOf(order.request, dependencies.offers);
  const pictures = await Promise.all(
    order.attachments.map(async (one) => fetchPicture(one, dependencies)),
  );
  checkTogether(pictures.map((picture) => picture.facts));
  const id = ids.next();
  const inputs = pictures.map((picture) => inputOf(id, picture));
  const job = newJob(order, { id, inputs, credits, nowMs: clock.now() });
  try {
    await keep(id, pictures, files);
    await database.transaction().execute(async (transaction) => {
      const { guildId, memberId, createdAtMs: nowMs } = job;
      await quota.hold(transaction, { jobId: id, guildId, memberId, credits, nowMs });
      await store.insert(transaction, job);
    });
  } catch (error) {
    await Promise.allSettled(inputs.map(async ({ file }) => files.remove(file)));
    throw error;
  }
  announce(job, undefined);
  return job;
}

/**
 * What will be held: the price of the vendor that is asked first.
 *
 * @throws UserError when no vendor offers the model
 */
export function priceOf(request: VideoRequest, offers: Offers): number {
  const offer = offers.for(request)[0];
  if (offer === undefined) {
    const models = offers.models().join(', ');
    throw new UserError(`Nobody here offers the model ${request.model}. You can use: ${models}.`);
  }
  return offer.credits;
}

async function fetchPicture(
  attachment: Attachment,
  { fetchOutside }: AcceptDependencies,
): Promise<Picture> {
  const label = describeRole(attachment.role);
  if (attachment.declaredBytes >= MAX_IMAGE_BYTES) throw tooLarge(label);
  const bytes = await fetchOutside
    .fetchBytes(attachment.url, {
      kind: 'attachment',
      maxBytes: MAX_IMAGE_BYTES,
      timeoutMs: FETCH_TIMEOUT_MS,
    })
    .catch((error: unknown) => {
      throw notFetched(error, label);
    });
  const facts = await inspectImage(bytes, { label, fileName: attachment.fileName });
  return { ...attachment, bytes, facts };
}

/** The failure as the member is told it. Anything else is a fault of ours and stays what it is. */
function notFetched(error: unknown, label: string): unknown {
  if (error instanceof UntrustedContentError) {
    return new UserError(
      `The ${label} was not taken: a picture must be uploaded to Discord with the command itself, and be under 30 MB.`,
      { cause: error },
    );
  }
  if (error instanceof DownloadError) {
    return new UserError(
      `The ${label} could not be fetched from Discord. Send the command again, with the picture uploaded anew.`,
      { cause: error },
    );
  }
  return error;
}

function tooLarge(label: string): UserError {
  return new UserError(`The ${label} is too large; a picture must be under 30 MB.`);
}

export function describeRole(role: InputRole): string {
  return role.replaceAll('_', ' ');
}

function inputOf(jobId: string, { role, facts }: Picture): JobInput {
  const { mimeType, width, height } = facts;
  return { role, file: `inputs/${jobId}-${role}`, mimeType, width, height };
}

/** Ends when the last picture is written or has failed, so that nothing appears after it was cleared away. */
async function keep(jobId: string, pictures: readonly Picture[], files: FileStore): Promise<void> {
  const writing = pictures.map(async (picture) =>
    files.put(inputOf(jobId, picture).file, picture.bytes),
  );
  await Promise.allSettled(writing);
  await Promise.all(writing);
}

interface NewJobFacts {
  id: string;
  inputs: JobInput[];
  credits: number;
  nowMs: number;
}

function newJob({ request, place }: Order, { id, inputs, credits, nowMs }: NewJobFacts): Job {
  return {
    ...place,
    id,
    version: 1,
    state: 'accepted',
    stateSinceMs: nowMs,
    createdAtMs: nowMs,
    request,
    inputs,
    holdCredits: credits,
    submissions: [],
    retryAtMs: 0,
    isLate: false,
  };
}
