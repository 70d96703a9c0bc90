/** How the vendor's models make drafts, what a final of one may say, and what a draft is billed. */
import type { Resolution } from './models.ts';

export interface Drafts {
  /** What a final may be; the first is what it is when it does not say. */
  readonly finals: readonly Resolution[];
  /** What a draft is billed, in tenths of an ordinary video of that size. */
  readonly tenths: { readonly audible: number; readonly silent: number };
  /** Body fields that a final may set beside `model` and `content`. */
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
 * BytePlus ModelArk, video generation tutorial, Draft mode: with sound a draft takes 0.6 of the
 * tokens (0.7 without is inferred); the final may set what the draft does not decide. That a field
 * which the draft has decided is refused is documented for 2.5, and inferred here.
 */
export const DRAFTS_1_5: Drafts = {
  finals: ['720p', '480p', '1080p'],
  tenths: { audible: 6, silent: 7 },
  finalFields: CALL_FIELDS,
};

/**
 * BytePlus ModelArk, Seedance 2.5, Draft mode: a draft takes the tokens of any 480p video; the final
 * is 1080p "by default and only", its `draft` absent or false. Text, media, `duration`, `ratio`,
 * `seed`, `generate_audio` and `omni_reference_task_type` are errors, with the draft's own values too.
 */
export const DRAFTS_2_5: Drafts = {
  finals: ['1080p'],
  tenths: { audible: 10, silent: 10 },
  finalFields: [...CALL_FIELDS, 'draft', 'output_format', 'priority'],
};
