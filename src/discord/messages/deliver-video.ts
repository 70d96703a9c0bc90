/**
 * Brings a finished video to Discord, rung by rung. The video appears in exactly one message. A file
 * that is too large for the rung has to be re-encoded first, or becomes a link with its expiry.
 */
import { linkDiesAtMs } from '../../jobs/collector.ts';
import type { Job, WantedEncoding } from '../../jobs/record/job.ts';
import type { Logger } from '../../logger.ts';
import { refusalOf, type Refusal } from '../rest/discord-error.ts';
import type { UploadFile } from '../rest/messenger.ts';
import { isRouteBlocked } from '../rest/rate-limits.ts';
import { findMarkedMessage } from './delivery-marker.ts';
import type { DrawOptions, LinkReason } from './job-message.ts';
import {
  deliveryRoutes,
  routesToJobMessage,
  SAFE_LIMIT_BYTES,
  type DeliveryRoute,
  type RouteDependencies,
} from './message-routes.ts';
import {
  chooseFile,
  isOnDisk,
  videoFileName,
  type FileChoice,
  type UploadFileDependencies,
} from './upload-file.ts';

export interface DeliveryDependencies extends UploadFileDependencies, RouteDependencies {
  logger: Logger;
}

/**
 * What came of it: the message that now carries the video, that it has to be re-encoded first, that
 * no way is open at present, or that the video is on our disk no more.
 */
export type DeliveryOutcome = Delivered | EncodingNeeded | 'no-way' | 'file-gone';

interface Delivered {
  as: 'video' | 'link';
  messageId: string;
}

interface EncodingNeeded {
  wanted: WantedEncoding;
  /** The largest file to post from now on, where Discord has refused one that should have fitted. */
  postedBytesLimit?: number | undefined;
}

const NO_ENCODINGS = { isAvailable: async () => false };

/** Where a new message may be that nobody can find. */
const UNCERTAIN = {
  unreadable: 'a finished video may be in a channel that cannot be read: it is not posted again',
  'too-many':
    'a finished video may be in a channel where too much was said to find it: it is not posted again',
} as const;

/** @throws DiscordAPIError and others when Discord could not be reached or is busy: try again later */
export async function deliverVideo(
  job: Job,
  dependencies: DeliveryDependencies,
): Promise<DeliveryOutcome> {
  const found = await findMarkedMessage(job, dependencies);
  if (found === 'unreadable' || found === 'too-many') {
    dependencies.logger.warn(
      { jobId: job.id, channelId: job.deliveryMarkerChannelId },
      UNCERTAIN[found],
    );
    return 'no-way';
  }
  if (found !== 'not-there') return found;
  if (!(await isOnDisk(job, dependencies))) return 'file-gone';
  return byFirstOpenRoute(await deliveryRoutes(job, dependencies), job, dependencies);
}

/**
 * Puts the video back on the job's own message, where something else is shown instead. What would
 * have to be encoded first becomes a link.
 *
 * @throws DiscordAPIError and others when Discord could not be reached or is busy: try again later
 */
export async function restoreVideo(
  job: Job,
  dependencies: DeliveryDependencies,
): Promise<DeliveryOutcome> {
  if (!(await isOnDisk(job, dependencies))) return 'file-gone';
  const routes = await routesToJobMessage(job, dependencies);
  return byFirstOpenRoute(routes, job, { ...dependencies, fitter: NO_ENCODINGS });
}

async function byFirstOpenRoute(
  routes: readonly DeliveryRoute[],
  job: Job,
  dependencies: DeliveryDependencies,
): Promise<DeliveryOutcome> {
  for (const route of routes) {
    const outcome = await tryRoute(job, route, dependencies);
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
async function tryRoute(
  job: Job,
  route: DeliveryRoute,
  dependencies: DeliveryDependencies,
): Promise<DeliveryOutcome | undefined> {
  const limitBytes = Math.min(route.limitBytes, job.postedBytesLimit ?? route.limitBytes);
  let attempt: Attempt | undefined = { limitBytes, linkBecause: undefined, withoutPrompt: false };
  while (attempt !== undefined) {
    const choice = await fileFor(job, attempt, dependencies);
    if (choice !== 'none' && 'wanted' in choice)
      return askForEncoding(job, route, { choice, attempt });
    const file = choice === 'none' ? undefined : choice.file;
    if (file === undefined && isLinkDead(job, dependencies)) return undefined;
    const shown: Attempt = file === undefined ? asLink(job, attempt) : attempt;
    const outcome = await send(job, { route, attempt: shown, file }, dependencies);
    if (outcome === 'route-blocked') return undefined;
    if (typeof outcome === 'object') return outcome;
    attempt = downgradeAttempt(shown, outcome);
    if (attempt === undefined) await route.onClosed?.(outcome);
  }
  return undefined;
}

function asLink(job: Job, attempt: Attempt): Attempt {
  return { ...attempt, linkBecause: attempt.linkBecause ?? whyNoFile(job, attempt) };
}

interface Sending {
  route: DeliveryRoute;
  attempt: Attempt;
  file: UploadFile | undefined;
}

/** @throws DiscordAPIError and others when Discord could not be reached or is busy: try again later */
async function send(
  job: Job,
  { route, attempt, file }: Sending,
  { logger }: DeliveryDependencies,
): Promise<Delivered | Refusal | 'route-blocked'> {
  try {
    const { messageId } = await route.send(drawOptions(job, { ...route, ...attempt, file }), file);
    return { as: file === undefined ? 'link' : 'video', messageId };
  } catch (error) {
    if (route.hasFallback === true && isRouteBlocked(error)) return 'route-blocked';
    const refusal = refusalOf(error);
    if (refusal === 'try-later') throw error;
    logger[refusal === 'fault' ? 'error' : 'warn'](
      { err: error, jobId: job.id, refusal, ...attempt },
      'Discord refused a finished video',
    );
    return refusal;
  }
}

/** A new message that was refused is not there: the mark that it may be is taken back. */
async function askForEncoding(
  job: Job,
  route: DeliveryRoute,
  { choice, attempt }: { choice: { wanted: WantedEncoding }; attempt: Attempt },
): Promise<EncodingNeeded> {
  const isRefused =
    attempt.limitBytes < Math.min(route.limitBytes, job.postedBytesLimit ?? Infinity);
  if (!isRefused) return choice;
  if (job.deliveryMarkerChannelId === undefined) await route.onClosed?.('too-large');
  return { ...choice, postedBytesLimit: attempt.limitBytes };
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
): Promise<FileChoice> {
  return linkBecause === undefined ? chooseFile(job, limitBytes, dependencies) : 'none';
}

function downgradeAttempt(attempt: Attempt, refusal: Refusal): Attempt | undefined {
  if (refusal === 'blocked' && !attempt.withoutPrompt) return { ...attempt, withoutPrompt: true };
  if (attempt.linkBecause !== undefined) return undefined;
  if (refusal === 'too-large' && attempt.limitBytes > SAFE_LIMIT_BYTES) {
    return { ...attempt, limitBytes: SAFE_LIMIT_BYTES };
  }
  const isAboutFile = refusal === 'too-large' || refusal === 'not-allowed';
  return isAboutFile ? { ...attempt, linkBecause: refusal } : undefined;
}

interface Drawing
  extends Pick<DeliveryRoute, 'mention'>, Pick<Attempt, 'linkBecause' | 'withoutPrompt'> {
  file: UploadFile | undefined;
}

function drawOptions(
  job: Job,
  { mention, linkBecause, withoutPrompt, file }: Drawing,
): DrawOptions {
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
