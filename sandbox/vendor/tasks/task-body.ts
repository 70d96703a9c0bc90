/** A task as the API shows it: a short body until it succeeds, and everything resolved afterwards. */
import { FRAMES_PER_SECOND } from '../create/options.ts';
import type { TaskRecord } from './tasks.ts';

export interface ResultUrls {
  readonly videoUrl: string | null;
  readonly lastFrameUrl: string;
}

/** Field names and order: BytePlus ModelArk, retrieve a video generation task, and recorded responses. */
export function taskBody(task: TaskRecord, urls: ResultUrls) {
  const { options } = task;
  const short = {
    id: task.id,
    model: task.model,
    status: task.statusWord ?? task.status,
    created_at: seconds(task.createdAt),
    updated_at: seconds(task.updatedAt),
    service_tier: options.serviceTier,
    execution_expires_after: options.expiresAfterS,
  };
  if (task.status === 'failed') return { ...short, error: task.failure };
  if (task.status !== 'succeeded' || task.statusWord !== undefined) return short;
  return {
    ...short,
    content: {
      video_url: urls.videoUrl,
      ...(options.returnsLastFrame ? { last_frame_url: urls.lastFrameUrl } : {}),
    },
    usage: { completion_tokens: task.tokens, total_tokens: task.tokens },
    seed: options.seed,
    resolution: options.resolution,
    ratio: options.ratio,
    ...(options.frames === undefined ? { duration: options.seconds } : { frames: options.frames }),
    framespersecond: FRAMES_PER_SECOND,
    ...(options.generateAudio === undefined ? {} : { generate_audio: options.generateAudio }),
    // Live on 1.0 too, which refuses the field in a request; 2.5 returns it, 2.0 does not (SDK samples).
    ...(task.shortName.includes('-2-0') ? {} : { draft: options.isDraft }),
    ...(task.draftTaskId === undefined ? {} : { draft_task_id: task.draftTaskId }),
    priority: options.priority,
    output_format: options.outputFormat,
    ...(options.safetyIdentifier === undefined
      ? {}
      : { safety_identifier: options.safetyIdentifier }),
  };
}

/** The API uses whole Unix seconds. */
function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
