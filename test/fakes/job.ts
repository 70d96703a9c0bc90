/** Valid job records for each state, of which a test names only what matters to it. */
import type { VideoRequest } from '#src/catalogue/request.ts';
import { MINUTE, SECOND } from '#src/clock.ts';
import type { Job, JobState, JobSubmission } from '#src/jobs/record/job.ts';

export const JOB_BORN_MS = Date.parse('2026-11-21T12:00:00Z');

export function aRequest(overrides: Partial<VideoRequest> = {}): VideoRequest {
  return {
    model: '1.0-pro',
    prompt: 'a crab walks along the beach',
    resolution: '720p',
    ratio: '16:9',
    length: { unit: 'seconds', seconds: 5 },
    seed: 42,
    isCameraFixed: false,
    hasWatermark: false,
    inputs: [],
    ...overrides,
  };
}

/** A submission whose create call was begun and not yet answered. */
export function aSubmission(overrides: Partial<JobSubmission> = {}): JobSubmission {
  return {
    id: 'submission1',
    vendor: 'byteplus',
    price: {
      unit: 'perMillionTokens',
      withAudioMicroDollars: 2_500_000,
      silentMicroDollars: 2_500_000,
    },
    expiresAfterSeconds: 170_000,
    startedAtMs: JOB_BORN_MS + SECOND,
    ...overrides,
  };
}

/** A submission that the vendor accepted. */
export function aTakenSubmission(overrides: Partial<JobSubmission> = {}): JobSubmission {
  return aSubmission({ taskId: 'task1', submittedAtMs: JOB_BORN_MS + 2 * SECOND, ...overrides });
}

/** The facts that a job has collected when it is in a state. */
function factsOf(state: JobState): Partial<Job> {
  const taken = { submissions: [aTakenSubmission()] };
  const result = { videoUrl: 'https://videos.example/1.mp4', succeededAtMs: JOB_BORN_MS + MINUTE };
  const succeeded = { ...taken, result, costCredits: 24, billedCredits: 24 };
  const video = { file: 'videos/job1.mp4', bytes: 1000, width: 1280, height: 720, seconds: 5 };
  switch (state) {
    case 'accepted':
      return {};
    case 'submitting':
      return { submissions: [aSubmission()] };
    case 'queued':
    case 'running':
      return taken;
    case 'succeeded':
      return succeeded;
    case 'delivered':
      return { ...succeeded, video, deliveredAs: 'video' };
    case 'failed':
      return { ...taken, failure: { reason: 'vendor-failed', code: 'InternalServiceError' } };
    case 'cancelled':
      return { failure: { reason: 'cancelled-by-member' } };
    case 'expired':
      return { ...taken, failure: { reason: 'vendor-expired' } };
    default:
      return state satisfies never;
  }
}

/** @example aJob({ state: 'running', holdCredits: 30 }) */
export function aJob(overrides: Partial<Job> = {}): Job {
  const state = overrides.state ?? 'accepted';
  return {
    id: 'job1',
    version: 1,
    state,
    stateSinceMs: JOB_BORN_MS,
    createdAtMs: JOB_BORN_MS,
    guildId: '100',
    channelId: '200',
    memberId: '300',
    interactionId: '400',
    messageId: '500',
    isEphemeral: false,
    locale: 'en-US',
    attachmentLimitBytes: 10 * 1024 * 1024,
    request: aRequest(),
    isPrivate: false,
    notify: 'mention',
    inputs: [],
    holdCredits: 26,
    submissions: [],
    retryAtMs: 0,
    isLate: false,
    ...factsOf(state),
    ...overrides,
  };
}
