/** Explains to the member why there is no video. Never shows a vendor's text. */
import type { FailureReason, Job } from '../../jobs/record/job.ts';
import type { TextKey } from '../../text/resources.ts';
import { text, type Text } from '../../text/text.ts';

const KEYS: Readonly<Record<FailureReason, TextKey>> = {
  'moderated-input': 'cards:failModeratedInput',
  'moderated-output': 'cards:failModeratedOutput',
  rejected: 'cards:failRejected',
  'vendor-out-of-funds': 'cards:failOutOfFunds',
  'model-unavailable': 'cards:failModelUnavailable',
  'vendor-unavailable': 'cards:failVendorUnavailable',
  'vendor-failed': 'cards:failVendorFailed',
  'vendor-expired': 'cards:failVendorExpired',
  'vendor-cancelled': 'cards:failVendorCancelled',
  'vendor-forgot': 'cards:failVendorForgot',
  'vendor-silent': 'cards:failVendorSilent',
  'finished-without-file': 'cards:failWithoutFile',
  'submission-lost': 'cards:failSubmissionLost',
  'input-unreadable': 'cards:failInputUnreadable',
  'video-lost': 'cards:failVideoLost',
  undeliverable: 'cards:failUndeliverable',
  'cancelled-by-member': 'cards:failCancelledByMember',
  'removed-from-server': 'cards:failRemovedFromServer',
};

/**
 * Maps vendors' moderation codes to causes, most specific first. Source: BytePlus ModelArk, error codes:
 * `Input…`/`Output…` with `Text`, `Image`, `Video`, `Audio`, and the part after the dot.
 */
const MODERATED: ReadonlyArray<readonly [part: RegExp, key: TextKey]> = [
  [/PrivacyInformation/, 'cards:failRealPerson'],
  [/copyright/i, 'cards:failCopyright'],
  [/^InputText/, 'cards:failPromptNotAllowed'],
  [/^InputImage/, 'cards:failPictureNotAllowed'],
  [/^InputVideo/, 'cards:failReferenceVideoNotAllowed'],
  [/^InputAudio/, 'cards:failReferenceSoundNotAllowed'],
  [/^OutputAudio/, 'cards:failSoundHeldBack'],
];

/** Returns one or two sentences. That nothing was charged is shown elsewhere. */
export function failureText({ failure }: Pick<Job, 'failure'>): Text {
  const reason = failure?.reason ?? 'vendor-failed';
  const isModerated = reason === 'moderated-input' || reason === 'moderated-output';
  const known = MODERATED.find(([part]) => isModerated && part.test(failure?.code ?? ''));
  return text(known?.[1] ?? KEYS[reason]);
}
