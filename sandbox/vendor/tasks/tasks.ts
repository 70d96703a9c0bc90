/**
 * The tasks of the account and their states: queued → running → succeeded, failed or expired, and
 * queued → cancelled. At most `concurrency` run at once; the others wait, highest priority first.
 */
import type { Picture } from '../create/images.ts';
import { type TaskOptions, tokensOf } from '../create/options.ts';
import { queueFull, taskIsCancelled, taskIsRunning, taskNotFound } from '../errors.ts';

export type TaskState = 'queued' | 'running' | 'succeeded' | 'failed' | 'expired' | 'cancelled';

export interface TaskFailure {
  readonly code: string;
  readonly message: string;
}

/** A task as tests see it. Times are Unix milliseconds. */
export interface SandboxTask {
  readonly id: string;
  /** The id on the wire, with the version. */
  readonly model: string;
  /** The body of the create call as received. */
  readonly request: unknown;
  /** The resolved options from the body and from flags in the prompt. */
  readonly options: TaskOptions;
  readonly status: TaskState;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The billed tokens; known once succeeded. */
  readonly tokens: number | undefined;
  readonly failure: TaskFailure | undefined;
  /** How many times the video was downloaded. */
  readonly downloads: number;
  /** Deleted, forgotten or expired: the API answers 404. */
  readonly isGone: boolean;
}

export type Ending = 'succeed' | 'expire' | 'cancel' | TaskFailure;

export interface TaskRecord extends SandboxTask {
  status: TaskState;
  updatedAt: number;
  startedAt: number;
  tokens: number | undefined;
  failure: TaskFailure | undefined;
  downloads: number;
  isGone: boolean;
  ending: Ending;
  /** A status to return instead of the true one. */
  statusWord: string | undefined;
  /** Responses omit its file, although it is finished. */
  hasNoFile: boolean;
  /** Instead of the real usage. */
  billedTokens: number | undefined;
  readonly shortName: string;
  readonly draftTaskId: string | undefined;
  readonly text: string;
  readonly firstFrame: Picture | undefined;
  readonly lastFrame: Picture | undefined;
}

export interface NewTask {
  readonly id: string;
  readonly model: string;
  /** Without prefix and version. */
  readonly shortName: string;
  /** The draft that this is the final of. */
  readonly draftTaskId: string | undefined;
  readonly request: unknown;
  readonly options: TaskOptions;
  readonly text: string;
  readonly firstFrame: Picture | undefined;
  readonly lastFrame: Picture | undefined;
}

export interface TaskSettings {
  renderMs: number;
  readonly queueMs: number;
  readonly concurrency: number;
  readonly maxQueued: number;
  readonly now: () => number;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/** BytePlus ModelArk: records live 7 days from their creation, cancelled ones 24 hours. */
const RETENTION_MS = 7 * DAY_MS;
const CANCELLED_RETENTION_MS = DAY_MS;

export class TaskBook {
  readonly all: TaskRecord[] = [];
  readonly #settings: TaskSettings;
  readonly #byId = new Map<string, TaskRecord>();
  readonly #active = new Set<TaskRecord>();
  readonly #watchers = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(settings: TaskSettings) {
    this.#settings = settings;
  }

  /** @throws ArkRefusal 429 when too many are already waiting. */
  add(task: NewTask): TaskRecord {
    if (this.#count('queued') >= this.#settings.maxQueued) throw queueFull();
    const now = this.#settings.now();
    const record: TaskRecord = {
      ...task,
      status: 'queued',
      createdAt: now,
      updatedAt: now,
      startedAt: 0,
      tokens: undefined,
      failure: undefined,
      downloads: 0,
      isGone: false,
      ending: 'succeed',
      statusWord: undefined,
      hasNoFile: false,
      billedTokens: undefined,
    };
    this.all.push(record);
    this.#byId.set(record.id, record);
    this.#active.add(record);
    this.turn();
    return record;
  }

  /** @throws ArkRefusal 404 */
  get(id: string): TaskRecord {
    const task = this.#byId.get(id);
    if (task === undefined || !this.isKept(task)) throw taskNotFound(id);
    return task;
  }

  /** Whether the API still knows it. */
  isKept(task: TaskRecord): boolean {
    if (task.isGone) return false;
    const now = this.#settings.now();
    const isOldCancelled =
      task.status === 'cancelled' && now - task.updatedAt >= CANCELLED_RETENTION_MS;
    return now - task.createdAt < RETENTION_MS && !isOldCancelled;
  }

  /**
   * The vendor’s single DELETE: cancels a queued task, forgets an ended one.
   *
   * @throws ArkRefusal
   */
  remove(id: string): void {
    const task = this.get(id);
    if (task.status === 'running') throw taskIsRunning(id);
    if (task.status === 'cancelled') throw taskIsCancelled(id);
    if (task.status === 'queued') this.#move(task, 'cancelled');
    else this.forget(task);
  }

  forget(task: TaskRecord): void {
    task.isGone = true;
    this.#announce();
  }

  /** Ends a task now, unless it has ended. */
  end(task: TaskRecord, ending: Ending): void {
    if (!this.#active.has(task)) return;
    task.ending = ending;
    this.#finish(task);
    this.turn();
  }

  countDownload(task: TaskRecord): void {
    task.downloads += 1;
    this.#announce();
  }

  setRenderMs(renderMs: number): void {
    this.#settings.renderMs = renderMs;
    this.turn();
  }

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** Does whatever is due, then sleeps until the next due time. */
  turn(): void {
    if (this.#isClosed) return;
    const now = this.#settings.now();
    for (const task of this.#active) {
      if (now >= expiresAt(task)) this.#move(task, 'expired');
      else if (task.status === 'running' && now >= this.#endsAt(task)) this.#finish(task);
    }
    this.#startWaiting(now);
    this.#announce();
    this.#sleep(now);
  }

  #startWaiting(now: number): void {
    const waiting = [...this.#active]
      .filter((task) => task.status === 'queued' && now >= this.#startsAt(task))
      .sort((a, b) => b.options.priority - a.options.priority);
    const free = this.#settings.concurrency - this.#count('running');
    for (const task of waiting.slice(0, Math.max(0, free))) {
      task.startedAt = now;
      this.#move(task, 'running');
    }
  }

  #sleep(now: number): void {
    clearTimeout(this.#timer);
    const hasSlot = this.#count('running') < this.#settings.concurrency;
    const dues = [...this.#active]
      .filter((task) => task.status === 'running' || hasSlot)
      .map((task) => (task.status === 'running' ? this.#endsAt(task) : this.#startsAt(task)));
    if (dues.length === 0) return;
    const next = dues.reduce((least, due) => Math.min(least, due));
    this.#timer = setTimeout(() => this.turn(), Math.min(Math.max(1, next - now), MAX_TIMER_MS));
  }

  #startsAt(task: TaskRecord): number {
    return task.createdAt + this.#settings.queueMs;
  }

  #endsAt(task: TaskRecord): number {
    return task.startedAt + this.#settings.renderMs;
  }

  #finish(task: TaskRecord): void {
    if (task.ending === 'succeed') {
      task.tokens = task.billedTokens ?? tokensOf(task.options);
      this.#move(task, 'succeeded');
    } else if (task.ending === 'expire') this.#move(task, 'expired');
    else if (task.ending === 'cancel') this.#move(task, 'cancelled');
    else {
      task.failure = task.ending;
      this.#move(task, 'failed');
    }
  }

  #move(task: TaskRecord, status: TaskState): void {
    task.status = status;
    task.updatedAt = this.#settings.now();
    if (status !== 'running') this.#active.delete(task);
    this.#announce();
  }

  #count(status: TaskState): number {
    return [...this.#active].filter((task) => task.status === status).length;
  }

  #announce(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

/** The longest delay of a timer; longer ones are slept in parts. */
const MAX_TIMER_MS = 2 ** 31 - 1;

function expiresAt(task: TaskRecord): number {
  return task.createdAt + task.options.expiresAfterS * 1_000;
}
