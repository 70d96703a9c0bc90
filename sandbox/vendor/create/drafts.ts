/** How the vendor’s models make drafts, what their finals may set, and what a draft costs. */
import type { Resolution } from './models.ts';

export interface Drafts {
  /** The possible resolutions of a final; the first is the default. */
  readonly finals: readonly Resolution[];
  /** The price of a draft, in tenths of an ordinary video of that size. */
  readonly tenths: { readonly audible: number; readonly silent: number };
  /** Body fields that a final may set besides `model` and `content`. */
  readonly finalFields: readonly string[];
}

const CALL_FIELDS = [
  'resolution',
  'return_last_frame',
  'watermark',
  'service_tier',
  'execution_expires_after',
  'callback_url',
  'safety_identifier',
] as const;

/**
 * BytePlus ModelArk, video generation tutorial, Draft mode: with sound, a draft costs 0.6 of the
 * tokens (0.7 without sound is inferred); the final may set what the draft does not decide. That a field
 * decided by the draft is refused is documented for 2.5, and inferred here.
 */
export const DRAFTS_1_5: Drafts = {
  finals: ['720p', '480p', '1080p'],
  tenths: { audible: 6, silent: 7 },
  finalFields: CALL_FIELDS,
};

/**
 * BytePlus ModelArk, Seedance 2.5, Draft mode: a draft costs the tokens of any 480p video; the final
 * is 1080p "by default and only", its `draft` absent or false. Text, media, `duration`, `ratio`,
 * `seed`, `generate_audio` and `omni_reference_task_type` are errors, even with the draft’s own values.
 */
export const DRAFTS_2_5: Drafts = {
  finals: ['1080p'],
  tenths: { audible: 10, silent: 10 },
  finalFields: [...CALL_FIELDS, 'draft', 'output_format', 'priority'],
};
