/** Why there is no video, in words for the member. No vendor's text is shown. */
import type { FailureReason, Job } from '../../jobs/record/job.ts';

const TEXTS: Readonly<Record<FailureReason, string>> = {
  'moderated-input':
    'The video service refused the prompt or a picture as not allowed. Change the wording, or use another picture; real people, brands and violence are refused most often.',
  'moderated-output':
    'The finished video was held back by the video service’s content check. Try other words or another picture.',
  rejected: 'The video service did not accept this request. Try other settings or another picture.',
  'vendor-out-of-funds':
    'The video service cannot take new videos right now. The operator has been told; try again later.',
  'model-unavailable': 'The video service no longer offers this model. Choose another model.',
  'vendor-unavailable':
    'The video service could not be reached, or took no new videos. Try again later.',
  'vendor-failed': 'The video service failed while rendering. Trying again often works.',
  'vendor-expired': 'The video service did not finish within its own time limit. Try again.',
  'vendor-cancelled': 'It was cancelled before rendering began.',
  'vendor-forgot': 'The video service no longer knows this task. Try again.',
  'vendor-silent':
    'The video service never said what became of it, and no video can come of it any more. Try again.',
  'finished-without-file': 'The video service says it finished, but it gave no file. Try again.',
  'submission-lost':
    'The connection to the video service broke while it was being asked, and it shows no such task. Try again.',
  'input-unreadable':
    'The bot could not read a file of this request back from its own storage, so the video service was never asked. That is no fault of yours; try again later.',
  'video-lost': 'The finished video could not be fetched from the video service in time.',
  undeliverable: 'The finished video could not be posted here.',
  'cancelled-by-member': 'You cancelled it before rendering began.',
  'removed-from-server': 'The bot was removed from the server before rendering began.',
};

/**
 * What the vendors' moderation codes tell of the cause, most telling first. Sources: BytePlus
 * ModelArk, error codes: `Input…`/`Output…` with `Text`, `Image`, `Video`, `Audio`, and what follows the dot.
 */
const MODERATED: ReadonlyArray<readonly [part: RegExp, text: string]> = [
  [
    /PrivacyInformation/,
    'A picture or video seems to show a real person, and the video service does not animate those. Use a drawing, or a person that a model made.',
  ],
  [
    /copyright/i,
    'The video service sees somebody’s copyright in it. Leave names, logos and known characters out, or use a picture of your own.',
  ],
  [
    /^InputText/,
    'The video service does not allow something in the prompt. Describe it in other words; violence, real names and brands are refused most often.',
  ],
  [/^InputImage/, 'The video service does not allow one of the pictures. Use another one.'],
  [/^InputVideo/, 'The video service does not allow the reference video. Use another one.'],
  [/^InputAudio/, 'The video service does not allow the reference sound. Use another one.'],
  [
    /^OutputAudio/,
    'The sound of the finished video was held back by the video service. Try other words, or turn audio off.',
  ],
];

/** One or two sentences; that nothing was charged is said elsewhere, once. */
export function failureText({ failure }: Pick<Job, 'failure'>): string {
  const reason = failure?.reason ?? 'vendor-failed';
  const isModerated = reason === 'moderated-input' || reason === 'moderated-output';
  const known = MODERATED.find(([part]) => isModerated && part.test(failure?.code ?? ''));
  return known?.[1] ?? TEXTS[reason];
}
