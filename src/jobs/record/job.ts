/**
 * The record of a job: everything that is known of one video from `/video` to delivery. It is
 * stored whole as JSON and checked by this schema whenever it is read.
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

/** States that nothing leaves. */
export const ENDED_STATES = [
  'delivered',
  'failed',
  'cancelled',
  'expired',
] as const satisfies readonly JobState[];

export type EndedState = (typeof ENDED_STATES)[number];
/** Of a job that something is still to be done for. */
export type OpenState = Exclude<JobState, EndedState>;

export const OPEN_STATES: readonly OpenState[] = JOB_STATES.filter(
  (state): state is OpenState => !ENDED_STATES.some((ended) => ended === state),
);

/** Why there is no video, in our own words; what a member reads is written from this. */
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
 * An object of the record. Fields that it does not know are kept: while processes are upgraded one
 * after the other, a newer version has written them, and whoever changes a job writes its record
 * whole. The type tells of the known ones only.
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
  /** Of videos and sounds. */
  seconds: z.number().optional(),
  /** Discord's signed link, for vendors that fetch it themselves; it dies. */
  sourceUrl: z.string().optional(),
});
export type JobInput = z.infer<typeof inputSchema>;

/** One try at handing the job to a vendor. */
const submissionSchema = recordObject({
  id: z.string(),
  vendor: z.enum(VENDOR_NAMES),
  /** Undefined in old records: that of the request. */
  model: z.enum(MODEL_IDS).optional(),
  price: recordObject(priceSchema.shape),
  /** The tag the task is found by when the answer to create is lost. */
  expiresAfterSeconds: z.int(),
  startedAtMs: milliseconds,
  /** Starts are numbered in their order, over all servers. Undefined in old records. */
  startNumber: z.int().positive().optional(),
  taskId: z.string().optional(),
  submittedAtMs: milliseconds.optional(),
  /** How the vendor refused it, when it did: decides which vendor is tried next. */
  refusedAs: z.enum(VENDOR_ERROR_KINDS).optional(),
});
export type JobSubmission = z.infer<typeof submissionSchema>;

const resultSchema = recordObject({
  videoUrl: z.string(),
  /** The last frame as a picture, for going on from it; lives as long as the video's link. */
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
  /** The last frame's name in the file store, where the vendor gave one. */
  lastFrameFile: z.string().optional(),
  /** Whether some of Discord's clients would not play it as it is. */
  needsReencoding: z.boolean().optional(),
  /** Whether the pictures are played everywhere, but the sound is not. */
  needsOtherSound: z.boolean().optional(),
});
export type JobVideo = z.infer<typeof videoSchema>;

/** `whole`: pictures and sound, to fit or to be played. `sound`: AAC beside the same pictures. */
const ENCODING_KINDS = ['whole', 'sound'] as const;

const wantedEncodingSchema = recordObject({
  kind: z.enum(ENCODING_KINDS),
  /** What the file may have. */
  maxBytes: z.int().positive(),
});
export type WantedEncoding = z.infer<typeof wantedEncodingSchema>;

const encodingSchema = recordObject({
  ...wantedEncodingSchema.shape,
  endedAtMs: milliseconds,
  /** What it made; undefined where it made nothing that can be posted. */
  made: recordObject({
    /** The name in the file store. */
    file: z.string(),
    bytes: z.int().positive(),
  }).optional(),
});
export type JobEncoding = z.infer<typeof encodingSchema>;

/** A final that can be made of a draft. */
export const finalPriceSchema = recordObject({
  resolution: z.enum(RESOLUTIONS),
  /** What is held for it. */
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
  /** Since when it is in this state. */
  stateSinceMs: milliseconds,
  createdAtMs: milliseconds,

  guildId: z.string(),
  channelId: z.string(),
  memberId: z.string(),
  interactionId: z.string(),
  /** The one message of this job. Changes when the first was deleted and a new one carries the video. */
  messageId: z.string(),
  /** Whether the reply really is ephemeral, by Discord's own answer. */
  isEphemeral: z.boolean(),
  /** The language of its message: the member's own where only they see it, else the server's. */
  locale: z.enum(LOCALES),
  /** The only vendor that can make it: the one that has its draft. */
  onlyVendor: z.enum(VENDOR_NAMES).optional(),
  /** Only the member may see the video and what was asked. */
  isPrivate: z.boolean().default(false),
  /** How the member is told when it is done. */
  notify: z.enum(NOTIFY_WAYS).default('mention'),
  /** Bytes a file may have while the interaction's token is used (`attachment_size_limit`). */
  attachmentLimitBytes: z.int().positive(),

  request: requestSchema,
  /**
   * The options that the member typed. They stay as they are when the job has to be planned again;
   * undefined in old records: all of them.
   */
  typedOptions: z.array(z.enum(TYPED_OPTIONS)).optional(),
  /** The model that was priced first, where its vendors no longer serve it and another makes the video. */
  replacedModel: z.enum(MODEL_IDS).optional(),
  /** Where no vendor serves the model any more: the nearest request that can be made, and its price. */
  alternative: recordObject({ request: requestSchema, credits }).optional(),
  inputs: z.array(inputSchema),
  holdCredits: credits,
  /** Of a draft: the finals that the server allows. Expected prices; from when it is on our disk, those of its buttons. */
  finals: z.array(finalPriceSchema).optional(),

  submissions: z.array(submissionSchema),
  /** Not before this time is the next try made; 0 when it may be made at once. */
  retryAtMs: milliseconds,
  /** When the video is due by this bot's own history; undefined while there is none. */
  expectedAtMs: milliseconds.optional(),
  isLate: z.boolean(),
  /** When the vendor first said that it knows no such task. */
  missingSinceMs: milliseconds.optional(),
  /** When the vendor first called the task done without naming a file. */
  withoutFileSinceMs: milliseconds.optional(),

  result: resultSchema.optional(),
  /** Whether the finished video could not be fetched for a while; its link may live on. */
  isFetchDelayed: z.boolean().optional(),
  video: videoSchema.optional(),
  /** What delivery waits for; undefined while it can go on. */
  wantedEncoding: recordObject({ ...wantedEncodingSchema.shape, sinceMs: milliseconds }).optional(),
  /** The encodings of the video so far, oldest first. */
  encodings: z.array(encodingSchema).optional(),
  /** The largest file to post, where Discord has refused a larger one that should have fitted. */
  postedBytesLimit: z.int().positive().optional(),
  /** What the member pays: never above the hold. Known from `succeeded` on. */
  costCredits: credits.optional(),
  /** What the vendor bills, as it is in the vendor ledger. */
  billedCredits: credits.optional(),
  /** What the vendor's own figures came to, where that was too much to be believed. */
  claimedCredits: credits.optional(),
  /** The channel of a new message that may have been sent: written before it is, taken back when Discord refused it. */
  deliveryMarkerChannelId: z.string().optional(),
  deliveryMarkerSetAtMs: milliseconds.optional(),
  deliveredAs: z.enum(['video', 'link']).optional(),
  failure: failureSchema.optional(),
  /** When the prompt and the links of the files were removed. */
  promptRemovedAtMs: milliseconds.optional(),
});
export type Job = z.infer<typeof jobSchema>;

/** The submission that is under way, or was the last. */
export function lastSubmission(job: Job): JobSubmission | undefined {
  return job.submissions.at(-1);
}

export function hasEnded(job: Pick<Job, 'state'>): boolean {
  return ENDED_STATES.some((state) => state === job.state);
}
