/** Turns a create call in the official dialect into a task; the other dialects convert their calls to it. */
import { randomInt } from 'node:crypto';

import { servedModels, type Account } from '../dialect.ts';
import { accountOverdue, notValid } from '../errors.ts';
import type { Exchange } from '../exchange.ts';
import { readClips } from '../media/clips.ts';
import { applyFaults } from '../tasks/apply-faults.ts';
import { newTaskId } from '../tasks/task-id.ts';
import type { TaskRecord } from '../tasks/tasks.ts';
import { finalOf } from './final.ts';
import { readPicture, type Picture } from './images.ts';
import { wireId } from './models.ts';
import { resolveOptions } from './options.ts';
import { validateBody, type AcceptedBody } from './validate-body.ts';

/** The maximum JSON body of a create call; BytePlus ModelArk tutorial. The status of the refusal is inferred. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

export interface TaskOrder {
  readonly body: unknown;
  /** The vendor’s name for the model, when it is not the official id. */
  readonly model?: string | undefined;
  /** The task’s id, when it does not look like the official ones. */
  readonly id?: string | undefined;
}

/** Beyond the exact integers of a double, like the ids of some relays. */
const FIRST_NUMERIC_ID = 1_923_456_789_012_345_677n;

function newId({ variant, tasks }: Account, { id }: TaskOrder): string | undefined {
  return variant === 'numeric-id' ? String(FIRST_NUMERIC_ID + BigInt(tasks.all.length)) : id;
}

/** @throws ArkRefusal */
export async function makeTask(
  exchange: Exchange,
  account: Account,
  order: TaskOrder,
): Promise<TaskRecord> {
  if (exchange.bodyBytes > MAX_BODY_BYTES) throw notValid('body', 'it exceeds 64 MB');
  const final = finalOf(order.body, account, exchange.nowMs);
  const task = final ?? (await makeOrdinary(order.body, account, exchange.nowMs));
  const model = order.model ?? wireId(task.model, account.idPrefix);
  if (!account.hasFunds) throw accountOverdue();
  account.limits.takeCreate(model, exchange.nowMs);
  const record = account.tasks.add({
    ...task,
    id: newId(account, order) ?? newTaskId(exchange.nowMs, task.options.serviceTier),
    model,
    shortName: task.model.shortName,
    request: exchange.body,
    firstFrame: account.keepsPictures ? task.firstFrame : undefined,
    lastFrame: account.keepsPictures ? task.lastFrame : undefined,
  });
  if (exchange.fault !== undefined) applyFaults.atItsEnd(record, exchange.fault, account.tasks);
  return record;
}

async function makeOrdinary(body: unknown, account: Account, nowMs: number) {
  const { dialect, idPrefix, flagPrecedence } = account;
  const accepted = validateBody(body ?? {}, {
    models: servedModels(account, nowMs),
    idPrefix,
    hasFlex: dialect.hasFlex,
    precedence: flagPrecedence,
  });
  const pictures = await readPictures(accepted);
  const options = resolveOptions(accepted, {
    firstImageSize: pictures.first?.size,
    referenceVideoMs: await readReferences(accepted),
    randomSeed: randomInt(0, 100_000),
  });
  return {
    model: accepted.model,
    draftTaskId: undefined,
    options,
    text: accepted.content.text,
    firstFrame: pictures.firstFrame,
    lastFrame: pictures.lastFrame,
  };
}

interface Pictures {
  readonly first: Picture | undefined;
  readonly firstFrame: Picture | undefined;
  readonly lastFrame: Picture | undefined;
}

async function readPictures({ content, model }: AcceptedBody): Promise<Pictures> {
  const read = new Map<number, Picture>();
  for (const image of content.images) {
    read.set(image.index, await readPicture(image, model.takesHeif));
  }
  const { firstFrame, lastFrame } = content;
  return {
    first: [...read.values()][0],
    firstFrame: firstFrame && read.get(firstFrame.index),
    lastFrame: lastFrame && read.get(lastFrame.index),
  };
}

/** @returns the total length of the reference videos, in milliseconds */
async function readReferences({ content, model }: AcceptedBody): Promise<number> {
  const { clipLimits: limits } = model;
  await readClips(content.audios, { kind: 'audio', limits });
  return readClips(content.videos, { kind: 'video', limits });
}
