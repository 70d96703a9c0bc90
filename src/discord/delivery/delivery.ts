/**
 * Brings a finished video to Discord, rung by rung: the interaction's token, the bot's own token on
 * the same message, a new message that mentions the member. The video appears in exactly one
 * message. A file that is too large for the rung becomes a link with its expiry.
 */
import type { Clock } from '../../clock.ts';
import { linkDiesAtMs } from '../../jobs/collector.ts';
import type { Job } from '../../jobs/record/job.ts';
import type { Transition } from '../../jobs/record/transition.ts';
import { refusalOf, type Refusal } from '../discord-error.ts';
import type { InteractionTokens } from '../interactions/claims.ts';
import { jobMessage, type DrawOptions, type LinkReason } from '../message/job-message.ts';
import { createMark, lookForMarked, type Mark } from './mark.ts';
import type { Messenger, UploadFile } from './messenger.ts';
import { isOnDisk, uploadFile, videoFileName, type UploadFileDependencies } from './upload-file.ts';

export interface DeliveryDependencies extends UploadFileDependencies {
  messenger: Messenger;
  tokens: InteractionTokens;
  transition: Transition;
  /** Bytes the bot may upload to a server by its own token. */
  uploadLimitBytes: (guildId: string) => number;
  clock: Clock;
}

/** What Discord has always taken (Discord developer docs, Uploading Files), whatever else it says. */
const SAFE_LIMIT_BYTES = 10 * 1024 * 1024;

/**
 * What came of it: the message that now carries the video, that no way is open at present, or that
 * the video is on our disk no more.
 */
export type DeliveryOutcome = { as: 'video' | 'link'; messageId: string } | 'no-way' | 'file-gone';

interface Rung {
  limitBytes: number;
  mention: boolean;
  send: (draw: DrawOptions, file: UploadFile | undefined) => Promise<{ messageId: string }>;
  /** Told of the last refusal: this way is closed. */
  onClosed?: (refusal: Refusal) => Promise<void>;
}

/** @throws DiscordAPIError and others when Discord could not be reached or is busy: try again later */
export async function deliver(
  job: Job,
  dependencies: DeliveryDependencies,
): Promise<DeliveryOutcome> {
  const found = await lookForMarked(job, dependencies);
  if (found === 'unreadable') {
    dependencies.logger.warn(
      { jobId: job.id, channelId: job.deliveryMark },
      'a finished video may be in a channel that cannot be read: it is not posted again',
    );
    return 'no-way';
  }
  if (found !== 'not-there') return found;
  if (!(await isOnDisk(job, dependencies))) return 'file-gone';
  for (const rung of await rungs(job, dependencies)) {
    const outcome = await tryRung(job, rung, dependencies);
    if (outcome !== undefined) return outcome;
  }
  return 'no-way';
}

async function rungs(job: Job, dependencies: DeliveryDependencies): Promise<Rung[]> {
  const token = await dependencies.tokens.find(job.interactionId);
  const mark = createMark(job, dependencies);
  return [
    ...(token === undefined ? [] : [byToken(job, token, dependencies)]),
    ...(isForMemberOnly(job) ? [] : publicly(job, mark, dependencies)),
    ...(mayUseDirectMessage(job) ? [byDirectMessage(job, mark, dependencies)] : []),
  ];
}

/** What was asked for in private stays so, should Discord not have said that the reply is ephemeral. */
export function isForMemberOnly({
  isPrivate,
  isEphemeral,
}: Pick<Job, 'isPrivate' | 'isEphemeral'>): boolean {
  return isPrivate || isEphemeral;
}

/**
 * Whoever asked for a direct message, and whoever asked in private: after a quarter of an hour
 * nothing else reaches them, and the video is theirs.
 */
export function mayUseDirectMessage(
  job: Pick<Job, 'notify' | 'isPrivate' | 'isEphemeral'>,
): boolean {
  return job.notify === 'dm' || (isForMemberOnly(job) && job.notify !== 'none');
}

function byToken(job: Job, token: string, { messenger, tokens }: DeliveryDependencies): Rung {
  return {
    limitBytes: job.attachmentLimitBytes,
    mention: false,
    async send(draw, file) {
      await messenger.editByToken(token, jobMessage(job, draw), file);
      return { messageId: job.messageId };
    },
    async onClosed(refusal) {
      if (refusal === 'token-dead') await tokens.drop(job.interactionId);
    },
  };
}

function publicly(job: Job, mark: Mark, dependencies: DeliveryDependencies): Rung[] {
  const { channelId, messageId } = job;
  const { messenger, uploadLimitBytes } = dependencies;
  const limitBytes = uploadLimitBytes(job.guildId);
  const onItsMessage: Rung = {
    limitBytes,
    mention: false,
    async send(draw, file) {
      await messenger.editByBot({ channelId, messageId }, jobMessage(job, draw), file);
      return { messageId };
    },
  };
  const asNewMessage: Rung = {
    limitBytes,
    mention: true,
    send: async (draw, file) => sendNew({ job, channelId, mark, messenger }, draw, file),
    onClosed: async () => mark.takeBack(),
  };
  return [onItsMessage, asNewMessage];
}

function byDirectMessage(job: Job, mark: Mark, { messenger }: DeliveryDependencies): Rung {
  return {
    limitBytes: SAFE_LIMIT_BYTES,
    mention: false,
    async send(draw, file) {
      const { channelId } = await messenger.directChannel(job.memberId);
      return sendNew({ job, channelId, mark, messenger }, draw, file);
    },
    onClosed: async () => mark.takeBack(),
  };
}

interface NewMessage extends Pick<DeliveryDependencies, 'messenger'> {
  job: Job;
  channelId: string;
  mark: Mark;
}

/** The mark is durable before the message is sent, so that a crash in between never posts twice. */
async function sendNew(
  { job, channelId, mark, messenger }: NewMessage,
  draw: DrawOptions,
  file: UploadFile | undefined,
): Promise<{ messageId: string }> {
  await mark.set(channelId);
  const options = file === undefined ? { nonce: job.id } : { nonce: job.id, file };
  return messenger.create(channelId, jobMessage(job, draw), options);
}

/** How the video is to be shown; grows milder as Discord refuses. */
interface Attempt {
  limitBytes: number;
  /** Why only a link is shown; undefined while a file is sent. */
  linkBecause: LinkReason | undefined;
  withoutPrompt: boolean;
}

/** @returns undefined when this way is closed and the next one is to be tried */
async function tryRung(
  job: Job,
  rung: Rung,
  dependencies: DeliveryDependencies,
): Promise<DeliveryOutcome | undefined> {
  const { limitBytes } = rung;
  let attempt: Attempt | undefined = { limitBytes, linkBecause: undefined, withoutPrompt: false };
  while (attempt !== undefined) {
    const file = await fileFor(job, attempt, dependencies);
    const linkBecause: LinkReason | undefined =
      file === undefined ? (attempt.linkBecause ?? whyNoFile(job, attempt)) : undefined;
    if (file === undefined && isLinkDead(job, dependencies)) return undefined;
    try {
      const { messageId } = await rung.send(
        drawing(job, { ...rung, ...attempt, linkBecause, file }),
        file,
      );
      return { as: file === undefined ? 'link' : 'video', messageId };
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === 'try-later') throw error;
      dependencies.logger[refusal === 'fault' ? 'error' : 'warn'](
        { err: error, jobId: job.id, refusal, ...attempt },
        'Discord refused a finished video',
      );
      attempt = milder({ ...attempt, linkBecause }, refusal);
      if (attempt === undefined) await rung.onClosed?.(refusal);
    }
  }
  return undefined;
}

/** A dead link is no video: it is not shown, and nobody pays for it. */
function isLinkDead(job: Job, { clock, logger }: DeliveryDependencies): boolean {
  if (clock.now() < linkDiesAtMs(job)) return false;
  logger.warn({ jobId: job.id }, 'a video that cannot be posted as a file has no living link');
  return true;
}

/** A file small enough is left out only for its coding. */
function whyNoFile({ video }: Job, { limitBytes }: Attempt): LinkReason {
  return video !== undefined && video.bytes <= limitBytes ? 'not-played' : 'too-large';
}

async function fileFor(
  job: Job,
  { linkBecause, limitBytes }: Attempt,
  dependencies: DeliveryDependencies,
): Promise<UploadFile | undefined> {
  return linkBecause === undefined ? uploadFile(job, limitBytes, dependencies) : undefined;
}

function milder(attempt: Attempt, refusal: Refusal): Attempt | undefined {
  if (refusal === 'blocked' && !attempt.withoutPrompt) return { ...attempt, withoutPrompt: true };
  if (attempt.linkBecause !== undefined) return undefined;
  if (refusal === 'too-large' && attempt.limitBytes > SAFE_LIMIT_BYTES) {
    return { ...attempt, limitBytes: SAFE_LIMIT_BYTES };
  }
  const isAboutFile = refusal === 'too-large' || refusal === 'not-allowed';
  return isAboutFile ? { ...attempt, linkBecause: refusal } : undefined;
}

interface Drawing extends Pick<Rung, 'mention'>, Pick<Attempt, 'linkBecause' | 'withoutPrompt'> {
  file: UploadFile | undefined;
}

function drawing(job: Job, { mention, linkBecause, withoutPrompt, file }: Drawing): DrawOptions {
  const video: DrawOptions['video'] =
    linkBecause === undefined
      ? {
          as: 'video',
          fileName: videoFileName(job),
          ...(file === undefined ? {} : { bytes: file.bytes }),
        }
      : { as: 'link', because: linkBecause };
  return { mention, withoutPrompt, video };
}
