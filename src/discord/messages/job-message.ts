/**
 * Draws a job's message in Components V2 from the record alone. The same record always gives the same
 * message, so it is edited only when something visible has changed.
 */
import {
  ComponentType,
  MessageFlags,
  SeparatorSpacingSize,
  type APIComponentInContainer,
  type APIMessageTopLevelComponent,
} from 'discord.js';

import { describeFinals, describeRequest } from '../../catalogue/describe.ts';
import { likelyBytes } from '../../catalogue/prices/cost.ts';
import { linkDiesAtMs } from '../../jobs/collector.ts';
import { hasEnded, lastSubmission, type Job } from '../../jobs/record/job.ts';
import { credits } from '../../text/credits.ts';
import type { TextKey } from '../../text/resources.ts';
import { inWords, text, translate, type Text, type TextValue } from '../../text/text.ts';
import { modelAt } from '../../vendors/model-at.ts';
import { fileSize, linkTo, quotable, timestamp } from '../text.ts';
import { resultButtons } from './result-buttons.ts';
import { statusText } from './status-text.ts';

/** Keeps the message below Discord's limit of 4000 characters over all text displays. */
const MAX_QUOTE_LENGTH = 1500;
const COLOURS = { waiting: 0x5865f2, done: 0x57f287, ended: 0xed4245 } as const;

const LINK_REASONS: Readonly<Record<LinkReason, TextKey>> = {
  'too-large': 'cards:linkTooLarge',
  'not-allowed': 'cards:linkNotAllowed',
  'not-played': 'cards:linkNotPlayed',
};

/** The fields of a message body that determine its look. */
export interface MessageBody {
  flags: MessageFlags.IsComponentsV2;
  components: APIMessageTopLevelComponent[];
  allowed_mentions: { parse: []; users?: string[] };
}

/** Why the message has only a link: the file size, the bot's permissions, or the coding. */
export type LinkReason = 'too-large' | 'not-allowed' | 'not-played';

/** How the message shows the finished video: as a file, or as a link where a file cannot be sent. */
export type VideoShown =
  | { as: 'video'; fileName: string; bytes?: number }
  | { as: 'link'; because: LinkReason };

export interface DrawOptions {
  video?: VideoShown;
  /** The queue position of a waiting job, as `shownPosition` returns it. */
  position?: number | undefined;
  /** Mentions the member at the top. Only for new messages: an edit does not ping. */
  mention?: boolean;
  /** Omits the prompt, for servers whose AutoMod refuses it. */
  withoutPrompt?: boolean;
}

export function jobMessage(job: Job, options: DrawOptions = {}): MessageBody {
  const { video, position, mention = false, withoutPrompt = false } = options;
  const { prompt } = job.request;
  const isDone = video !== undefined;
  const inside: APIComponentInContainer[] = [
    ...(mention ? [display(`<@${job.memberId}>`)] : []),
    ...(withoutPrompt || prompt === '' ? [] : [display(`> ${quotable(prompt, MAX_QUOTE_LENGTH)}`)]),
    ...(isDone ? videoPart(job, video) : [display(inWords(job.locale, statusText(job, position)))]),
    separator(),
    small(job, isDone ? resultLine(job, video) : requestLine(job)),
    ...replacedModelNotice(job),
    ...(isDone ? [] : [...finalsNotice(job), ...sizeWarning(job)]),
    ...resultButtons(job, isDone),
  ];
  return {
    flags: MessageFlags.IsComponentsV2,
    components: [
      { type: ComponentType.Container, accent_color: colour(job, isDone), components: inside },
    ],
    allowed_mentions: { parse: [], ...(mention ? { users: [job.memberId] } : {}) },
  };
}

/** Describes the request and its hold. A job without a video has none: its status says so. */
function requestLine(job: Job): TextValue {
  const request = describeRequest(job.request);
  const isOver = job.state === 'failed' || job.state === 'cancelled' || job.state === 'expired';
  if (isOver) return request;
  const price = text('cards:heldAtMost', { credits: credits(job.holdCredits) });
  return text('cards:requestLine', { request, price });
}

/** Warns that a large video will be re-encoded or become a link, while the job can still be cancelled. */
function sizeWarning(job: Job): APIComponentInContainer[] {
  const isWaiting = ['accepted', 'submitting', 'queued'].includes(job.state);
  if (!isWaiting || likelyBytes(job.request) <= job.attachmentLimitBytes) return [];
  const size = fileSize(job.attachmentLimitBytes);
  return [small(job, text('cards:likelyTooLarge', { size }))];
}

function resultLine(job: Job, shown: VideoShown): string {
  const { request } = job;
  const parts: TextValue[] = [
    `Seedance ${request.model}`,
    ...fileParts(job, shown),
    ...seedParts(job),
    credits(job.costCredits ?? job.holdCredits),
  ];
  return parts.map((part) => inWords(job.locale, part)).join(' · ');
}

/** Returns nothing where the vendor takes no seed, because the seed had no effect there. */
function seedParts(job: Job): Text[] {
  const { result, request } = job;
  const vendor = lastSubmission(job)?.vendor;
  const isPassedOn = vendor === undefined || modelAt(vendor, request.model)?.canTakeSeed !== false;
  const seed = result?.seed ?? (isPassedOn ? request.seed : undefined);
  return seed === undefined ? [] : [text('cards:seed', { seed: String(seed) })];
}

/** Returns the known facts of the file: length, dimensions and size. */
function fileParts({ result, video, request }: Job, shown: VideoShown): TextValue[] {
  const seconds = video?.seconds ?? result?.seconds;
  const isMeasured = video?.width !== undefined && video.height !== undefined;
  const bytes = shown.as === 'video' ? (shown.bytes ?? video?.bytes) : video?.bytes;
  return [
    ...(seconds === undefined
      ? []
      : [text('common:seconds', { seconds: Math.round(seconds * 10) / 10 })]),
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
  const ready = text('cards:readyAsLink', {
    size: job.video === undefined ? '' : ` (${fileSize(job.video.bytes)})`,
    reason: text(LINK_REASONS[video.because]),
    link: downloadLink(job),
    at: timestamp(linkDiesAtMs(job)),
  });
  return [display(translate(job.locale, ready))];
}

/** Must not be used inside a member's text: brackets are escaped there. */
export function downloadLink({ result, locale }: Pick<Job, 'result' | 'locale'>): string {
  return linkTo(translate(locale, text('cards:downloadIt')), result?.videoUrl ?? '');
}

function replacedModelNotice(job: Job): APIComponentInContainer[] {
  const { replacedModel: replaced, request } = job;
  if (replaced === undefined) return [];
  return [small(job, text('cards:replacedModel', { replaced, model: request.model }))];
}

/** Shows what the finals of a draft will cost in addition. */
function finalsNotice(job: Job): APIComponentInContainer[] {
  const { request, finals = [] } = job;
  if (hasEnded(job) || finals.length === 0) return [];
  return [small(job, text('cards:draftFinals', { finals: describeFinals(request, finals) }))];
}

function colour(job: Job, isDone: boolean): number {
  if (isDone) return COLOURS.done;
  const isOver = job.state === 'failed' || job.state === 'cancelled' || job.state === 'expired';
  return isOver ? COLOURS.ended : COLOURS.waiting;
}

function display(content: string): APIComponentInContainer {
  return { type: ComponentType.TextDisplay, content };
}

/** Formats a line in Discord's small grey text. */
function small(job: Job, line: TextValue): APIComponentInContainer {
  return display(`-# ${inWords(job.locale, line)}`);
}

function separator(): APIComponentInContainer {
  return { type: ComponentType.Separator, divider: false, spacing: SeparatorSpacingSize.Small };
}
