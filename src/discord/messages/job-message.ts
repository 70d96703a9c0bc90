/**
 * The picture of a job: one message in Components V2, drawn from the record alone. The same job
 * always gives the same message, so it is edited only when something visible has changed.
 */
import {
  ButtonStyle,
  ComponentType,
  MessageFlags,
  SeparatorSpacingSize,
  type APIButtonComponent,
  type APIComponentInContainer,
  type APIMessageTopLevelComponent,
} from 'discord.js';

import { describeCredits, describeFinals, describeRequest } from '../../catalogue/describe.ts';
import { likelyBytes } from '../../catalogue/prices/cost.ts';
import { linkDiesAtMs } from '../../jobs/collector.ts';
import { isExactPosition } from '../../jobs/queue/shown-position.ts';
import { hasEnded, lastSubmission, type Job } from '../../jobs/record/job.ts';
import { modelAt } from '../../vendors/model-at.ts';
import { customId } from '../custom-id.ts';
import { fileSize, linkTo, quotable, timestamp } from '../text.ts';
import { failureText } from './failure-text.ts';
import {
  ALTERNATIVE_ACTIONS,
  finalAction,
  JOB_BUTTONS_OWNER,
  type JobAction,
} from './job-actions.ts';

/** Leaves room for everything else below Discord's 4000 characters over all text displays. */
const MAX_QUOTE_LENGTH = 1500;
const COLOURS = { waiting: 0x5865f2, done: 0x57f287, ended: 0xed4245 } as const;

const LINK_REASONS: Readonly<Record<LinkReason, string>> = {
  'too-large': 'larger than this server lets a bot upload',
  'not-allowed': 'the bot may not attach files here; a moderator can allow it',
  'not-played': 'of a kind that Discord does not play',
};

/** The fields of a message body that say everything about how it looks. */
export interface MessageBody {
  flags: MessageFlags.IsComponentsV2;
  components: APIMessageTopLevelComponent[];
  allowed_mentions: { parse: []; users?: string[] };
}

/** Why a video is not in the message itself: its size, what the bot may do there, or its coding. */
export type LinkReason = 'too-large' | 'not-allowed' | 'not-played';

/** How the finished video is in the message: as a file of it, or as a link where that cannot be. */
export type VideoShown =
  | { as: 'video'; fileName: string; bytes?: number }
  | { as: 'link'; because: LinkReason };

export interface DrawOptions {
  video?: VideoShown;
  /** Of a job that waits in turn: its position, as `shownPosition` gives it. */
  position?: number | undefined;
  /** Names the member above everything: for a new message, which unlike an edit can ping. */
  mention?: boolean;
  /** Leaves the prompt out, for servers whose AutoMod refuses it. */
  withoutPrompt?: boolean;
}

export function jobMessage(job: Job, options: DrawOptions = {}): MessageBody {
  const { video, position: place, mention = false, withoutPrompt = false } = options;
  const { prompt } = job.request;
  const isDone = video !== undefined;
  const inside: APIComponentInContainer[] = [
    ...(mention ? [text(`<@${job.memberId}>`)] : []),
    ...(withoutPrompt || prompt === '' ? [] : [text(`> ${quotable(prompt, MAX_QUOTE_LENGTH)}`)]),
    ...(isDone ? videoPart(job, video) : [text(statusText(job, place))]),
    separator(),
    text(`-# ${isDone ? resultLine(job, video) : requestLine(job)}`),
    ...replacedModelNotice(job),
    ...(isDone ? [] : [...finalsNotice(job), ...sizeWarning(job)]),
    ...buttons(job, isDone),
  ];
  return {
    flags: MessageFlags.IsComponentsV2,
    components: [
      { type: ComponentType.Container, accent_color: colour(job, isDone), components: inside },
    ],
    allowed_mentions: { parse: [], ...(mention ? { users: [job.memberId] } : {}) },
  };
}

function statusText(job: Job, place?: number): string {
  switch (job.state) {
    case 'accepted':
    case 'submitting':
      if (place !== undefined) {
        const about = isExactPosition(place) ? '' : 'about ';
        return `**Waiting in turn**, ${about}number ${place} in line, asked for ${timestamp(job.createdAtMs)}.`;
      }
      return `**Waiting to start**, asked for ${timestamp(job.createdAtMs)}.${turnedAway(job)}`;
    case 'queued':
      return `**In the video service’s queue** since ${timestamp(submittedAtMs(job))}.${expectation(job)}`;
    case 'running':
      return `**Rendering**, sent ${timestamp(submittedAtMs(job))}.${expectation(job)}`;
    case 'succeeded':
      return `**Rendered.** ${fetching(job)}`;
    case 'delivered':
      return '**Done.**';
    case 'cancelled':
      return `**Cancelled.** ${failureText(job)} Nothing was charged.`;
    case 'failed':
    case 'expired':
      return `**No video this time.** ${failureText(job)} Nothing was charged; all ${describeCredits(job.holdCredits)} are back.`;
    default:
      return job.state satisfies never;
  }
}

function fetching(job: Job): string {
  if (job.wantedEncoding !== undefined) return encoding(job);
  if (job.video !== undefined || job.isFetchDelayed !== true)
    return 'Fetching the video and posting it here.';
  return `The video is ready, but can’t be fetched yet. Trying until its link expires ${timestamp(linkDiesAtMs(job))}; if that fails, nothing is charged.`;
}

/** Servers take turns, so that it may have to wait first. */
function encoding({ wantedEncoding, video }: Job): string {
  const { kind, maxBytes = 0 } = wantedEncoding ?? {};
  if (kind === 'sound')
    return 'Converting its sound, which some phones can’t play, before posting it.';
  return (video?.bytes ?? 0) > maxBytes
    ? `Larger than the ${fileSize(maxBytes)} that can be posted here: compressing it when its turn comes, then posting it.`
    : 'Discord can’t play this format: converting it when its turn comes, then posting it.';
}

/** While a job waits for a service that could take none, and while that one is asked again; not when another is. */
function turnedAway(job: Job): string {
  const last = lastSubmission(job);
  const isWaiting = last?.refusedAs !== undefined && job.retryAtMs > job.stateSinceMs;
  const earlier = job.submissions.slice(0, -1);
  const isAskedAgain = earlier.some(({ vendor }) => vendor === last?.vendor);
  const isSo = job.state === 'accepted' ? isWaiting : isAskedAgain;
  return isSo ? ' The video service took no new videos when it was asked, and is asked again.' : '';
}

function expectation(job: Job): string {
  if (job.expectedAtMs === undefined) return '';
  if (job.isLate) return ' It is taking longer than usual; it goes on.';
  return ` Expected ${timestamp(job.expectedAtMs)}.`;
}

function submittedAtMs(job: Job): number {
  return lastSubmission(job)?.submittedAtMs ?? job.createdAtMs;
}

function requestLine(job: Job): string {
  const isOver = job.state === 'failed' || job.state === 'cancelled' || job.state === 'expired';
  const price = isOver ? '0 credits' : `at most ${describeCredits(job.holdCredits)}, held`;
  return `${describeRequest(job.request)} · ${price}`;
}

/** Said while it can still be cancelled: larger videos are re-encoded, or come as a link. */
function sizeWarning(job: Job): APIComponentInContainer[] {
  const isWaiting = ['accepted', 'submitting', 'queued'].includes(job.state);
  if (!isWaiting || likelyBytes(job.request) <= job.attachmentLimitBytes) return [];
  return [
    text(
      `-# Likely larger than the ${fileSize(job.attachmentLimitBytes)} that can be posted here: it is then made smaller to fit, or comes as a link. A lower resolution or length avoids that.`,
    ),
  ];
}

function resultLine(job: Job, shown: VideoShown): string {
  const { request } = job;
  const parts = [
    `Seedance ${request.model}`,
    ...fileParts(job, shown),
    ...seedParts(job),
    describeCredits(job.costCredits ?? job.holdCredits),
  ];
  return parts.join(' · ');
}

/** None where the vendor takes no seed: the one that was drawn or typed made no difference there. */
function seedParts(job: Job): string[] {
  const { result, request } = job;
  const vendor = lastSubmission(job)?.vendor;
  const isPassedOn = vendor === undefined || modelAt(vendor, request.model)?.canTakeSeed !== false;
  const seed = result?.seed ?? (isPassedOn ? request.seed : undefined);
  return seed === undefined ? [] : [`seed ${seed}`];
}

/** Length, size in pixels and size of the file, as far as they are known. */
function fileParts({ result, video, request }: Job, shown: VideoShown): string[] {
  const seconds = video?.seconds ?? result?.seconds;
  const isMeasured = video?.width !== undefined && video.height !== undefined;
  const bytes = shown.as === 'video' ? (shown.bytes ?? video?.bytes) : video?.bytes;
  return [
    ...(seconds === undefined ? [] : [`${Math.round(seconds * 10) / 10} s`]),
    isMeasured ? `${video.width}×${video.height}` : request.resolution,
    ...(bytes === undefined ? [] : [fileSize(bytes)]),
  ];
}

function videoPart(job: Job, video: VideoShown): APIComponentInContainer[] {
  if (video.as === 'video') {
    return [
      {
        type: ComponentType.MediaGallery,
        items: [{ media: { url: `attachment://${video.fileName}` } }],
      },
    ];
  }
  const size = job.video === undefined ? '' : ` (${fileSize(job.video.bytes)})`;
  return [
    text(
      `**Your video is ready**${size}, but ${LINK_REASONS[video.because]}.\n${downloadLink(job)} before the link dies ${timestamp(linkDiesAtMs(job))}.`,
    ),
  ];
}

/** In no text of a member's: there the brackets are escaped. */
export function downloadLink({ result }: Pick<Job, 'result'>): string {
  return linkTo('Download it', result?.videoUrl ?? '');
}

function replacedModelNotice({ replacedModel, request }: Job): APIComponentInContainer[] {
  if (replacedModel === undefined) return [];
  return [
    text(`-# ${replacedModel} is not available here at the moment; made with ${request.model}.`),
  ];
}

/** A draft alone is a part of what it comes to. */
function finalsNotice(job: Job): APIComponentInContainer[] {
  const { request, finals = [] } = job;
  if (hasEnded(job) || finals.length === 0) return [];
  return [text(`-# A draft. Its final costs extra: ${describeFinals(request, finals)}`)];
}

function buttons(job: Job, isDone: boolean): APIComponentInContainer[] {
  if (isDone) return finalButtons(job);
  if (job.state === 'failed') return alternativeButton(job);
  const mayStillBeCancelled = ['accepted', 'submitting', 'queued'].includes(job.state);
  return mayStillBeCancelled ? [row([button(job, 'cancel', 'Cancel')])] : [];
}

/** For a model that no vendor serves any more: the nearest that can be made, with its price. */
function alternativeButton(job: Job): APIComponentInContainer[] {
  const { alternative, isPrivate } = job;
  if (alternative === undefined) return [];
  const action = ALTERNATIVE_ACTIONS[isPrivate ? 'private' : 'public'];
  const { request, credits } = alternative;
  return [row([button(job, action, `Make it with ${request.model} · ${credits} cr`)])];
}

/** One for each final that the server allows, with what is held for it. */
function finalButtons(job: Job): APIComponentInContainer[] {
  const { isPrivate, finals = [] } = job;
  if (finals.length === 0) return [];
  return [
    row(
      finals.map(({ resolution, credits }) =>
        button(
          job,
          finalAction({ resolution, isPrivate }),
          `Make final · ${resolution} · ${credits} cr`,
        ),
      ),
    ),
  ];
}

function button(job: Job, action: JobAction, label: string): APIButtonComponent {
  return {
    type: ComponentType.Button,
    style: action === 'cancel' ? ButtonStyle.Secondary : ButtonStyle.Primary,
    label,
    custom_id: customId({ owner: JOB_BUTTONS_OWNER, action, key: job.id }),
  };
}

/** @param components at most five, Discord's limit */
function row(components: APIButtonComponent[]): APIComponentInContainer {
  return { type: ComponentType.ActionRow, components };
}

function colour(job: Job, isDone: boolean): number {
  if (isDone) return COLOURS.done;
  const isOver = job.state === 'failed' || job.state === 'cancelled' || job.state === 'expired';
  return isOver ? COLOURS.ended : COLOURS.waiting;
}

function text(content: string): APIComponentInContainer {
  return { type: ComponentType.TextDisplay, content };
}

function separator(): APIComponentInContainer {
  return { type: ComponentType.Separator, divider: false, spacing: SeparatorSpacingSize.Small };
}
