/**
 * A Seedance vendor on loopback that speaks one vendor's dialect over real HTTP and is as strict as
 * its document, with faults to order and a journal to read. `startVendor` is its door. It shares no
 * line with the product: what both know about the vendor is written down twice.
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
  /** Which of its two answer styles Pixazo uses; `task`, as its document has it, by default. */
  readonly pixazoStyle?: 'task' | 'request' | undefined;
  /** The one key that is let in; `sandbox-key` by default. */
  readonly key?: string | undefined;
  /** `doubao-` for the model ids of Volcengine; empty for BytePlus. */
  readonly idPrefix?: string | undefined;
  /** From running to the end; 50 by default. */
  readonly renderMs?: number | undefined;
  /** Least time a task stays queued; 0 by default: it runs at once where there is room. */
  readonly queueMs?: number | undefined;
  /** Tasks that run at once, over all models; 10 by default. */
  readonly concurrency?: number | undefined;
  /** Tasks that may wait; one more is refused with 429. 120 by default. */
  readonly maxQueued?: number | undefined;
  /** Creates a minute and model; 600 by default. */
  readonly createsPerMinute?: number | undefined;
  /** How long result links live; 24 h by default. */
  readonly videoUrlLifeMs?: number | undefined;
  /** How videos come about; `auto` by default. */
  readonly video?: VideoSource | undefined;
  /** Which wins where a field and a `--flag` differ. Flags by default: the dearer reading of an open question. */
  readonly flagPrecedence?: 'flags' | 'body' | undefined;
  /** The shape of all answers, where it is not that of the vendor's document. */
  readonly variant?: AnswerVariant | undefined;
  /** Unix milliseconds, for tests of long spans; timers run in real time all the same. */
  readonly now?: (() => number) | undefined;
}

export interface VendorSandbox {
  /** The API's base URL, as the vendor's setting takes it: with `/api/v3` for the official one. */
  readonly url: string;
  /** `127.0.0.1:port`: where results are served from, over plain http. */
  readonly host: string;
  readonly key: string;
  /** Every task ever made, oldest first, also those the API no longer knows. */
  readonly tasks: readonly SandboxTask[];
  /** Every request, oldest first. */
  readonly journal: readonly VendorRequest[];
  /** How many videos ffmpeg has made; identical ones are made once. */
  readonly renders: number;
  /** @returns takes back what of it has not happened yet */
  inject(fault: VendorFault): () => void;
  /** Ordered and not yet happened. */
  pendingFaults(): readonly VendorFault[];
  /** Counts for tasks that run already, too: 0 ends them all. */
  setRenderMs(ms: number): void;
  /** From now on this file is what every task has made, such as one too large; nothing: their own again. */
  setVideo(file: Buffer | undefined): void;
  /** From now on all answers have this shape; nothing: that of the vendor's document. */
  setVariant(variant: AnswerVariant | undefined): void;
  /** Whether videos are rendered from what was asked for; false: the stored clip stands in for all. */
  rendersVideos(): Promise<boolean>;
  /** The ids of the models it serves now. */
  readonly models: readonly string[];
  /** Answers 404 for this model from now on, or no longer. */
  setRetired(model: string, isRetired: boolean): void;
  /** Ends a waiting or running task now; a failure names the vendor's error code. Throws for an unknown id. */
  endTask(id: string, ending: Ending): void;
  /** Without funds every create is refused with 403. */
  setFunds(hasFunds: boolean): void;
  /**
   * Resolves once the predicate holds.
   *
   * @throws Error after `timeoutMs` (60 000 by default), naming what the tasks were then.
   */
  until(predicate: (tasks: readonly SandboxTask[]) => boolean, timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** @throws Error when ffmpeg was demanded and is missing. */
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
