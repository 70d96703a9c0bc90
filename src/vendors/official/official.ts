/**
 * The dialect of ByteDance's video API, which several vendors share: create, retrieve, list and delete
 * under `/contents/generations/tasks`.
 * Source: BytePlus ModelArk API reference, video generation.
 */
import { z } from 'zod';

import { SECOND } from '../../clock.ts';
import { createLogLimit, type LogLimit } from '../../log-limit.ts';
import { CAPABILITIES, type VendorCapabilities } from '../capabilities.ts';
import {
  bearer,
  createDialectHttp,
  isOfKind,
  missingIfNotFound,
  offeredModel,
  originOf,
  type DialectOptions,
} from '../dialect.ts';
import type { VendorHttp } from '../http/http.ts';
import { bodyOf } from '../input-encoding.ts';
import { isJsonObject } from '../json-object.ts';
import { cancelledSchema, createdSchema } from '../response-schemas.ts';
import { withFullLinks } from '../result-link.ts';
import type { Submission, TaskHandle, TaskStatus, TaskWindow, Vendor } from '../vendor.ts';
import { type TaskPage, listTasksCreatedBetween } from './list-tasks.ts';
import { requestBody } from './request-body.ts';
import {
  identifiedStatusSchema,
  listedTaskSchema,
  listSchema,
  taskStatusSchema,
} from './responses.ts';
import { AZERION, OFFICIAL, POWERTOKENS, type Variant } from './variants.ts';

const TASKS = '/contents/generations/tasks';

/** Account-wide limit of the list call: one per second. */
const LIST_EVERY_MS = SECOND;
/** Keeps the query below 8 kB, a common limit of gateways. */
const MOST_IDS = 150;
const PAGE_SIZE = 100;

/** The prefix of task ids on the slower tier (observed). */
const FLEX_ID = 'cgt-batch-';

interface Context extends DialectOptions {
  readonly http: VendorHttp;
  readonly variation: Variant;
  readonly logLimit: LogLimit;
}

/** For ByteDance itself and vendors with the unchanged dialect. */
export function createOfficialVendor<Name extends string>(
  options: DialectOptions<Name>,
): Vendor<Name> {
  return createVariation(options, OFFICIAL, CAPABILITIES.byteplus);
}

export function createAzerionVendor<Name extends string>(
  options: DialectOptions<Name>,
): Vendor<Name> {
  return createVariation(options, AZERION, CAPABILITIES.azerion);
}

export function createPowerTokensVendor<Name extends string>(
  options: DialectOptions<Name>,
): Vendor<Name> {
  return createVariation(options, POWERTOKENS, CAPABILITIES.powertokens);
}

function createVariation<Name extends string>(
  options: DialectOptions<Name>,
  variation: Variant,
  { cadence }: VendorCapabilities,
): Vendor<Name> {
  const http = createDialectHttp(options, bearer(options));
  const logLimit = createLogLimit(options.clock);
  const context: Context = { ...options, http, variation, logLimit };
  return {
    name: options.name,
    cadence,
    wireModel: (model) => options.wireModels[model],
    start: async (submission, signal) => start(context, submission, signal),
    check: async (handle, signal) => check(context, handle, signal),
    checkMany: {
      most: variation.canFilterList ? MOST_IDS : PAGE_SIZE,
      everyMs: LIST_EVERY_MS,
      check: async (handles, signal) => checkMany(context, handles, signal),
    },
    findCreatedBetween: async (window, signal) => find(context, window, signal),
    cancel: async (handle, signal) => cancel(context, handle, signal),
  };
}

async function start(
  context: Context,
  submission: Submission,
  signal: AbortSignal | undefined,
): Promise<TaskHandle> {
  const { name: vendor, http, variation } = context;
  const wireModel = offeredModel(context, submission.request);
  const build = async () => requestBody(submission, { vendor, wireModel, ...variation });
  return http.request({
    operation: 'create',
    method: 'POST',
    path: TASKS,
    ...(await bodyOf('data-uri', submission, build)),
    schema: createdSchema,
    signal,
  });
}

async function check(
  context: Context,
  handle: TaskHandle,
  signal: AbortSignal | undefined,
): Promise<TaskStatus> {
  const look = context.http.request({
    operation: 'retrieve',
    method: 'GET',
    path: pathOf(handle),
    schema: taskStatusSchema,
    signal,
  });
  return fullLinks(context, await missingIfNotFound(look));
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
    query: context.variation.canFilterList ? byId(handles) : pageQuery(1),
    schema: listSchema,
    signal,
  });
  const asked = new Set(handles.map(({ taskId }) => taskId));
  // Unreadable items are omitted; a single check of the task then reports why.
  for (const { taskId, status } of parseReadable(page.items, identifiedStatusSchema)) {
    if (asked.has(taskId)) statuses.set(taskId, fullLinks(context, status));
  }
  return statuses;
}

type Query = ReadonlyArray<readonly [name: string, value: string]>;

/**
 * Filters by id. A request covers one tier only; when tasks of both are due, those of the slower tier
 * are omitted and checked one by one, which they are less often.
 */
function byId(handles: readonly TaskHandle[]): Query {
  const ordinary = handles.filter(({ taskId }) => !taskId.startsWith(FLEX_ID));
  const asked = ordinary.length === 0 ? handles : ordinary;
  return [
    ['page_num', '1'],
    ['page_size', String(asked.length)],
    ...(ordinary.length === 0 ? [FLEX_FILTER] : []),
    ...asked.map(({ taskId }) => ['filter.task_ids', taskId] as const),
  ];
}

const FLEX_FILTER = ['filter.service_tier', 'flex'] as const;

function pageQuery(pageNumber: number): Query {
  return [
    ['page_num', String(pageNumber)],
    ['page_size', String(PAGE_SIZE)],
  ];
}

async function find(context: Context, window: TaskWindow, signal: AbortSignal | undefined) {
  const isFlex = window.tier === 'flex';
  // A vendor without list filters has no slower tier.
  if (isFlex && !context.variation.canFilterList) return [];
  return listTasksCreatedBetween({
    window,
    fetchPage: async (pageNumber) =>
      fetchPage(context, [...pageQuery(pageNumber), ...(isFlex ? [FLEX_FILTER] : [])], signal),
    pageSize: PAGE_SIZE,
    clock: context.clock,
    everyMs: LIST_EVERY_MS,
    signal,
  });
}

async function fetchPage(
  context: Context,
  query: Query,
  signal: AbortSignal | undefined,
): Promise<TaskPage> {
  const page = await context.http.request({
    operation: 'list',
    method: 'GET',
    path: TASKS,
    query,
    schema: listSchema,
    signal,
  });
  const tasks = parseReadable(page.items, listedTaskSchema, (fault) => {
    if (!context.logLimit.isDue(fault)) return;
    context.logger.warn({ vendor: context.name, fault }, 'listed task unreadable in a search');
  });
  return { tasks, size: page.items.length, total: page.total };
}

/**
 * Cancels a queued task. The same call deletes the record, and so the video, of an ended task, so check
 * first. Azerion's POST has no body, because upstream a POST with a body would be a create.
 */
async function cancel(
  context: Context,
  handle: TaskHandle,
  signal: AbortSignal | undefined,
): Promise<'cancelled' | 'too-late'> {
  const { status } = await check(context, handle, signal);
  if (status === 'cancelled') return 'cancelled';
  if (status !== 'queued') return 'too-late';
  let answer: unknown;
  try {
    answer = await context.http.request({
      operation: 'cancel',
      method: context.variation.cancelsBy,
      path: pathOf(handle),
      schema: cancelledSchema,
      signal,
    });
  } catch (error) {
    if (isOfKind(error, 'conflict') || isOfKind(error, 'task-not-found')) return 'too-late';
    throw error;
  }
  // The answer to a POST is not documented, and a non-JSON one may come from a gateway, so check again.
  const isConfirmed = context.variation.cancelsBy === 'DELETE' && isJsonObject(answer);
  return isConfirmed ? 'cancelled' : checkOutcome(context, handle, signal);
}

/** Checks the outcome of a cancel. The task existed a moment ago, so "not found" means it was deleted. */
async function checkOutcome(
  context: Context,
  handle: TaskHandle,
  signal: AbortSignal | undefined,
): Promise<'cancelled' | 'too-late'> {
  try {
    const { status } = await check(context, handle, signal);
    return status === 'cancelled' || status === 'missing' ? 'cancelled' : 'too-late';
  } catch (error) {
    if (isOfKind(error, 'not-found')) return 'cancelled';
    throw error;
  }
}

/** Returns the items that fit the schema. */
function parseReadable<Item>(
  items: readonly unknown[],
  schema: z.ZodType<Item>,
  onFault: (fault: string) => void = () => undefined,
): Item[] {
  return items.flatMap((item) => {
    const parsed = schema.safeParse(item);
    if (parsed.success) return [parsed.data];
    onFault(z.prettifyError(parsed.error));
    return [];
  });
}

function fullLinks(context: Context, status: TaskStatus): TaskStatus {
  return withFullLinks(status, originOf(context));
}

function pathOf({ taskId }: TaskHandle): string {
  return `${TASKS}/${encodeURIComponent(taskId)}`;
}
