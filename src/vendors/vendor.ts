/**
 * The contract every vendor adapter keeps. An asynchronous generation is two calls, not one: `start`
 * submits and returns a handle that can be stored; `check` takes the handle and says how it stands.
 * Polling, retrying and waiting live in the caller. Failing to check is never the job's failure.
 */
import type { InputRole, ModelId, Resolution, Tier, VideoRequest } from '../catalogue/request.ts';
import type { VendorName } from '../catalogue/vendors.ts';
import type { Bytes } from './http/body.ts';

/** What a vendor knows a task by. Plain JSON: it is stored with the job. */
export interface TaskHandle {
  readonly taskId: string;
}

/** One picture, video or sound of a submission; touched only while the request body is built. */
export interface SubmissionInput {
  readonly role: InputRole;
  /** Such as `image/png`. */
  readonly mimeType: string;
  /** @throws when it cannot be read: then the vendor is not asked */
  open(): Promise<Bytes>;
  /**
   * A public address the vendor can fetch it from, good for as long as a task may wait. Reference
   * videos always go this way, everything else where the vendor takes no `data:` URIs.
   */
  url?(): Promise<string>;
}

export interface Submission {
  readonly request: VideoRequest;
  readonly inputs: readonly SubmissionInput[];
  /** A stable hash of the member, at most 64 characters, for the vendor's abuse reports. */
  readonly safetyIdentifier: string;
  /**
   * The tag a lost task is found by: an `execution_expires_after` in seconds that no other open job
   * of the account uses. The vendor echoes it in every answer about the task.
   */
  readonly expiresAfterSeconds: number;
}

export type TaskFailureKind = 'moderated' | 'rejected' | 'unavailable';

/** How a task stands, by the vendor's own word. `missing`: the vendor knows no such task. */
export type TaskStatus =
  | { readonly status: 'queued' }
  | { readonly status: 'running' }
  | ({ readonly status: 'succeeded' } & TaskResult)
  | {
      readonly status: 'failed';
      readonly kind: TaskFailureKind;
      /** The vendor's error code, for the log and for the words chosen for the member. */
      readonly code: string;
    }
  /** The vendor calls it done and names no file that could be fetched: it may name one later. */
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
  /** The ratio as rendered: `adaptive` has been resolved. */
  readonly ratio?: string | undefined;
  readonly seconds?: number | undefined;
  readonly frames?: number | undefined;
  /** What the vendor says it charged, in millionths of a US dollar; more than nothing. */
  readonly reportedMicroDollars?: number | undefined;
}

/** A task seen in the vendor's list, with everything it echoes of the submission. */
export interface ListedTask {
  readonly handle: TaskHandle;
  /** The model id on the wire, as the vendor names it in answers. */
  readonly wireModel: string;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
  readonly tier?: Tier | undefined;
  readonly expiresAfterSeconds?: number | undefined;
  readonly seed?: number | undefined;
  readonly resolution?: string | undefined;
  readonly ratio?: string | undefined;
  /** Of a final: the task of its draft. */
  readonly draftTaskId?: string | undefined;
  readonly status: TaskStatus;
}

/** A span of time (Unix milliseconds), and the tier the tasks in it were made on. */
export interface TaskWindow {
  readonly fromMs: number;
  readonly toMs: number;
  /** Left out: the ordinary one. */
  readonly tier?: Tier | undefined;
}

/** The longest gaps between looks at one task, in milliseconds. */
export interface Cadence {
  readonly byListMs: number;
  readonly byIdMs: number;
  /** From five minutes on. */
  readonly byIdLaterMs: number;
  /** For tasks of the slower tier, whichever way; left out where there is none. */
  readonly economyMs?: number | undefined;
}

/** @typeParam Name how the vendor is called in `VENDOR_ORDER` */
export interface Vendor<Name extends string = VendorName> {
  readonly name: Name;
  readonly cadence: Cadence;
  /**
   * The model id on the wire, or undefined where this vendor does not offer the model. Where the id
   * says more than the model (a resolution, a length), the part that is the same for all requests.
   */
  wireModel(model: ModelId): string | undefined;
  /**
   * Submits once; never retries by itself.
   *
   * @throws VendorError with `isDefinite` telling whether the task certainly does not exist.
   */
  start(submission: Submission, signal?: AbortSignal): Promise<TaskHandle>;
  /** @throws VendorError when the vendor could not be asked; that says nothing about the task. */
  check(handle: TaskHandle, signal?: AbortSignal): Promise<TaskStatus>;
  /** Many tasks in one request. Tasks that the answer leaves out are absent from the map: ask for them singly. */
  readonly checkMany?: {
    /** Most handles a call takes. */
    readonly most: number;
    /** Least time between two calls for the account. */
    readonly everyMs: number;
    check(handles: readonly TaskHandle[], signal?: AbortSignal): Promise<Map<string, TaskStatus>>;
  };
  /** The account's tasks created in a window, for finding a task whose create answer was lost. */
  findCreatedBetween?(window: TaskWindow, signal?: AbortSignal): Promise<readonly ListedTask[]>;
  /**
   * Cancels a task that is still queued; looks before it touches, for cancelling what has ended may
   * lose its video. `too-late`: it runs or has ended.
   *
   * @throws VendorError when the vendor could not be asked, or does not say what became of it.
   */
  cancel?(handle: TaskHandle, signal?: AbortSignal): Promise<'cancelled' | 'too-late'>;
}
