/** The setup for every part of the vendor contract: a vendor on loopback, an adapter, and everything it logged. */
import { createServer } from 'node:http';
import { inspect } from 'node:util';

import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { z } from 'zod';

import { startVendor, type VendorOptions, type VendorSandbox } from '#sandbox/vendor/vendor.ts';
import {
  INPUT_ROLES,
  type InputRole,
  type ModelId,
  type VideoRequest,
} from '#src/catalogue/request.ts';
import type { VendorName } from '#src/catalogue/vendors.ts';
import { systemClock } from '#src/clock.ts';
import { VendorError, type VendorErrorKind } from '#src/errors.ts';
import { createLogger } from '#src/logger.ts';
import { CAPABILITIES, type VendorCapabilities } from '#src/vendors/capabilities.ts';
import type { DialectOptions } from '#src/vendors/dialect.ts';
import type { VendorTimeouts } from '#src/vendors/http/http.ts';
import type { Submission, SubmissionInput, TaskHandle, Vendor } from '#src/vendors/vendor.ts';

import { inMemory } from '../../fakes/bytes.ts';
import { fileFor, MIME_TYPES } from './files.ts';
import { plainRequest } from './plain-request.ts';

/** One vendor to test against the contract. */
export interface VendorSubject {
  /** The vendor whose row of the capability table the adapter is tested with. */
  readonly name: VendorName;
  /** Where one vendor is tested in several ways. */
  readonly title?: string;
  readonly sandbox: VendorOptions;
  /** What the catalogue passes to the adapter. */
  readonly wireModels: Readonly<Partial<Record<ModelId, string>>>;
  readonly createVendor: (options: DialectOptions) => Vendor<string>;
  /** The model of most tests. */
  readonly modelFor: (inputs: readonly InputRole[]) => ModelId;
  readonly words: VendorWords;
  /** Which of the table’s status routes this subject uses; the first unless given. */
  readonly looksBy?: string;
  /** Which of the table’s create routes this subject’s models use; all unless given. */
  readonly createsBy?: RegExp;
}

/** How detailed the vendor’s responses are, and their wording. */
export interface VendorWords {
  /** Whether an error response has ByteDance’s code; otherwise it has a status and a message. */
  readonly errorsHaveCodes: boolean;
  readonly failuresHaveCodes: boolean;
  /** The refusal of an account without funds. */
  readonly noFunds: VendorErrorKind;
  /** What a 403 without a code means; an account without funds unless given. */
  readonly forbidden?: VendorErrorKind;
  /** What a 403 or 404 to a create call means where the route names the model. */
  readonly routeRefused?: VendorErrorKind;
  /** Vendors without a status for these report them as failures. */
  readonly expired: 'expired' | 'failed';
  readonly cancelled: 'cancelled' | 'failed';
  /** Whether a finished task states its settings. */
  readonly echoes: boolean;
  /** What a finished task states about its cost. */
  readonly usage: VendorCapabilities['reports'];
}

export interface Stage {
  readonly vendor: Vendor<string>;
  readonly sandbox: VendorSandbox;
  /** Creates another adapter for the same vendor, as after a restart. */
  readonly restarted: () => Vendor<string>;
}

export interface StageOptions extends VendorOptions {
  /** The time-out of whole calls; long unless the test is about it. */
  readonly timeoutMs?: number;
  readonly wrongKey?: string;
}

export interface Bench {
  readonly subject: VendorSubject;
  readonly capabilities: VendorCapabilities;
  /** A minimal submission for the subject’s model, with the given changes. */
  submission(request?: Partial<VideoRequest>, parts?: Partial<Submission>): Submission;
  started(stage: Stage, submission?: Submission): Promise<TaskHandle>;
  stage(options?: StageOptions): Promise<Stage>;
  /** The VendorError that a call ends with; it is searched for secrets after the test. */
  failureOf(call: Promise<unknown>): Promise<VendorError>;
}

const KEY = 'key-5f1e0a7c-must-not-be-seen';
const PROMPT = 'a crab whose secret nobody may read';
const TIMEOUT_MS = 10_000;

/** Call in a `describe`: cleans up, and searches everything logged or thrown for the key and the prompt. */
export function useBench(subject: VendorSubject): Bench {
  const sandboxes: VendorSandbox[] = [];
  const errors: VendorError[] = [];
  const lines: string[] = [];
  const logger = createLogger('trace', { write: (line) => lines.push(line) });
  const files = createServer((request, response) => {
    const role = INPUT_ROLES.find((each) => request.url === `/${each}`) ?? 'first_frame';
    void fileFor(role).then((bytes) => response.end(bytes));
  });
  let filesUrl = '';

  beforeAll(async () => {
    files.listen(0, '127.0.0.1');
    await new Promise((resolve) => files.once('listening', resolve));
    const { port } = z.object({ port: z.int() }).parse(files.address());
    filesUrl = `http://127.0.0.1:${port}`;
  });
  afterAll(async () => {
    files.closeAllConnections();
    await new Promise((resolve) => files.close(resolve));
  });

  function inputOf(role: InputRole): SubmissionInput {
    return {
      role,
      mimeType: MIME_TYPES[role],
      open: async () => inMemory(await fileFor(role)),
      url: async () => Promise.resolve(`${filesUrl}/${role}`),
    };
  }

  function submission(
    request: Partial<VideoRequest> = {},
    parts: Partial<Submission> = {},
  ): Submission {
    const roles = request.inputs ?? [];
    const plain = plainRequest(subject.name, request.model ?? subject.modelFor(roles), roles);
    return {
      request: { ...plain, prompt: PROMPT, ...request },
      inputs: roles.map(inputOf),
      safetyIdentifier: 'member-1',
      expiresAfterSeconds: 171_717,
      ...parts,
    };
  }

  afterEach(async () => {
    const pending = sandboxes.flatMap((sandbox) => sandbox.pendingFaults());
    await Promise.all(sandboxes.splice(0).map(async (sandbox) => sandbox.close()));
    const letOut = [...lines.splice(0), ...errors.splice(0).map((error) => everythingIn(error))];
    expect(letOut.filter((text) => text.includes(KEY) || text.includes(PROMPT))).toEqual([]);
    expect(pending).toEqual([]);
  });

  return {
    subject,
    capabilities: CAPABILITIES[subject.name],
    submission,
    started: async (stage, what = submission()) => stage.vendor.start(what),
    async stage({ timeoutMs = TIMEOUT_MS, wrongKey, ...options } = {}) {
      const sandbox = await startVendor({
        key: KEY,
        video: 'stored',
        ...subject.sandbox,
        ...options,
      });
      sandboxes.push(sandbox);
      const adapterOptions: DialectOptions = {
        name: subject.name,
        wireModels: subject.wireModels,
        apiKey: wrongKey ?? KEY,
        baseUrl: sandbox.url,
        logger,
        clock: { now: systemClock.now, sleep: async () => Promise.resolve() },
        timeouts: timeoutsOf(timeoutMs),
        maxAnswerBytes: 1_000_000,
      };
      const restarted = (): Vendor<string> => subject.createVendor(adapterOptions);
      return { vendor: restarted(), sandbox, restarted };
    },
    async failureOf(call) {
      const error: unknown = await call.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (!(error instanceof VendorError)) throw new Error(`not a VendorError: ${inspect(error)}`);
      errors.push(error);
      // The logged form of the error counts as well.
      logger.error({ error }, 'failed');
      return error;
    },
  };
}

/** Resolves once the vendor’s task exists and has this status. */
export async function waitForStatus(stage: Stage, status: string): Promise<void> {
  await stage.sandbox.until(
    (tasks) => tasks.length > 0 && tasks.every((task) => task.status === status),
  );
}

/** Returns how often a route was called. */
export function callsTo(stage: Stage, route: string): number {
  return stage.sandbox.journal.filter((call) => call.route === route).length;
}

function timeoutsOf(wholeMs: number): VendorTimeouts {
  return { connectMs: wholeMs, createMs: wholeMs, otherMs: wholeMs, silenceMs: wholeMs };
}

function everythingIn(error: VendorError): string {
  return inspect(error, { depth: 12, showHidden: true, maxStringLength: null });
}
