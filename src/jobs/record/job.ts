/**
 * The record of a job: everything known about one video from `/video` to delivery. It is stored as one
 * JSON document and validated by this schema on every read.
 */
import { z } from 'zod';

import { priceSchema } from '../../catalogue/prices/price.ts';
import {
  INPUT_ROLES,
  MODEL_IDS,
  RESOLUTIONS,
  TYPED_OPTIONS,
  lengthSchema,
  videoRequestSchema,
} from '../../catalogue/request.ts';
import { VENDOR_NAMES } from '../../catalogue/vendors.ts';
import { VENDOR_ERROR_KINDS } from '../../errors.ts';
import { LOCALES } from '../../text/locales.ts';

export const JOB_STATES = [
  'accepted',
  'submitting',
  'queued',
  'running',
  'succeeded',
  'delivered',
  'failed',
  'cancelled',
  'expired',
] as const;
export type JobState = (typeof JOB_STATES)[number];

/** Final states. */
export const ENDED_STATES = [
  'delivered',
  'failed',
  'cancelled',
  'expired',
] as const satisfies readonly JobState[];

export type EndedState = (typeof ENDED_STATES)[number];
/** The states of a job with work left to do. */
export type OpenState = Exclude<JobState, EndedState>;

export const OPEN_STATES: readonly OpenState[] = JOB_STATES.filter(
  (state): state is OpenState => !ENDED_STATES.some((ended) => ended === state),
);

/** Why there is no video. Member messages are built from these. */
export const FAILURE_REASONS = [
  'moderated-input',
  'moderated-output',
  'rejected',
  'vendor-out-of-funds',
  'model-unavailable',
  'vendor-unavailable',
  'vendor-failed',
  'vendor-expired',
  'vendor-cancelled',
  'vendor-forgot',
  'vendor-silent',
  'finished-without-file',
  'submission-lost',
  'input-unreadable',
  'video-lost',
  'undeliverable',
  'cancelled-by-member',
  'removed-from-server',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

export const NOTIFY_WAYS = ['mention', 'dm', 'none'] as const;

const milliseconds = z.int().nonnegative();
const credits = z.int().nonnegative();

/**
 * An object schema that keeps unknown fields. During a rolling upgrade a newer version may have written
 * them, and every change rewrites the whole record. The inferred type has the known fields only.
 */
function recordObject<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape> {
  return z.looseObject(shape);
}

const [inSeconds, inFrames, chosenByModel] = lengthSchema.options;
const requestSchema = recordObject({
  ...videoRequestSchema.shape,
  length: z.discriminatedUnion('unit', [
    recordObject(inSeconds.shape),
    recordObject(inFrames.shape),
    recordObject(chosenByModel.shape),
  ]),
});

const inputSchema = recordObject({
  role: z.enum(INPUT_ROLES),
  /** The name in the file store. */
  file: z.string(),
  mimeType: z.string(),
  width: z.int().optional(),
  height: z.int().optional(),
  /** For videos and sounds. */
  seconds: z.number().optional(),
  /** Discord's signed link, for vendors that fetch the file themselves; it expires. */
  sourceUrl: z.string().optional(),
});
export type JobInput = z.infer<typeof inputSchema>;

/** One attempt to create a task at a vendor. */
const submissionSchema = recordObject({
  id: z.string(),
  vendor: z.enum(VENDOR_NAMES),
  /** Undefined in old records: the model of the request. */
  model: z.enum(MODEL_IDS).optional(),
  price: recordObject(priceSchema.shape),
  /** The tag that finds the task when the answer to its create is lost. */
  expiresAfterSeconds: z.int(),
  startedAtMs: milliseconds,
  /** Starts are numbered in order over all servers. Undefined in old records. */
  startNumber: z.int().positive().optional(),
  taskId: z.string().optional(),
  submittedAtMs: milliseconds.optional(),
  /** The error with which the vendor refused it; decides which vendor is tried next. */
  refusedAs: z.enum(VENDOR_ERROR_KINDS).optional(),
});
export type JobSubmission = z.infer<typeof submissionSchema>;

const resultSchema = recordObject({
  videoUrl: z.string(),
  /** The last frame as a picture, for a continuation; expires with the video's link. */
  lastFrameUrl: z.string().optional(),
  succeededAtMs: milliseconds,
  tokens: z.int().optional(),
  seed: z.int().optional(),
  resolution: z.string().optional(),
  ratio: z.string().optional(),
  seconds: z.number().optional(),
});

const videoSchema = recordObject({
  /** The name in the file store. */
  file: z.string(),
  bytes: z.int().positive(),
  width: z.int().positive().optional(),
  height: z.int().positive().optional(),
  seconds: z.number().positive().optional(),
  hasAudio: z.boolean().optional(),
  /** The last frame's name in the file store, if the vendor gave one. */
  lastFrameFile: z.string().optional(),
  /** Whether some Discord clients cannot play the file unchanged. */
  needsReencoding: z.boolean().optional(),
  /** Whether every client plays the pictures, but some cannot play the sound. */
  needsOtherSound: z.boolean().optional(),
});
export type JobVideo = z.infer<typeof videoSchema>;

/** `whole`: re-encodes pictures and sound, to fit a size or for playback. `sound`: only the sound, to AAC. */
const ENCODING_KINDS = ['whole', 'sound'] as const;

const wantedEncodingSchema = recordObject({
  kind: z.enum(ENCODING_KINDS),
  /** Maximum size of the file. */
  maxBytes: z.int().positive(),
});
export type WantedEncoding = z.infer<typeof wantedEncodingSchema>;

const encodingSchema = recordObject({
  ...wantedEncodingSchema.shape,
  endedAtMs: milliseconds,
  /** The result; undefined if it produced nothing that can be posted. */
  made: recordObject({
    /** The name in the file store. */
    file: z.string(),
    bytes: z.int().positive(),
  }).optional(),
});
export type JobEncoding = z.infer<typeof encodingSchema>;

/** A final that can be made from a draft. */
export const finalPriceSchema = recordObject({
  resolution: z.enum(RESOLUTIONS),
  /** The credits that are held for it. */
  credits,
});
export type FinalPrice = z.infer<typeof finalPriceSchema>;

const failureSchema = recordObject({
  reason: z.enum(FAILURE_REASONS),
  code: z.string().optional(),
});

export const jobSchema = recordObject({
  id: z.string(),
  version: z.int().positive(),
  state: z.enum(JOB_STATES),
  /** When the job entered its state. */
  stateSinceMs: milliseconds,
  createdAtMs: milliseconds,

  guildId: z.string(),
  channelId: z.string(),
  memberId: z.string(),
  interactionId: z.string(),
  /** The job's only message. Changes when the message was deleted and a new one shows the video. */
  messageId: z.string(),
  /** Whether the reply is ephemeral, according to Discord's response. */
  isEphemeral: z.boolean(),
  /** The language of its message: the member's if only they see it, else the server's. */
  locale: z.enum(LOCALES),
  /** The vendor that has the draft, when only that vendor can make the video. */
  onlyVendor: z.enum(VENDOR_NAMES).optional(),
  /** Whether only the member may see the video and the request. */
  isPrivate: z.boolean().default(false),
  /** How the member is notified when the job is done. */
  notify: z.enum(NOTIFY_WAYS).default('mention'),
  /** Maximum bytes of a file sent with the interaction's token (`attachment_size_limit`). */
  attachmentLimitBytes: z.int().positive(),

  request: requestSchema,
  /**
   * The options that the member typed, which replanning must not change. Undefined in old records: all
   * of them.
   */
  typedOptions: z.array(z.enum(TYPED_OPTIONS)).optional(),
  /** The model that was priced first, if its vendors no longer serve it and another makes the video. */
  replacedModel: z.enum(MODEL_IDS).optional(),
  /** If no vendor serves the model any more: the nearest request that can be made, and its price. */
  alternative: recordObject({ request: requestSchema, credits }).optional(),
  inputs: z.array(inputSchema),
  holdCredits: credits,
  /**
   * For a draft: the finals that the server allows. Expected prices at first; once the video is stored,
   * the prices on its buttons.
   */
  finals: z.array(finalPriceSchema).optional(),

  submissions: z.array(submissionSchema),
  /** Earliest time of the next try; 0: at once. */
  retryAtMs: milliseconds,
  /** When the video is due, estimated from past render times; undefined without enough of them. */
  expectedAtMs: milliseconds.optional(),
  isLate: z.boolean(),
  /** When the vendor first reported the task as unknown. */
  missingSinceMs: milliseconds.optional(),
  /** When the vendor first reported the task as finished without a file. */
  withoutFileSinceMs: milliseconds.optional(),

  result: resultSchema.optional(),
  /** Whether downloading the finished video is delayed; its link may still work. */
  isFetchDelayed: z.boolean().optional(),
  video: videoSchema.optional(),
  /** The encoding that delivery waits for. */
  wantedEncoding: recordObject({ ...wantedEncodingSchema.shape, sinceMs: milliseconds }).optional(),
  /** The encodings of the video so far, oldest first. */
  encodings: z.array(encodingSchema).optional(),
  /** Maximum bytes to post, after Discord refused a larger file that was within its limit. */
  postedBytesLimit: z.int().positive().optional(),
  /** What the member pays, never above the hold. Set from `succeeded` on. */
  costCredits: credits.optional(),
  /** What the vendor bills, as booked in the vendor ledger. */
  billedCredits: credits.optional(),
  /** What the vendor's own figures came to, if that was implausibly high. */
  claimedCredits: credits.optional(),
  /** The channel of a message that may have been sent. Set before sending, cleared if Discord refuses it. */
  deliveryMarkerChannelId: z.string().optional(),
  deliveryMarkerSetAtMs: milliseconds.optional(),
  deliveredAs: z.enum(['video', 'link']).optional(),
  failure: failureSchema.optional(),
  /** When the prompt and the links of the files were removed. */
  promptRemovedAtMs: milliseconds.optional(),
});
export type Job = z.infer<typeof jobSchema>;

/** Returns the current or latest submission. */
export function lastSubmission(job: Job): JobSubmission | undefined {
  return job.submissions.at(-1);
}

export function hasEnded(job: Pick<Job, 'state'>): boolean {
  return ENDED_STATES.some((state) => state === job.state);
}
