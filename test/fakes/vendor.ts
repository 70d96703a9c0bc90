/**
 * A vendor in memory that keeps the contract of `src/vendors/vendor.ts` and does what a test tells
 * it: refuse, lose responses, hang, forget, omit tasks. It records every call.
 */
import type { ModelId } from '#src/catalogue/request.ts';
import type { VendorName } from '#src/catalogue/vendors.ts';
import { MINUTE, SECOND, type Clock } from '#src/clock.ts';
import { VendorError, type VendorErrorKind } from '#src/errors.ts';
import type {
  ListedTask,
  Submission,
  TaskHandle,
  TaskResult,
  TaskStatus,
  Vendor,
} from '#src/vendors/vendor.ts';

export type VendorCall = 'start' | 'check' | 'checkMany' | 'find' | 'cancel';

export interface RecordedCall {
  readonly call: VendorCall;
  readonly atMs: number;
  readonly taskIds: readonly string[];
}

export interface FakeTask {
  readonly taskId: string;
  readonly submission: Submission;
  readonly createdAtMs: number;
  /** When set, this is its status, whatever the time. */
  status?: TaskStatus;
  /** Omitted from the response to `checkMany`. */
  isUnlisted?: boolean;
  /** What a status call for this task alone fails with; the list omits it. */
  failure?: VendorError;
}

/** What the next create call does; it may make the task without reporting it. */
export type CreateBehaviour = (make: () => TaskHandle) => Promise<TaskHandle> | TaskHandle;

export interface FakeVendorOptions {
  clock: Clock;
  name?: VendorName;
  /** Without them, the vendor can only be polled by id. */
  canList?: boolean;
  canCancel?: boolean;
  most?: number;
  /** A task runs from this long after its creation, and is done a minute later. */
  queuedMs?: number;
  renderMs?: number;
  /** What the list states about a task besides its model and time. */
  echo?: (task: FakeTask) => Partial<ListedTask>;
}

export interface FakeVendor extends Vendor {
  readonly tasks: Map<string, FakeTask>;
  readonly calls: RecordedCall[];
  /** Each is used for one create call, in order; further calls just make a task. */
  readonly creates: CreateBehaviour[];
  /** What a kind of call fails with while it is set. */
  readonly failures: Map<VendorCall, VendorError>;
  count(call: VendorCall): number;
  /** The only task. @throws Error when there are more or fewer */
  onlyTask(): FakeTask;
}

const EVERY_MS = SECOND;

export function createFakeVendor(options: FakeVendorOptions): FakeVendor {
  const { clock, name = 'byteplus', canList = true, canCancel = true, most = 150 } = options;
  const tasks = new Map<string, FakeTask>();
  const calls: RecordedCall[] = [];
  const creates: CreateBehaviour[] = [];
  const failures = new Map<VendorCall, VendorError>();

  function record(call: VendorCall, taskIds: readonly string[] = []): void {
    calls.push({ call, taskIds, atMs: clock.now() });
    const failure = failures.get(call);
    if (failure !== undefined) throw failure;
  }

  function make(submission: Submission): TaskHandle {
    const taskId = `${name}-task-${tasks.size + 1}`;
    tasks.set(taskId, { taskId, submission, createdAtMs: clock.now() });
    return { taskId };
  }

  const statusOf = (taskId: string): TaskStatus => statusNow(tasks.get(taskId), options);

  return {
    name,
    cadence: { byListMs: 3 * SECOND, byIdMs: 5 * SECOND, byIdLaterMs: 10 * SECOND },
    tasks,
    calls,
    creates,
    failures,
    count: (call) => calls.filter((each) => each.call === call).length,
    onlyTask() {
      const [task, another] = tasks.values();
      if (task === undefined || another !== undefined)
        throw new Error(`There are ${tasks.size} tasks`);
      return task;
    },
    wireModel,
    async start(submission) {
      record('start');
      for (const input of submission.inputs) await input.open();
      const behave: CreateBehaviour = creates.shift() ?? ((make) => make());
      return behave(() => make(submission));
    },
    async check({ taskId }) {
      record('check', [taskId]);
      const failure = tasks.get(taskId)?.failure;
      if (failure !== undefined) throw failure;
      return statusOf(taskId);
    },
    ...(canList ? listing({ ...options, most, tasks, record, statusOf }) : {}),
    ...(canCancel ? cancelling({ tasks, record, statusOf }) : {}),
  };
}

function wireModel(model: ModelId): string {
  return `seedance-${model}`;
}

function statusNow(
  task: FakeTask | undefined,
  { clock, queuedMs = 5 * SECOND, renderMs = MINUTE }: FakeVendorOptions,
): TaskStatus {
  if (task === undefined) return { status: 'missing' };
  if (task.status !== undefined) return task.status;
  const ageMs = clock.now() - task.createdAtMs;
  if (ageMs < queuedMs) return { status: 'queued' };
  return ageMs < queuedMs + renderMs ? { status: 'running' } : aSuccess(task.taskId);
}

export function aSuccess(taskId: string, result: Partial<TaskResult> = {}): TaskStatus {
  const videoUrl = `https://videos.example/${taskId}.mp4`;
  return { status: 'succeeded', videoUrl, tokens: 100_000, ratio: '16:9', seconds: 5, ...result };
}

interface Inside extends Partial<FakeVendorOptions> {
  tasks: Map<string, FakeTask>;
  record: (call: VendorCall, taskIds?: readonly string[]) => void;
  statusOf: (taskId: string) => TaskStatus;
}

function listing({ most = 150, echo = echoAll, tasks, record, statusOf }: Inside) {
  return {
    checkMany: {
      most,
      everyMs: EVERY_MS,
      async check(handles: readonly TaskHandle[]) {
        const taskIds = handles.map(({ taskId }) => taskId);
        record('checkMany', taskIds);
        const listed = taskIds.filter((taskId) => isListed(tasks.get(taskId)));
        return new Map(listed.map((taskId) => [taskId, statusOf(taskId)]));
      },
    },
    async findCreatedBetween({ fromMs, toMs }: { fromMs: number; toMs: number }) {
      record('find');
      const found = [...tasks.values()].filter(
        ({ createdAtMs }) => createdAtMs >= fromMs && createdAtMs <= toMs,
      );
      return found.map((task): ListedTask => ({
        handle: { taskId: task.taskId },
        wireModel: wireModel(task.submission.request.model),
        createdAtMs: task.createdAtMs,
        status: statusOf(task.taskId),
        ...echo(task),
      }));
    },
  };
}

function isListed(task: FakeTask | undefined): boolean {
  const isHidden = task?.isUnlisted === true || task?.failure !== undefined;
  return task !== undefined && !isHidden && task.status?.status !== 'missing';
}

/** As in the official dialect. */
function echoAll({ submission }: FakeTask): Partial<ListedTask> {
  const { seed, resolution, ratio } = submission.request;
  return { expiresAfterSeconds: submission.expiresAfterSeconds, seed, resolution, ratio };
}

function cancelling({ tasks, record, statusOf }: Inside) {
  return {
    async cancel({ taskId }: TaskHandle) {
      record('cancel', [taskId]);
      const task = tasks.get(taskId);
      if (task === undefined || statusOf(taskId).status !== 'queued') return 'too-late' as const;
      task.status = { status: 'cancelled' };
      return 'cancelled' as const;
    },
  };
}

export interface RefusalOptions {
  vendor?: VendorName;
  code?: string;
  retryAfterMs?: number;
  operation?: string;
}

/** The vendor’s definite refusal: it certainly did not accept the task. */
export function aRefusal(kind: VendorErrorKind, options: RefusalOptions = {}): VendorError {
  return aVendorError(kind, { ...options, isDefinite: true });
}

/** An unknown outcome. */
export function aLostAnswer(options: RefusalOptions = {}): VendorError {
  return aVendorError('timeout', { ...options, isDefinite: false });
}

function aVendorError(
  kind: VendorErrorKind,
  options: RefusalOptions & { isDefinite: boolean },
): VendorError {
  return new VendorError({ vendor: 'byteplus', operation: 'create', ...options, kind });
}

/** An entry for `creates`. */
export const refuses =
  (kind: VendorErrorKind, options: RefusalOptions = {}): CreateBehaviour =>
  () => {
    throw aRefusal(kind, options);
  };

/** Makes the task; the response is lost. */
export const losesAnswer: CreateBehaviour = (make) => {
  make();
  throw aLostAnswer();
};

/** The call was cut before the vendor made anything, which its caller cannot know. */
export const losesRequest: CreateBehaviour = () => {
  throw aLostAnswer();
};

/** Makes the task, and neither responds nor fails, as for a process that is killed meanwhile. */
export const hangs: CreateBehaviour = async (make) => {
  make();
  return new Promise(() => undefined);
};

/** Cut off before the vendor made anything. */
export const hangsBefore: CreateBehaviour = async () => new Promise(() => undefined);

/** Takes a while. */
export const takes =
  (ms: number, clock: Clock): CreateBehaviour =>
  async (make) => {
    await clock.sleep(ms);
    return make();
  };
