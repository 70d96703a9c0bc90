/**
 * The dialect of ByteDance's own video API, which several vendors speak: create, retrieve, list and
 * delete under `/contents/generations/tasks`.
 * Source: BytePlus ModelArk API reference, video generation.
 */
import type { Dispatcher } from 'undici';
import { z } from 'zod';

import type { ModelId } from '../../catalogue/request.ts';
import { SECOND, type Clock } from '../../clock.ts';
import { VendorError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { mapOfficialError } from '../error-policy.ts';
import { createVendorHttp, type VendorHttp, type VendorTimeouts } from '../http/http.ts';
import type { Cadence, Submission, TaskHandle, TaskStatus, Vendor, VendorName } from '../vendor.ts';
import {
  createdSchema,
  identifiedStatusSchema,
  listedTaskSchema,
  listSchema,
  taskStatusSchema,
} from './answers.ts';
import { type TaskPage, tasksCreatedBetween } from './recent-tasks.ts';
import { requestBody } from './request-body.ts';

const TASKS = '/contents/generations/tasks';

const CADENCE: Cadence = { byListMs: 3 * SECOND, byIdMs: 5 * SECOND, byIdLaterMs: 10 * SECOND };

/** Account-wide limit of the list call: one a second. */
const LIST_EVERY_MS = SECOND;
/** As many ids as keep the query under 8 kB, which gateways commonly allow. */
const MOST_IDS = 150;
const PAGE_SIZE = 100;

/** How the vendors that speak this dialect differ. */
const VARIATIONS: Readonly<Record<VendorName, { readonly sendsServiceTier: boolean }>> = {
  byteplus: { sendsServiceTier: true },
  volcengine: { sendsServiceTier: true },
  // Its document: offline inference is not integrated.
  powertokens: { sendsServiceTier: false },
  ark: { sendsServiceTier: true },
};

export interface OfficialVendorOptions {
  readonly name: VendorName;
  readonly apiKey: string;
  /** Up to and with `/api/v3`. */
  readonly baseUrl: string;
  /** The ids this vendor gives the models it offers. */
  readonly wireModels: Readonly<Partial<Record<ModelId, string>>>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly timeouts?: VendorTimeouts | undefined;
  readonly maxAnswerBytes?: number | undefined;
  readonly dispatcher?: Dispatcher | undefined;
}

interface Context extends OfficialVendorOptions {
  readonly http: VendorHttp;
}

export function createOfficialVendor(options: OfficialVendorOptions): Vendor {
  const context: Context = { ...options, http: createHttp(options) };
  return {
    name: options.name,
    cadence: CADENCE,
    wireModel: (model) => options.wireModels[model],
    start: (submission, signal) => start(context, submission, signal),
    check: (handle, signal) => check(context, handle, signal),
    checkMany: {
      most: MOST_IDS,
      everyMs: LIST_EVERY_MS,
      check: (handles, signal) => checkMany(context, handles, signal),
    },
    findCreatedBetween: (window, signal) =>
      tasksCreatedBetween({
        window,
        fetchPage: (pageNumber) => fetchPage(context, pageNumber, signal),
        pageSize: PAGE_SIZE,
        clock: options.clock,
        everyMs: LIST_EVERY_MS,
        signal,
      }),
    cancel: (handle, signal) => cancel(context, handle, signal),
  };
}

function createHttp({ name, apiKey, ...rest }: OfficialVendorOptions): VendorHttp {
  return createVendorHttp({
    ...rest,
    vendor: name,
    headers: { authorization: `Bearer ${apiKey}` },
    mapError: mapOfficialError,
  });
}

async function start(
  context: Context,
  submission: Submission,
  signal: AbortSignal | undefined,
): Promise<TaskHandle> {
  const { name, http } = context;
  const wireModel = context.wireModels[submission.request.model];
  if (wireModel === undefined) {
    const code = 'MODEL_NOT_OFFERED';
    throw new VendorError({
      vendor: name,
      operation: 'create',
      kind: 'rejected',
      code,
      isDefinite: true,
    });
  }
  const body = () => requestBody(submission, { wireModel, ...VARIATIONS[name] });
  const created = await http.request({
    operation: 'create',
    method: 'POST',
    path: TASKS,
    ...(submission.inputs.length === 0 ? { json: await body() } : { largeJson: body }),
    schema: createdSchema,
    signal,
  });
  return { taskId: created.id };
}

async function check(
  { http }: Context,
  handle: TaskHandle,
  signal: AbortSignal | undefined,
): Promise<TaskStatus> {
  try {
    return await http.request({
      operation: 'retrieve',
      method: 'GET',
      path: pathOf(handle),
      schema: taskStatusSchema,
      signal,
    });
  } catch (error) {
    if (isOfKind(error, 'not-found')) return { status: 'missing' };
    throw error;
  }
}

async function checkMany(
  context: Context,
  handles: readonly TaskHandle[],
  signal: AbortSignal | undefined,
): Promise<Map<string, TaskStatus>> {
  const statuses = new Map<string, TaskStatus>();
  if (handles.length === 0) return statuses;
  const page = await context.http.request({
    operation: 'list',
    method: 'GET',
    path: TASKS,
    query: [
      ['page_num', '1'],
      ['page_size', String(handles.length)],
      ...handles.map(({ taskId }) => ['filter.task_ids', taskId] as const),
    ],
    schema: listSchema,
    signal,
  });
  const asked = new Set(handles.map(({ taskId }) => taskId));
  for (const { taskId, status } of readable(context, page.items, identifiedStatusSchema)) {
    if (asked.has(taskId)) statuses.set(taskId, status);
  }
  return statuses;
}

async function fetchPage(
  context: Context,
  pageNumber: number,
  signal: AbortSignal | undefined,
): Promise<TaskPage> {
  const page = await context.http.request({
    operation: 'list',
    method: 'GET',
    path: TASKS,
    query: [
      ['page_num', String(pageNumber)],
      ['page_size', String(PAGE_SIZE)],
    ],
    schema: listSchema,
    signal,
  });
  const tasks = readable(context, page.items, listedTaskSchema);
  return { tasks, size: page.items.length, total: page.total };
}

/** DELETE cancels what is queued, but wipes the record, and so the video, of what has ended: look first. */
async function cancel(
  context: Context,
  handle: TaskHandle,
  signal: AbortSignal | undefined,
): Promise<'cancelled' | 'too-late'> {
  const { status } = await check(context, handle, signal);
  if (status === 'cancelled') return 'cancelled';
  if (status !== 'queued') return 'too-late';
  try {
    await context.http.request({
      operation: 'cancel',
      method: 'DELETE',
      path: pathOf(handle),
      schema: z.unknown(),
      signal,
    });
    return 'cancelled';
  } catch (error) {
    if (isOfKind(error, 'conflict') || isOfKind(error, 'not-found')) return 'too-late';
    throw error;
  }
}

/** The items that fit; the others are loud in the log, and whoever waits for one asks for it singly. */
function readable<Item>(
  { name, logger }: Context,
  items: readonly unknown[],
  schema: z.ZodType<Item>,
): Item[] {
  return items.flatMap((item) => {
    const parsed = schema.safeParse(item);
    if (parsed.success) return [parsed.data];
    logger.warn(
      { vendor: name, fault: z.prettifyError(parsed.error) },
      'a listed task is unreadable',
    );
    return [];
  });
}

function pathOf({ taskId }: TaskHandle): string {
  return `${TASKS}/${encodeURIComponent(taskId)}`;
}

function isOfKind(error: unknown, kind: VendorError['kind']): boolean {
  return error instanceof VendorError && error.kind === kind;
}
