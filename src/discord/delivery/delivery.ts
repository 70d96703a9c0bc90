import type { Job } from '../../jobs/job.ts';
import type { Transition } from '../../jobs/transition.ts';
/**
 * Brings a finished video to Discord, rung by rung: the interaction's token, the bot's own token on
 * the same message, a new message that mentions the member. The video appears in exactly one
 * message. A file that is too large for the rung becomes a link with its expiry.
 */
import { refusalOf, type Refusal } from '../discord-error.ts';
import type { InteractionTokens } from '../interactions/interaction-tokens.ts';
import { jobMessage, type DrawOptions, type LinkReason } from '../message/job-message.ts';
import type { Messenger, UploadFile } from './messenger.ts';
import { uploadFile, videoFileName, type UploadFileDependencies } from './upload-file.ts';

export interface DeliveryDependencies extends UploadFileDependencies {
  messenger: Messenger;
  tokens: InteractionTokens;
  transition: Transition;
  /** Bytes the bot may upload to a server by its own token. */
  uploadLimitBytes: (guildId: string) => number;
}

/** What Discord has always taken (Discord developer docs, Uploading Files), whatever else it says. */
const SAFE_LIMIT_BYTES = 10 * 1024 * 1024;

/** What came of it: the message that now carries the video, or that no way is open at present. */
export type DeliveryOutcome = { as: 'video' | 'link'; messageId: string } | 'no-way';

interface Rung {
  limitBytes: number;
  mention: boolean;
  send: (draw: DrawOptions, file: UploadFile | undefined) => Promise<{ messageId: string }>;
  /** Told that this way is closed for good. */
  onClosed?: () => Promise<void>;
}

/** @throws DiscordAPIError and others when Discord could not be reached or is busy: try again later */
export async function deliver(
  job: Job,
  dependencies: DeliveryDependencies,
): Promise<DeliveryOutcome> {
  const found = await resolveMark(job, dependencies);
  if (found !== undefined) return found;
  for (const rung of await rungs(job, dependencies)) {
    const outcome = await tryRung(job, rung, dependencies);
    if (outcome !== undefined) return outcome;
  }
  return 'no-way';
}

async function rungs(job: Job, dependencies: DeliveryDependencies): Promise<Rung[]> {
  const token = await dependencies.tokens.find(job.interactionId);
  return [
    ...(token === undefined ? [] : [byToken(job, token, dependencies)]),
    ...(job.isEphemeral ? [] : publicly(job, dependencies)),
    ...(mayUseDirectMessage(job) ? [byDirectMessage(job, dependencies)] : []),
  ];
}

/**
 * Whoever asked for a direct message, and whoever asked in private: after a quarter of an hour
 * nothing else reaches them, and the video is theirs.
 */
function mayUseDirectMessage({ notify, isEphemeral }: Job): boolean {
  return notify === 'dm' || (isEphemeral && notify !== 'none');
}

function byToken(job: Job, token: string, { messenger, tokens }: DeliveryDependencies): Rung {
  return {
    limitBytes: job.attachmentLimitBytes,
    mention: false,
    async send(draw, file) {
      await messenger.editByToken(token, jobMessage(job, draw), file);
      return { messageId: job.messageId };
    },
    onClosed: async () => tokens.drop(job.interactionId),
  };
}

function publicly(job: Job, dependencies: DeliveryDependencies): Rung[] {
  const { channelId, messageId } = job;
  const limitBytes = dependencies.uploadLimitBytes(job.guildId);
  const onItsMessage: Rung = {
    limitBytes,
    mention: false,
    async send(draw, file) {
      await dependencies.messenger.editByBot({ channelId, messageId }, jobMessage(job, draw), file);
      return { messageId };
    },
  };
  return [
    onItsMessage,
    { limitBytes, mention: true, send: newMessage(job, channelId, dependencies) },
  ];
}

function byDirectMessage(job: Job, dependencies: DeliveryDependencies): Rung {
  return {
    limitBytes: SAFE_LIMIT_BYTES,
    mention: false,
    async send(draw, file) {
      const { channelId } = await dependencies.messenger.directChannel(job.memberId);
      return newMessage(job, channelId, dependencies)(draw, file);
    },
  };
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
    try {
      const { messageId } = await rung.send(
        drawing(job, { ...rung, ...attempt, linkBecause, file }),
        file,
      );
      return { as: file === undefined ? 'link' : 'video', messageId };
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === 'try-later') throw error;
      dependencies.logger.warn(
        { err: error, jobId: job.id, refusal, ...attempt },
        'Discord refused a finished video',
      );
      if (refusal === 'token-dead') await rung.onClosed?.();
      attempt = milder({ ...attempt, linkBecause }, refusal);
    }
  }
  return undefined;
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

/**
 * The mark is durable before the message is sent, so that a crash in between never posts twice. One
 * mark serves every try of this way.
 */
function newMessage(
  job: Job,
  channelId: string,
  { messenger, transition }: DeliveryDependencies,
): Rung['send'] {
  let isMarked = job.deliveryMark !== undefined;
  return async (draw, file) => {
    if (!isMarked) {
      const marked = await transition(job, { type: 'delivery-marked', mark: job.id });
      if (marked === undefined) throw new Error('the job was moved while its delivery was marked');
      isMarked = true;
    }
    const options = file === undefined ? { nonce: job.id } : { nonce: job.id, file };
    return messenger.create(channelId, jobMessage(job, draw), options);
  };
}

/** A mark from an earlier try: the new message may be there already, with the file or with the link. */
async function resolveMark(
  job: Job,
  { messenger }: DeliveryDependencies,
): Promise<DeliveryOutcome | undefined> {
  if (job.deliveryMark === undefined) return undefined;
  const channels = job.isEphemeral ? [] : [job.channelId];
  if (mayUseDirectMessage(job))
    channels.push((await messenger.directChannel(job.memberId)).channelId);
  for (const channelId of channels) {
    const withVideo = await messenger.findHolding(channelId, videoFileName(job));
    if (withVideo !== undefined) return { as: 'video', messageId: withVideo.messageId };
    const link = job.result?.videoUrl;
    const withLink = link && (await messenger.findHolding(channelId, link));
    if (withLink) return { as: 'link', messageId: withLink.messageId };
  }
  return undefined;
}
