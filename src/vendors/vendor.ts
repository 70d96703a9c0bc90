/**
 * The contract of every vendor adapter. Generation is asynchronous: `start` submits and returns a handle
 * that can be stored, and `check` takes the handle and returns the task's status. Polling, retrying and
 * waiting are the caller's. A failed check never fails the job.
 */
import type { InputRole, ModelId, Resolution, Tier, VideoRequest } from '../catalogue/request.ts';
import type { VendorName } from '../catalogue/vendors.ts';
import type { Bytes } from './http/body.ts';

/** Identifies a task at its vendor. Plain JSON, stored with the job. */
export interface TaskHandle {
  readonly taskId: string;
}

/** One picture, video or sound of a submission, opened only while the request body is built. */
export interface SubmissionInput {
  readonly role: InputRole;
  /** Such as `image/png`. */
  readonly mimeType: string;
  /** @throws when it cannot be read; then the vendor is not called */
  open(): Promise<Bytes>;
  /**
   * Returns a public URL that works for as long as a task may wait. Used for reference videos, and for
   * everything else if the vendor accepts no `data:` URIs.
   */
  url?(): Promise<string>;
}

export interface Submission {
  readonly request: VideoRequest;
  readonly inputs: readonly SubmissionInput[];
  /** A stable hash of the member, at most 64 characters, for the vendor's abuse reports. */
  readonly safetyIdentifier: string;
  /**
   * The tag that finds a lost task: an `execution_expires_after` in seconds that no other open job of the
   * account uses. The vendor echoes it in every answer about the task.
   */
  readonly expiresAfterSeconds: number;
}

export type TaskFailureKind = 'moderated' | 'rejected' | 'unavailable';

/** The status of a task according to the vendor. `missing`: the vendor does not know the task. */
export type TaskStatus =
  | { readonly status: 'queued' }
  | { readonly status: 'running' }
  | ({ readonly status: 'succeeded' } & TaskResult)
  | {
      readonly status: 'failed';
      readonly kind: TaskFailureKind;
      /** The vendor's error code, for the log and for choosing the member's message. */
      readonly code: string;
    }
  /** The vendor reports it as finished without a usable file link, which may follow later. */
  | { readonly status: 'finished-without-file' }
  | { readonly status: 'cancelled' }
  | { readonly status: 'expired' }
  | { readonly status: 'missing' };

export interface TaskResult {
  readonly videoUrl: string;
  readonly lastFrameUrl?: string | undefined;
  /** `usage.completion_tokens`: what the vendor bills. */
  readonly tokens?: number | undefined;
  readonly seed?: number | undefined;
  readonly resolution?: Resolution | undefined;
  /** The rendered ratio, with `adaptive` resolved. */
  readonly ratio?: string | undefined;
  readonly seconds?: number | undefined;
  readonly frames?: number | undefined;
  /** The charge reported by the vendor, in millionths of a US dollar; positive. */
  readonly reportedMicroDollars?: number | undefined;
}

/** A task in the vendor's list, with everything it echoes of the submission. */
export interface ListedTask {
  readonly handle: TaskHandle;
  /** The vendor's model id, as in its answers. */
  readonly wireModel: string;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
  readonly tier?: Tier | undefined;
  readonly expiresAfterSeconds?: number | undefined;
  readonly seed?: number | undefined;
  readonly resolution?: string | undefined;
  readonly ratio?: string | undefined;
  /** For a final: the task of its draft. */
  readonly draftTaskId?: string | undefined;
  readonly status: TaskStatus;
}

/** A time span (Unix milliseconds) and the tier of its tasks. */
export interface TaskWindow {
  readonly fromMs: number;
  readonly toMs: number;
  /** Undefined: the default tier. */
  readonly tier?: Tier | undefined;
}

/** Poll intervals of one task, in milliseconds. */
export interface Cadence {
  readonly byListMs: number;
  readonly byIdMs: number;
  /** From five minutes after submission. */
  readonly byIdLaterMs: number;
  /** For tasks of the slower tier, by list or by id; undefined if the vendor has none. */
  readonly economyMs?: number | undefined;
}

/** @typeParam Name the vendor's name in `VENDOR_ORDER` */
export interface Vendor<Name extends string = VendorName> {
  readonly name: Name;
  readonly cadence: Cadence;
  /**
   * Returns the vendor's model id, or undefined if this vendor does not offer the model. If the id also
   * depends on the request (a resolution, a length), returns the part common to all requests.
   */
  wireModel(model: ModelId): string | undefined;
  /**
   * Submits once and never retries.
   *
   * @throws VendorError whose `isDefinite` tells whether the task certainly does not exist
   */
  start(submission: Submission, signal?: AbortSignal): Promise<TaskHandle>;
  /** @throws VendorError when the vendor could not be reached, which says nothing about the task */
  check(handle: TaskHandle, signal?: AbortSignal): Promise<TaskStatus>;
  /** Checks many tasks in one request. Tasks missing from the answer are not in the map; check them one by one. */
  readonly checkMany?: {
    /** Maximum handles per call. */
    readonly most: number;
    /** Minimum time between two calls for the account. */
    readonly everyMs: number;
    check(handles: readonly TaskHandle[], signal?: AbortSignal): Promise<Map<string, TaskStatus>>;
  };
  /** Returns the account's tasks created in a window, for finding a task whose create answer was lost. */
  findCreatedBetween?(window: TaskWindow, signal?: AbortSignal): Promise<readonly ListedTask[]>;
  /**
   * Cancels a task that is still queued. Checks first, because cancelling an ended task may lose its
   * video. `too-late`: it runs or has ended.
   *
   * @throws VendorError when the vendor could not be reached, or the outcome is unknown
   */
  cancel?(handle: TaskHandle, signal?: AbortSignal): Promise<'cancelled' | 'too-late'>;
}
