/** What every part of the vendor contract works with: a vendor on loopback, an adapter, and all it let out. */
import { inspect } from 'node:util';

import { afterEach, expect } from 'vitest';

import type { VendorOptions, VendorSandbox } from '#sandbox/vendor/vendor.ts';
import type { VideoRequest } from '#src/catalogue/request.ts';
import { systemClock, type Clock } from '#src/clock.ts';
import { VendorError } from '#src/errors.ts';
import { createLogger, type Logger } from '#src/logger.ts';
import type { VendorTimeouts } from '#src/vendors/http/http.ts';
import type { Submission, SubmissionInput, TaskHandle, Vendor } from '#src/vendors/vendor.ts';

import { pngOf } from './png.ts';

/** What an adapter is built from, whatever its dialect. */
export interface AdapterOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly timeouts: VendorTimeouts;
  readonly maxAnswerBytes: number;
}

/** One vendor to hold the contract against. */
export interface VendorSubject {
  readonly name: string;
  /** What the dialect has: where it lacks a thing, the adapter must lack it as well. */
  readonly abilities: { readonly canList: boolean; readonly canCancel: boolean };
  readonly startSandbox: (options: VendorOptions) => Promise<VendorSandbox>;
  readonly createVendor: (options: AdapterOptions) => Vendor;
}

export interface Stage {
  readonly vendor: Vendor;
  readonly sandbox: VendorSandbox;
  /** Another adapter for the same vendor, as after a restart. */
  readonly restarted: () => Vendor;
}

export interface StageOptions extends VendorOptions {
  /** For whole calls; long unless the test is about it. */
  readonly timeoutMs?: number;
  readonly wrongKey?: string;
}

export interface Bench {
  readonly subject: VendorSubject;
  stage(options?: StageOptions): Promise<Stage>;
  /** The VendorError a call ends with; it is searched for secrets after the test. */
  failureOf(call: Promise<unknown>): Promise<VendorError>;
}

const KEY = 'key-5f1e0a7c-must-not-be-seen';
const PROMPT = 'a crab whose secret nobody may read';
const TIMEOUT_MS = 10_000;

export function aSubmission(
  request: Partial<VideoRequest> = {},
  submission: Partial<Submission> = {},
): Submission {
  const inputs = (request.inputs ?? []).map((role) => picture(role));
  return {
    request: {
      model: '1.0-pro',
      prompt: PROMPT,
      resolution: '480p',
      ratio: '16:9',
      length: { unit: 'seconds', seconds: 5 },
      seed: 4_711,
      isCameraFixed: false,
      hasWatermark: false,
      inputs: [],
      ...request,
    },
    inputs,
    safetyIdentifier: 'member-1',
    expiresAfterSeconds: 171_717,
    ...submission,
  };
}

function picture(role: SubmissionInput['role']): SubmissionInput {
  return { role, mimeType: 'image/png', read: async () => Promise.resolve(pngOf(400, 300 + 1)) };
}

/** Call in a `describe`: cleans up, and searches everything let out for the key and the prompt. */
export function useBench(subject: VendorSubject): Bench {
  const sandboxes: VendorSandbox[] = [];
  const errors: VendorError[] = [];
  const lines: string[] = [];
  const logger = createLogger('trace', { write: (line) => lines.push(line) });

  afterEach(async () => {
    const pending = sandboxes.flatMap((sandbox) => sandbox.pendingFaults());
    await Promise.all(sandboxes.splice(0).map(async (sandbox) => sandbox.close()));
    const letOut = [...lines.splice(0), ...errors.splice(0).map((error) => everythingIn(error))];
    expect(letOut.filter((text) => text.includes(KEY) || text.includes(PROMPT))).toEqual([]);
    expect(pending).toEqual([]);
  });

  return {
    subject,
    async stage({ timeoutMs = TIMEOUT_MS, wrongKey, ...options } = {}) {
      const sandbox = await subject.startSandbox({ key: KEY, video: 'stored', ...options });
      sandboxes.push(sandbox);
      const adapterOptions: AdapterOptions = {
        apiKey: wrongKey ?? KEY,
        baseUrl: sandbox.url,
        logger,
        clock: { now: systemClock.now, sleep: async () => Promise.resolve() },
        timeouts: timeoutsOf(timeoutMs),
        maxAnswerBytes: 1_000_000,
      };
      const restarted = (): Vendor => subject.createVendor(adapterOptions);
      return { vendor: restarted(), sandbox, restarted };
    },
    async failureOf(call) {
      const error: unknown = await call.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (!(error instanceof VendorError)) throw new Error(`not a VendorError: ${inspect(error)}`);
      errors.push(error);
      // The log's view of it counts as well.
      logger.error({ error }, 'failed');
      return error;
    },
  };
}

/** Resolves once the vendor's task is there and in this status. */
export async function reaches(stage: Stage, status: string): Promise<void> {
  await stage.sandbox.until(
    (tasks) => tasks.length > 0 && tasks.every((task) => task.status === status),
  );
}

export async function started(stage: Stage, submission = aSubmission()): Promise<TaskHandle> {
  return stage.vendor.start(submission);
}

/** How often a route was asked. */
export function callsTo(stage: Stage, route: string): number {
  return stage.sandbox.journal.filter((call) => call.route === route).length;
}

function timeoutsOf(wholeMs: number): VendorTimeouts {
  return { connectMs: wholeMs, createMs: wholeMs, otherMs: wholeMs, silenceMs: wholeMs };
}

function everythingIn(error: VendorError): string {
  return inspect(error, { depth: 12, showHidden: true, maxStringLength: null });
}
