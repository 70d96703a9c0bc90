/** Converts an answer about a task, in any dialect, to a task status. Pure. */
import { readErrorAnswer } from './error-answer.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { type Reason, relayFailure } from './relay-errors.ts';
import { videoLinkIn } from './result-link.ts';
import type { TaskState } from './status-words.ts';
import type { TaskResult, TaskStatus } from './vendor.ts';

/** Keys with which vendors report why a task failed. */
const REASON_KEYS = [
  'error',
  'failure_reason',
  'fail_reason',
  'error_message',
  'reason',
  'message',
  'msg',
] as const;

/** @param result what the dialect reports about a finished task besides its video */
export function taskStatusFrom(
  answer: JsonObject & { readonly status: TaskState },
  result: Omit<TaskResult, 'videoUrl'> = {},
): TaskStatus {
  const { status } = answer;
  if (status === 'failed') return relayFailure(reasonIn(answer));
  if (status !== 'succeeded') return { status };
  const videoUrl = videoLinkIn(answer);
  return videoUrl === undefined
    ? { status: 'finished-without-file' }
    : { status, videoUrl, ...result };
}

function reasonIn(answer: JsonObject): Reason | undefined {
  return REASON_KEYS.map((key) => readReason(answer[key])).find((reason) => reason !== undefined);
}

/** Reads a sentence, an object with a code, a list of either, or one that a relay has wrapped again. */
function readReason(written: unknown): Reason | undefined {
  const inner = isJsonObject(written) ? written['error'] : undefined;
  for (const error of [inner, written]) {
    const report = readErrorAnswer({ error }, false);
    if (report !== undefined) return { code: report.code, message: report.message };
  }
  return undefined;
}
