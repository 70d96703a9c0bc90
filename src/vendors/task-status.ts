/** From the answer about a task, in whichever dialect, to what it means. Pure. */
import type { JsonObject } from './json-object.ts';
import { reasonSchema, relayFailure } from './relay-errors.ts';
import { videoLinkIn } from './result-link.ts';
import type { TaskState } from './status-words.ts';
import type { TaskResult, TaskStatus } from './vendor.ts';

/** Under which vendors say why a task failed. */
const REASON_KEYS = ['error', 'failure_reason', 'fail_reason', 'message'] as const;

/** @param result what the dialect tells of a finished task beside its video */
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

function reasonIn(answer: JsonObject): Parameters<typeof relayFailure>[0] {
  return REASON_KEYS.map((key) => reasonSchema.safeParse(answer[key]).data).find(
    (reason) => reason !== undefined,
  );
}
