/**
 * Brings a finished video to Discord by the first open route. The video appears in exactly one message.
 * A file that is too large for the route has to be re-encoded first, or becomes a link with its expiry.
 */
import { linkDiesAtMs } from '../../jobs/collector.ts';
import type { Job, WantedEncoding } from '../../jobs/record/job.ts';
import type { Logger } from '../../logger.ts';
import type { FinalRefusal } from '../rest/discord-error.ts';
import type { UploadFile } from '../rest/messenger.ts';
import { findMarkedMessage } from './delivery-marker.ts';
import type { DrawOptions, LinkReason } from './job-message.ts';
import {
  deliveryRoutes,
  routesToJobMessage,
  SAFE_LIMIT_BYTES,
  type DeliveryRouteDependencies,
  type MessageRoute,
  type RouteDrawOptions,
} from './message-routes.ts';
import {
  tryPlannedRoutes,
  type Attempt,
  type AttemptPlan,
  type AttemptPlanner,
} from './try-routes.ts';
import {
  chooseFile,
  isOnDisk,
  videoFileName,
  type FileChoice,
  type UploadFileDependencies,
} from './upload-file.ts';

export interface DeliveryDependencies extends UploadFileDependencies, DeliveryRouteDependencies {
  logger: Logger;
}

export type DeliveryOutcome =
  | Delivered
  | EncodingNeeded
  /** No route is open at present. */
  | { readonly kind: 'no-route' }
  /** The video is no longer on our disk. */
  | { readonly kind: 'file-gone' };

/** The message that now carries the video. */
interface Delivered {
  readonly kind: 'delivered';
  readonly as: 'video' | 'link';
  readonly messageId: string;
}

/** The video has to be re-encoded first. */
interface EncodingNeeded {
  readonly kind: 'encoding-needed';
  readonly wanted: WantedEncoding;
  /** The largest file to post from now on, where Discord has refused one that should have fitted. */
  readonly postedBytesLimit?: number | undefined;
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
  if (found.kind === 'unreadable' || found.kind === 'too-many') {
    dependencies.logger.warn(
      { jobId: job.id, channelId: job.deliveryMarkerChannelId },
      UNCERTAIN[found.kind],
    );
    return { kind: 'no-route' };
  }
  if (found.kind === 'found') return { ...found, kind: 'delivered' };
  if (!(await isOnDisk(job, dependencies))) return { kind: 'file-gone' };
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
  if (!(await isOnDisk(job, dependencies))) return { kind: 'file-gone' };
  const routes = await routesToJobMessage(job, dependencies);
  return byFirstOpenRoute(routes, job, { ...dependencies, fitter: NO_ENCODINGS });
}

async function byFirstOpenRoute(
  routes: readonly MessageRoute[],
  job: Job,
  dependencies: DeliveryDependencies,
): Promise<DeliveryOutcome> {
  const planner: AttemptPlanner<MessageRoute, VideoAttempt, DeliveryOutcome> = {
    firstAttempt: (route) => ({
      limitBytes: limitBytesOf(job, route),
      linkBecause: undefined,
      withoutPrompt: false,
    }),
    plan: async (route, attempt) => planAttempt(job, { route, attempt }, dependencies),
    downgrade: downgradeAttempt,
  };
  const outcome = await tryPlannedRoutes(routes, planner, {
    logger: dependencies.logger,
    jobId: job.id,
    message: 'Discord refused a finished video',
  });
  return outcome ?? { kind: 'no-route' };
}

/** How the video is to be shown. */
interface VideoAttempt extends Attempt {
  readonly limitBytes: number;
  /** Why only a link is shown; undefined while a file is sent. */
  readonly linkBecause: LinkReason | undefined;
}

interface Planned {
  readonly route: MessageRoute;
  readonly attempt: VideoAttempt;
}

function limitBytesOf({ postedBytesLimit = Infinity }: Job, { limitBytes }: MessageRoute): number {
  return Math.min(limitBytes, postedBytesLimit);
}

async function planAttempt(
  job: Job,
  { route, attempt }: Planned,
  dependencies: DeliveryDependencies,
): Promise<AttemptPlan<VideoAttempt, DeliveryOutcome>> {
  const choice = await fileFor(job, attempt, dependencies);
  if (choice.kind === 'encoding-needed') {
    const result = await askForEncoding(job, { route, attempt }, choice.wanted);
    return { kind: 'stop', result };
  }
  if (choice.kind === 'file') {
    return { kind: 'send', attempt, send: async () => send(job, { route, attempt }, choice.file) };
  }
  if (isLinkDead(job, dependencies)) return { kind: 'skip' };
  const linkBecause = attempt.linkBecause ?? whyNoFile(job, attempt);
  const link: VideoAttempt = { ...attempt, linkBecause };
  return {
    kind: 'send',
    attempt: link,
    send: async () => send(job, { route, attempt: link }, undefined),
  };
}

async function send(
  job: Job,
  { route, attempt }: Planned,
  file: UploadFile | undefined,
): Promise<Delivered> {
  const { messageId } = await route.send(drawOptions(job, attempt, file), file);
  return { kind: 'delivered', as: file === undefined ? 'link' : 'video', messageId };
}

/** A new message that was refused is not there: the marker that it may be is cleared. */
async function askForEncoding(
  job: Job,
  { route, attempt }: Planned,
  wanted: WantedEncoding,
): Promise<EncodingNeeded> {
  const isRefused = attempt.limitBytes < limitBytesOf(job, route);
  if (!isRefused) return { kind: 'encoding-needed', wanted };
  if (job.deliveryMarkerChannelId === undefined) await route.onClosed?.('too-large');
  return { kind: 'encoding-needed', wanted, postedBytesLimit: attempt.limitBytes };
}

/** A dead link is no video: it is not shown, and nobody pays for it. */
function isLinkDead(job: Job, { clock, logger }: DeliveryDependencies): boolean {
  if (clock.now() < linkDiesAtMs(job)) return false;
  logger.warn({ jobId: job.id }, 'a video that cannot be posted as a file has no living link');
  return true;
}

/** A file small enough is left out only for its coding. */
function whyNoFile({ video }: Job, { limitBytes }: VideoAttempt): LinkReason {
  return video !== undefined && video.bytes <= limitBytes ? 'not-played' : 'too-large';
}

async function fileFor(
  job: Job,
  { linkBecause, limitBytes }: VideoAttempt,
  dependencies: DeliveryDependencies,
): Promise<FileChoice> {
  return linkBecause === undefined ? chooseFile(job, limitBytes, dependencies) : { kind: 'none' };
}

function downgradeAttempt(attempt: VideoAttempt, refusal: FinalRefusal): VideoAttempt | undefined {
  if (attempt.linkBecause !== undefined) return undefined;
  if (refusal === 'too-large' && attempt.limitBytes > SAFE_LIMIT_BYTES) {
    return { ...attempt, limitBytes: SAFE_LIMIT_BYTES };
  }
  const isAboutFile = refusal === 'too-large' || refusal === 'not-allowed';
  return isAboutFile ? { ...attempt, linkBecause: refusal } : undefined;
}

function drawOptions(
  job: Job,
  { linkBecause, withoutPrompt }: VideoAttempt,
  file: UploadFile | undefined,
): RouteDrawOptions {
  const video: DrawOptions['video'] =
    linkBecause === undefined
      ? {
          as: 'video',
          fileName: videoFileName(job),
          ...(file === undefined ? {} : { bytes: file.bytes }),
        }
      : { as: 'link', because: linkBecause };
  return { withoutPrompt, video };
}
