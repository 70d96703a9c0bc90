/** The message of a job that ends without a video, for every possible reason. */
import type { FailureReason, Job } from '../../src/jobs/record/job.ts';
import { ExampleJobs, type Setting } from './example-job.ts';
import type { Example, ExampleGroup } from './examples.ts';
import { card } from './job-cards.ts';

/** The state in which a job ends for each reason. */
const ENDS_AS: Readonly<Record<FailureReason, 'failed' | 'cancelled' | 'expired'>> = {
  'moderated-input': 'failed',
  'moderated-output': 'failed',
  rejected: 'failed',
  'vendor-out-of-funds': 'failed',
  'model-unavailable': 'failed',
  'vendor-unavailable': 'failed',
  'vendor-failed': 'failed',
  'vendor-expired': 'expired',
  'vendor-cancelled': 'cancelled',
  'vendor-forgot': 'expired',
  'vendor-silent': 'expired',
  'finished-without-file': 'failed',
  'submission-lost': 'failed',
  'input-unreadable': 'failed',
  'video-lost': 'expired',
  undeliverable: 'expired',
  'cancelled-by-member': 'cancelled',
  'removed-from-server': 'cancelled',
};

/** BytePlus ModelArk’s error codes (ModelArk API reference, error codes) whose causes are distinguished. */
const MODERATION_CODES: ReadonlyArray<readonly [reason: FailureReason, code: string]> = [
  ['moderated-input', 'InputImageSensitiveContentDetected.PrivacyInformation'],
  ['moderated-output', 'OutputVideoSensitiveContentDetected.Copyright'],
  ['moderated-input', 'InputTextSensitiveContentDetected'],
  ['moderated-input', 'InputImageSensitiveContentDetected'],
  ['moderated-input', 'InputVideoSensitiveContentDetected'],
  ['moderated-input', 'InputAudioSensitiveContentDetected'],
  ['moderated-output', 'OutputAudioSensitiveContentDetected'],
];

export function failureCards(setting: Setting): ExampleGroup[] {
  const jobs = new ExampleJobs(setting);
  const ended = (reason: FailureReason, facts: Partial<Job> = {}): Job =>
    jobs.job({ state: ENDS_AS[reason], failure: { reason }, ...facts });
  const byReason = Object.keys(ENDS_AS)
    .filter((reason): reason is FailureReason => reason in ENDS_AS)
    .map((reason): Example => card(reason, ended(reason)));
  const byCode = MODERATION_CODES.map(([reason, code]) =>
    card(`${reason}: ${code}`, ended(reason, { failure: { reason, code } })),
  );
  const replaceable = {
    request: jobs.request({ model: '1.5-pro' }),
    alternative: { request: jobs.request(), credits: 39 },
  };
  return [
    { id: 'failed', title: 'No video', examples: byReason },
    {
      id: 'failed-moderation',
      title: 'No video: refused for its content, and other variants',
      examples: [
        ...byCode,
        card(
          'model-unavailable, with another to make it with',
          ended('model-unavailable', replaceable),
        ),
        card(
          'vendor-failed, privately',
          ended('vendor-failed', { isPrivate: true, isEphemeral: true }),
        ),
        card('undeliverable, told in a new message', ended('undeliverable'), { mention: true }),
      ],
    },
  ];
}
