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

import { describeFinals, describeRequest } from '../../catalogue/describe.ts';
import { likelyBytes } from '../../catalogue/prices/cost.ts';
import { linkDiesAtMs } from '../../jobs/collector.ts';
import { hasEnded, lastSubmission, type Job } from '../../jobs/record/job.ts';
import { credits } from '../../text/credits.ts';
import type { TextKey } from '../../text/resources.ts';
import { inWords, text, translate, type Text, type TextValue } from '../../text/text.ts';
import { modelAt } from '../../vendors/model-at.ts';
import { customId } from '../custom-id.ts';
import { fileSize, linkTo, quotable, timestamp } from '../text.ts';
import {
  ALTERNATIVE_ACTIONS,
  finalAction,
  JOB_BUTTONS_OWNER,
  type JobAction,
} from './job-actions.ts';
import { statusText } from './status-text.ts';

/** Leaves room for everything else below Discord's 4000 characters over all text displays. */
const MAX_QUOTE_LENGTH = 1500;
const COLOURS = { waiting: 0x5865f2, done: 0x57f287, ended: 0xed4245 } as const;

const LINK_REASONS: Readonly<Record<LinkReason, TextKey>> = {
  'too-large': 'cards:linkTooLarge',
  'not-allowed': 'cards:linkNotAllowed',
  'not-played': 'cards:linkNotPlayed',
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

function requestLine(job: Job): Text {
  const isOver = job.state === 'failed' || job.state === 'cancelled' || job.state === 'expired';
  const price = isOver
    ? text('cards:nothingCharged')
    : text('cards:heldAtMost', { credits: credits(job.holdCredits) });
  return text('cards:requestLine', { request: describeRequest(job.request), price });
}

/** Said while it can still be cancelled: larger videos are re-encoded, or come as a link. */
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

/** None where the vendor takes no seed: the one that was drawn or typed made no difference there. */
function seedParts(job: Job): Text[] {
  const { result, request } = job;
  const vendor = lastSubmission(job)?.vendor;
  const isPassedOn = vendor === undefined || modelAt(vendor, request.model)?.canTakeSeed !== false;
  const seed = result?.seed ?? (isPassedOn ? request.seed : undefined);
  return seed === undefined ? [] : [text('cards:seed', { seed: String(seed) })];
}

/** Length, size in pixels and size of the file, as far as they are known. */
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

/** In no text of a member's: there the brackets are escaped. */
export function downloadLink({ result, locale }: Pick<Job, 'result' | 'locale'>): string {
  return linkTo(translate(locale, text('cards:downloadIt')), result?.videoUrl ?? '');
}

function replacedModelNotice(job: Job): APIComponentInContainer[] {
  const { replacedModel: replaced, request } = job;
  if (replaced === undefined) return [];
  return [small(job, text('cards:replacedModel', { replaced, model: request.model }))];
}

/** A draft alone is a part of what it comes to. */
function finalsNotice(job: Job): APIComponentInContainer[] {
  const { request, finals = [] } = job;
  if (hasEnded(job) || finals.length === 0) return [];
  return [small(job, text('cards:draftFinals', { finals: describeFinals(request, finals) }))];
}

function buttons(job: Job, isDone: boolean): APIComponentInContainer[] {
  if (isDone) return finalButtons(job);
  if (job.state === 'failed') return alternativeButton(job);
  const mayStillBeCancelled = ['accepted', 'submitting', 'queued'].includes(job.state);
  return mayStillBeCancelled ? [row([button(job, 'cancel', text('cards:cancelButton'))])] : [];
}

/** For a model that no vendor serves any more: the nearest that can be made, with its price. */
function alternativeButton(job: Job): APIComponentInContainer[] {
  const { alternative, isPrivate } = job;
  if (alternative === undefined) return [];
  const action = ALTERNATIVE_ACTIONS[isPrivate ? 'private' : 'public'];
  const { request, credits: price } = alternative;
  const label = text('cards:alternativeButton', { model: request.model, credits: price });
  return [row([button(job, action, label)])];
}

/** One for each final that the server allows, with what is held for it. */
function finalButtons(job: Job): APIComponentInContainer[] {
  const { isPrivate, finals = [] } = job;
  if (finals.length === 0) return [];
  return [
    row(
      finals.map(({ resolution, credits: price }) =>
        button(
          job,
          finalAction({ resolution, isPrivate }),
          text('cards:finalButton', { resolution, credits: price }),
        ),
      ),
    ),
  ];
}

function button(job: Job, action: JobAction, label: Text): APIButtonComponent {
  return {
    type: ComponentType.Button,
    style: action === 'cancel' ? ButtonStyle.Secondary : ButtonStyle.Primary,
    label: translate(job.locale, label),
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

function display(content: string): APIComponentInContainer {
  return { type: ComponentType.TextDisplay, content };
}

/** A line in small grey letters. */
function small(job: Job, line: TextValue): APIComponentInContainer {
  return display(`-# ${inWords(job.locale, line)}`);
}

function separator(): APIComponentInContainer {
  return { type: ComponentType.Separator, divider: false, spacing: SeparatorSpacingSize.Small };
}
