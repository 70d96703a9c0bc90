/**
 * Brings a finished video to Discord, rung by rung. The video appears in exactly one message. A file
 * that is too large for the rung becomes a link with its expiry.
 */
import type { Clock } from '../../clock.ts';
import { linkDiesAtMs } from '../../jobs/collector.ts';
import type { Job } from '../../jobs/record/job.ts';
import { refusalOf, type Refusal } from '../discord-error.ts';
import type { DrawOptions, LinkReason } from '../message/job-message.ts';
import { isRouteBlocked } from '../rest/rate-limits.ts';
import { findMarked } from './mark.ts';
import type { UploadFile } from './messenger.ts';
import {
  rungs,
  rungsToItsMessage,
  SAFE_LIMIT_BYTES,
  type Rung,
  type RungDependencies,
} from './rungs.ts';
import { isOnDisk, uploadFile, videoFileName, type UploadFileDependencies } from './upload-file.ts';

export interface DeliveryDependencies extends UploadFileDependencies, RungDependencies {
  clock: Clock;
}

/**
 * What came of it: the message that now carries the video, that no way is open at present, or that
 * the video is on our disk no more.
 */
export type DeliveryOutcome = { as: 'video' | 'link'; messageId: string } | 'no-way' | 'file-gone';

/** Where a new message may be that nobody can find. */
const UNCERTAIN = {
  unreadable: 'a finished video may be in a channel that cannot be read: it is not posted again',
  'too-many':
    'a finished video may be in a channel where too much was said to find it: it is not posted again',
} as const;

/** @throws DiscordAPIError and others when Discord could not be reached or is busy: try again later */
export async function deliver(
  job: Job,
  dependencies: DeliveryDependencies,
): Promise<DeliveryOutcome> {
  const found = await findMarked(job, dependencies);
  if (found === 'unreadable' || found === 'too-many') {
    dependencies.logger.warn({ jobId: job.id, channelId: job.deliveryMark }, UNCERTAIN[found]);
    return 'no-way';
  }
  if (found !== 'not-there') return found;
  if (!(await isOnDisk(job, dependencies))) return 'file-gone';
  return byFirstOpenRung(await rungs(job, dependencies), job, dependencies);
}

/**
 * Puts the video back on the job's own message, where something else is shown instead.
 *
 * @throws DiscordAPIError and others when Discord could not be reached or is busy: try again later
 */
export async function deliverAgain(
  job: Job,
  dependencies: DeliveryDependencies,
): Promise<DeliveryOutcome> {
  if (!(await isOnDisk(job, dependencies))) return 'file-gone';
  return byFirstOpenRung(await rungsToItsMessage(job, dependencies), job, dependencies);
}

async function byFirstOpenRung(
  ways: readonly Rung[],
  job: Job,
  dependencies: DeliveryDependencies,
): Promise<DeliveryOutcome> {
  for (const rung of ways) {
    const outcome = await tryRung(job, rung, dependencies);
    if (outcome !== undefined) return outcome;
  }
  return 'no-way';
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
      if (rung.hasFallback === true && isRouteBlocked(error)) return undefined;
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
