/** Job records for the gallery: an example states only what matters to its picture. */
import type { VideoRequest } from '../../src/catalogue/request.ts';
import { MINUTE, SECOND } from '../../src/clock.ts';
import {
  jobSchema,
  type Job,
  type JobState,
  type JobSubmission,
} from '../../src/jobs/record/job.ts';
import type { Locale } from '../../src/text/locales.ts';

/** The place and time of all examples in one language. */
export interface Setting {
  readonly locale: Locale;
  readonly nowMs: number;
}

export const EXAMPLE_IDS = {
  guild: '1100000000000000001',
  channel: '1100000000000000002',
  member: '1100000000000000003',
  role: '1100000000000000004',
  message: '1100000000000000005',
} as const;

const PROMPTS: Readonly<Record<Locale, string>> = {
  'en-US': 'A paper boat drifts across a quiet bay at dawn, gulls circling above',
  'zh-CN': '黎明时分，一只纸船漂过宁静的海湾，海鸥在上空盘旋',
};

/** Makes the examples of one setting. */
export class ExampleJobs {
  readonly #setting: Setting;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  /**
   * Returns a job as the bot stores it.
   *
   * @throws ZodError when no such record could be stored
   */
  job({ state, ...facts }: Partial<Job> & Pick<Job, 'state'>): Job {
    const { locale, nowMs } = this.#setting;
    return jobSchema.parse({
      id: 'example',
      version: 1,
      state,
      stateSinceMs: nowMs - MINUTE,
      createdAtMs: nowMs - 2 * MINUTE,
      guildId: EXAMPLE_IDS.guild,
      channelId: EXAMPLE_IDS.channel,
      memberId: EXAMPLE_IDS.member,
      interactionId: EXAMPLE_IDS.message,
      messageId: EXAMPLE_IDS.message,
      isEphemeral: false,
      locale,
      attachmentLimitBytes: 10_000_000,
      request: this.request(),
      inputs: [],
      holdCredits: 41,
      submissions: [],
      retryAtMs: 0,
      isLate: false,
      ...this.#factsOf(state),
      ...facts,
    });
  }

  request(changes: Partial<VideoRequest> = {}): VideoRequest {
    return {
      model: '2.0-mini',
      prompt: PROMPTS[this.#setting.locale],
      resolution: '720p',
      ratio: '16:9',
      length: { unit: 'seconds', seconds: 5 },
      seed: 20_261_121,
      hasAudio: true,
      hasWatermark: false,
      inputs: [],
      ...changes,
    };
  }

  /** A submission that the vendor has not answered yet. */
  submission(changes: Partial<JobSubmission> = {}): JobSubmission {
    return {
      id: 'submission',
      vendor: 'byteplus',
      price: {
        unit: 'perMillionTokens',
        withAudioMicroDollars: 2_500_000,
        silentMicroDollars: 2_500_000,
      },
      expiresAfterSeconds: 170_000,
      startedAtMs: this.#setting.nowMs - MINUTE,
      ...changes,
    };
  }

  /** The facts that a job has collected when it is in a state. */
  #factsOf(state: JobState): Partial<Job> {
    const { nowMs } = this.#setting;
    const submittedAtMs = nowMs - MINUTE + SECOND;
    const taken = { submissions: [this.submission({ taskId: 'task', submittedAtMs })] };
    const result = {
      videoUrl: 'https://videos.example/boat.mp4',
      succeededAtMs: nowMs - 5 * SECOND,
    };
    const succeeded = { ...taken, result, costCredits: 39, billedCredits: 39 };
    const video = { file: 'boat.mp4', bytes: 3_400_000, width: 1248, height: 704, seconds: 5 };
    switch (state) {
      case 'accepted':
        return {};
      case 'submitting':
        return { submissions: [this.submission()] };
      case 'queued':
      case 'running':
        return taken;
      case 'succeeded':
        return succeeded;
      case 'delivered':
        return { ...succeeded, video, deliveredAs: 'video' };
      case 'failed':
        return { ...taken, failure: { reason: 'vendor-failed' } };
      case 'cancelled':
        return { failure: { reason: 'cancelled-by-member' } };
      case 'expired':
        return { ...taken, failure: { reason: 'vendor-expired' } };
      default:
        return state satisfies never;
    }
  }
}
