/**
 * A Seedance vendor on loopback that speaks one vendor’s dialect over real HTTP and is as strict as
 * its documentation, with injectable faults and a journal. `startVendor` is its entry point. It shares
 * no code with the product: what both know about the vendor is written twice.
 */
import type { AddressInfo } from 'node:net';

import { wireId } from './create/models.ts';
import { servedModels, type Account, type DialectName } from './dialect.ts';
import { DIALECTS } from './dialects/dialects.ts';
import { FaultList, type VendorFault } from './faults.ts';
import type { VendorRequest } from './journal.ts';
import { RATE_LIMITS, RateLimits } from './rate-limits.ts';
import { Clips, type VideoSource } from './results/clip.ts';
import { Links, VIDEO_URL_LIFE_MS } from './results/links.ts';
import { createVendorServer } from './server.ts';
import { TaskBook, type Ending, type SandboxTask } from './tasks/tasks.ts';
import type { AnswerVariant } from './variants.ts';

export type { DialectName } from './dialect.ts';
export type { VendorFault } from './faults.ts';
export type { VendorRequest } from './journal.ts';
export { ANSWER_VARIANTS } from './variants.ts';
export type { AnswerVariant } from './variants.ts';
export type { Ending, SandboxTask } from './tasks/tasks.ts';

export interface VendorOptions {
  /** Whose API it is; `official` by default: BytePlus, or with `idPrefix` Volcengine. */
  readonly dialect?: DialectName | undefined;
  /** Which of its two response styles Pixazo uses; `task`, as documented, by default. */
  readonly pixazoStyle?: 'task' | 'request' | undefined;
  /** The only valid key; `sandbox-key` by default. */
  readonly key?: string | undefined;
  /** `doubao-` for the model ids of Volcengine; empty for BytePlus. */
  readonly idPrefix?: string | undefined;
  /** The render time in milliseconds; 50 by default. */
  readonly renderMs?: number | undefined;
  /** The minimum time in the queue; 0 by default: a task runs at once when a slot is free. */
  readonly queueMs?: number | undefined;
  /** Tasks that run at once, over all models; 10 by default. */
  readonly concurrency?: number | undefined;
  /** Tasks that may wait; one more is refused with 429. 120 by default. */
  readonly maxQueued?: number | undefined;
  /** Create calls per minute and model; 600 by default. */
  readonly createsPerMinute?: number | undefined;
  /** How long result links live; 24 h by default. */
  readonly videoUrlLifeMs?: number | undefined;
  /** How videos are made; `auto` by default. */
  readonly video?: VideoSource | undefined;
  /** Which takes precedence when a field and a `--flag` differ. Flags by default: the more expensive reading. */
  readonly flagPrecedence?: 'flags' | 'body' | undefined;
  /** The variant of all responses, when they do not follow the documentation. */
  readonly variant?: AnswerVariant | undefined;
  /** Unix milliseconds, for tests of long spans; timers run in real time anyway. */
  readonly now?: (() => number) | undefined;
}

export interface VendorSandbox {
  /** The API’s base URL, as in the vendor’s setting: with `/api/v3` for the official one. */
  readonly url: string;
  /** `127.0.0.1:port`: where results are served, over plain http. */
  readonly host: string;
  readonly key: string;
  /** Every task ever made, oldest first, including those the API no longer knows. */
  readonly tasks: readonly SandboxTask[];
  /** Every request, oldest first. */
  readonly journal: readonly VendorRequest[];
  /** How many videos ffmpeg has made; identical ones are made once. */
  readonly renders: number;
  /** @returns removes the fault where it has not happened yet */
  inject(fault: VendorFault): () => void;
  /** Injected and not yet happened. */
  pendingFaults(): readonly VendorFault[];
  /** Applies to running tasks too: 0 ends them all. */
  setRenderMs(ms: number): void;
  /** Makes this file the video of every task, such as one too large; undefined restores their own. */
  setVideo(file: Buffer | undefined): void;
  /** Sends all responses as this variant from now on; undefined restores the documented one. */
  setVariant(variant: AnswerVariant | undefined): void;
  /** Whether videos are rendered from the request; false: the stored clip replaces all. */
  rendersVideos(): Promise<boolean>;
  /** The ids of the models it serves now. */
  readonly models: readonly string[];
  /** Starts or stops answering 404 for this model. */
  setRetired(model: string, isRetired: boolean): void;
  /** Ends a waiting or running task now; a failure has the vendor’s error code. Throws for an unknown id. */
  endTask(id: string, ending: Ending): void;
  /** Without funds, every create call is refused with 403. */
  setFunds(hasFunds: boolean): void;
  /**
   * Resolves once the predicate is true.
   *
   * @throws Error after `timeoutMs` (60 000 by default), with the state of the tasks.
   */
  until(predicate: (tasks: readonly SandboxTask[]) => boolean, timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** @throws Error when ffmpeg was requested and is missing. */
export async function startVendor(options: VendorOptions = {}): Promise<VendorSandbox> {
  const { key = 'sandbox-key', now = Date.now } = options;
  const faults = new FaultList();
  const journal: VendorRequest[] = [];
  const clips = new Clips(options.video ?? 'auto');
  await clips.prepare();
  const tasks = newTaskBook(options, now);
  const server = createVendorServer({
    faults,
    journal,
    now,
    shownLinks: new Set(),
    account: () => account,
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const host = `127.0.0.1:${portOf(server.address())}`;
  const dialect = DIALECTS[options.dialect ?? 'official'];
  const account: Account = {
    dialect,
    key,
    origin: `http://${host}`,
    pixazoStyle: options.pixazoStyle ?? 'task',
    idPrefix: options.idPrefix ?? '',
    flagPrecedence: options.flagPrecedence ?? 'flags',
    tasks,
    limits: new RateLimits(options.createsPerMinute ?? RATE_LIMITS.createsPerMinute),
    clips,
    links: new Links(`http://${host}`, options.videoUrlLifeMs ?? VIDEO_URL_LIFE_MS),
    variant: options.variant,
    keepsPictures: options.video !== 'stored',
    hasFunds: true,
    retired: new Set(),
  };
  return {
    url: `http://${host}${dialect.basePath}`,
    host,
    key,
    tasks: tasks.all,
    journal,
    get renders() {
      return clips.renders;
    },
    inject: (fault) => faults.add(fault),
    pendingFaults: () => faults.pending(),
    setRenderMs: (ms) => tasks.setRenderMs(ms),
    setVideo: (file) => void (clips.fixed = file),
    setVariant: (variant) => void Object.assign(account, { variant }),
    rendersVideos: () => clips.areRendered(),
    get models() {
      return servedModels(account, now()).map((model) => wireId(model, account.idPrefix));
    },
    setRetired(model, isRetired) {
      if (isRetired) account.retired.add(model);
      else account.retired.delete(model);
    },
    endTask(id, ending) {
      const task = tasks.all.find((one) => one.id === id);
      if (task === undefined) throw new Error(`No task ${id}`);
      tasks.end(task, ending);
    },
    setFunds: (hasFunds) => void Object.assign(account, { hasFunds }),
    until: (predicate, timeoutMs) => until(tasks, predicate, timeoutMs),
    async close() {
      tasks.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await Promise.all([closed, clips.close()]);
    },
  };
}

function newTaskBook(options: VendorOptions, now: () => number): TaskBook {
  return new TaskBook({
    renderMs: options.renderMs ?? 50,
    queueMs: options.queueMs ?? 0,
    concurrency: options.concurrency ?? 10,
    maxQueued: options.maxQueued ?? 120,
    now,
  });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address.port;
}

const UNTIL_TIMEOUT_MS = 60_000;

async function until(
  tasks: TaskBook,
  predicate: (tasks: readonly SandboxTask[]) => boolean,
  timeoutMs = UNTIL_TIMEOUT_MS,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const look = () => {
    try {
      if (predicate(tasks.all)) resolve();
    } catch (error) {
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const timer = setTimeout(() => {
    const states = tasks.all.map((task) => `${task.id} ${task.status}`).join(', ');
    reject(new Error(`Waited ${timeoutMs} ms in vain; tasks: ${states === '' ? 'none' : states}`));
  }, timeoutMs);
  const unwatch = tasks.watch(look);
  look();
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    unwatch();
  }
}
