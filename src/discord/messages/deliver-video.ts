/**
 * Delivers a finished video to Discord by the first open route, in exactly one message. A file that is
 * too large for the route is re-encoded first, or replaced by a link that shows its expiry.
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
  /** No route is open now. */
  | { readonly kind: 'no-route' }
  /** The video is no longer on our disk. */
  | { readonly kind: 'file-gone' };

/** The message that now carries the video. */
interface Delivered {
  readonly kind: 'delivered';
  readonly as: 'video' | 'link';
  readonly messageId: string;
}

/** The video must be re-encoded first. */
interface EncodingNeeded {
  readonly kind: 'encoding-needed';
  readonly wanted: WantedEncoding;
  /** The new maximum file size, after Discord refused a file within the announced limit. */
  readonly postedBytesLimit?: number | undefined;
}

const NO_ENCODINGS = { isAvailable: async () => false };

/** Log messages for a new message that may exist but cannot be found. */
const UNCERTAIN = {
  unreadable: 'finished video may be in a channel that cannot be read; not posting it again',
  'too-many':
    'finished video may be in a channel with too many messages to search; not posting it again',
} as const;

/** @throws DiscordAPIError and others when Discord cannot be reached or is busy; retry later */
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
 * Restores the video on the job's own message when something else is shown there. Shows a link where an
 * encoding would be needed.
 *
 * @throws DiscordAPIError and others when Discord cannot be reached or is busy; retry later
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

/** Describes how to show the video. */
interface VideoAttempt extends Attempt {
  readonly limitBytes: number;
  /** Why only a link is shown; undefined when a file is sent. */
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

/** Clears the delivery marker after a refusal, because no new message exists then. */
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

/** Returns whether the link has expired. An expired link is not shown, and nobody is charged for it. */
function isLinkDead(job: Job, { clock, logger }: DeliveryDependencies): boolean {
  if (clock.now() < linkDiesAtMs(job)) return false;
  logger.warn({ jobId: job.id }, 'video cannot be posted as a file, and its link has expired');
  return true;
}

/** A file within the size limit can only have been left out for its coding. */
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
