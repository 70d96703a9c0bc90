import type { Job } from '../jobs/job.ts';
import type { Transition } from '../jobs/transition.ts';
/**
 * Brings a finished video to Discord, rung by rung: the interaction's token, the bot's own token on
 * the same message, a new message that mentions the member. The video appears in exactly one
 * message. A file that is too large for the rung becomes a link with its expiry.
 */
import type { Logger } from '../logger.ts';
import type { FileStore } from '../media/file-store.ts';
import { refusalOf, type Refusal } from './discord-error.ts';
import type { InteractionTokens } from './interaction-tokens.ts';
import { jobMessage, type DrawOptions, type LinkReason } from './job-message.ts';
import type { Messenger, UploadFile } from './messenger.ts';

export interface DeliveryDependencies {
  messenger: Messenger;
  tokens: InteractionTokens;
  files: FileStore;
  transition: Transition;
  /** Bytes the bot may upload to a server by its own token. */
  uploadLimitBytes: (guildId: string) => number;
  logger: Logger;
}

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

export function videoFileName(job: Pick<Job, 'id'>): string {
  return `seedance-${job.id}.mp4`;
}

async function rungs(job: Job, dependencies: DeliveryDependencies): Promise<Rung[]> {
  const { messenger, tokens, uploadLimitBytes } = dependencies;
  const { channelId, messageId } = job;
  const available: Rung[] = [];
  const token = await tokens.find(job.interactionId);
  if (token !== undefined) {
    available.push({
      limitBytes: job.attachmentLimitBytes,
      mention: false,
      async send(draw, file) {
        await messenger.editByToken(token, jobMessage(job, draw), file);
        return { messageId };
      },
      onClosed: async () => tokens.drop(job.interactionId),
    });
  }
  if (job.isEphemeral) return available;
  const limitBytes = uploadLimitBytes(job.guildId);
  available.push({
    limitBytes,
    mention: false,
    async send(draw, file) {
      await messenger.editByBot({ channelId, messageId }, jobMessage(job, draw), file);
      return { messageId };
    },
  });
  available.push({
    limitBytes,
    mention: true,
    send: async (draw, file) => sendNew(job, { draw, file }, dependencies),
  });
  return available;
}

/** How the video is to be shown; grows milder as Discord refuses. */
interface Attempt {
  /** Why only a link is shown; undefined while the file itself is sent. */
  linkBecause: LinkReason | undefined;
  withoutPrompt: boolean;
}

/** @returns undefined when this way is closed and the next one is to be tried */
async function tryRung(
  job: Job,
  rung: Rung,
  dependencies: DeliveryDependencies,
): Promise<DeliveryOutcome | undefined> {
  const isTooLarge = (job.video?.bytes ?? 0) > rung.limitBytes;
  let attempt: Attempt | undefined = {
    linkBecause: isTooLarge ? 'too-large' : undefined,
    withoutPrompt: false,
  };
  while (attempt !== undefined) {
    try {
      const { messageId } = await send(job, rung, { attempt, dependencies });
      return { as: attempt.linkBecause === undefined ? 'video' : 'link', messageId };
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === 'try-later') throw error;
      dependencies.logger.warn(
        { err: error, jobId: job.id, refusal, ...attempt },
        'Discord refused a finished video',
      );
      if (refusal === 'token-dead') await rung.onClosed?.();
      attempt = milder(attempt, refusal);
    }
  }
  return undefined;
}

function milder(attempt: Attempt, refusal: Refusal): Attempt | undefined {
  const isAboutFile = refusal === 'too-large' || refusal === 'not-allowed';
  if (isAboutFile && attempt.linkBecause === undefined) return { ...attempt, linkBecause: refusal };
  if (refusal === 'blocked' && !attempt.withoutPrompt) return { ...attempt, withoutPrompt: true };
  return undefined;
}

async function send(
  job: Job,
  rung: Rung,
  { attempt, dependencies }: { attempt: Attempt; dependencies: DeliveryDependencies },
): Promise<{ messageId: string }> {
  const fileName = videoFileName(job);
  const draw: DrawOptions = {
    mention: rung.mention,
    withoutPrompt: attempt.withoutPrompt,
    video:
      attempt.linkBecause === undefined
        ? { as: 'video', fileName }
        : { as: 'link', because: attempt.linkBecause },
  };
  const path = dependencies.files.path(job.video?.file ?? '');
  return rung.send(draw, attempt.linkBecause === undefined ? { path, fileName } : undefined);
}

/** The mark is durable before the message is sent, so that a crash in between never posts twice. */
async function sendNew(
  job: Job,
  { draw, file }: { draw: DrawOptions; file: UploadFile | undefined },
  { messenger, transition }: DeliveryDependencies,
): Promise<{ messageId: string }> {
  if (job.deliveryMark === undefined) {
    const marked = await transition(job, { type: 'delivery-marked', mark: job.id });
    if (marked === undefined) throw new Error('the job was moved while its delivery was marked');
  }
  const options = file === undefined ? { nonce: job.id } : { nonce: job.id, file };
  return messenger.create(job.channelId, jobMessage(job, draw), options);
}

/** A mark from an earlier try: the new message may be there already, with the file or with the link. */
async function resolveMark(
  job: Job,
  { messenger }: DeliveryDependencies,
): Promise<DeliveryOutcome | undefined> {
  if (job.deliveryMark === undefined) return undefined;
  const withVideo = await messenger.findHolding(job.channelId, videoFileName(job));
  if (withVideo !== undefined) return { as: 'video', messageId: withVideo.messageId };
  const link = job.result?.videoUrl;
  const withLink = link && (await messenger.findHolding(job.channelId, link));
  return withLink ? { as: 'link', messageId: withLink.messageId } : undefined;
}
