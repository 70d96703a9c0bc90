/** Applies the facts that are known once reference videos and sounds have been read. */
import { UserError } from '../../errors.ts';
import { text, type Text } from '../../text/text.ts';
import { modelOf } from '../models.ts';
import type { Model } from '../models.ts';
import { CLIP_SLACK_SECONDS } from '../modes.ts';
import type { ClipLimits } from '../modes.ts';
import type { InputRole, ReferenceRole, VideoRequest } from '../request.ts';
import { violationsOf } from './check-model.ts';
import { optionsOf } from './parse-options.ts';
import { reasonAndFix } from './refusal-message.ts';

/** One reference video or sound. */
export interface ReferenceClip {
  readonly role: Exclude<ReferenceRole, 'reference_image'>;
  /** Playing time, which the limits apply to. */
  readonly seconds: number;
  /** The most that a vendor could bill for it; defaults to the playing time. */
  readonly billableMs?: number | undefined;
  /** Of a video, in pixels. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

const MILLISECONDS = 1000;
/** The name of each kind of clip, and the reason for exceeding its total length. */
const CLIP_TEXTS = {
  reference_video: { one: 'media:referenceVideo', together: 'plan:videosTogether' },
  reference_audio: { one: 'media:referenceSound', together: 'plan:soundsTogether' },
} as const satisfies Record<ReferenceClip['role'], object>;
const CLIP_ROLES = ['reference_video', 'reference_audio'] as const satisfies readonly InputRole[];

/**
 * Returns the request with the billed seconds of reference video. Until then the model's maximum is
 * assumed, so the cost usually decreases.
 *
 * @param clips every reference video and sound of the request
 * @param offered the vendors' models, to suggest some that accept the clips
 * @throws UserError for clips that are too short, too long, too long in total, or have too few or too
 *   many pixels
 */
export function withReferenceClips(
  request: VideoRequest,
  clips: readonly ReferenceClip[],
  offered: readonly Model[] = [],
): VideoRequest {
  const fault = faultOf(modelOf(request.model), clips);
  if (fault !== undefined) {
    const able = new Set(
      offered.filter((model) => canTake(model, request, clips)).map(({ id }) => id),
    );
    throw new UserError(reasonAndFix(fault, [...able]));
  }
  const videos = clips.filter(({ role }) => role === 'reference_video');
  if (videos.length === 0) return request;
  const billed = videos.map(({ seconds, billableMs }) =>
    billableMs === undefined ? seconds : billableMs / MILLISECONDS,
  );
  return { ...request, referenceVideoSeconds: total(billed) };
}

/** Returns whether the model accepts the clips. */
export function takesClips(model: Model, clips: readonly ReferenceClip[]): boolean {
  return faultOf(model, clips) === undefined;
}

function canTake(model: Model, request: VideoRequest, clips: readonly ReferenceClip[]): boolean {
  return violationsOf(model, optionsOf(request)).length === 0 && takesClips(model, clips);
}

interface Fault {
  readonly reason: Text;
  readonly fix: Text;
}

function faultOf(model: Model, clips: readonly ReferenceClip[]): Fault | undefined {
  for (const role of CLIP_ROLES) {
    const fault = faultOfKind(model, role, lengthsOf(clips, role));
    if (fault !== undefined) return fault;
  }
  return pixelFault(model, clips);
}

function pixelFault(model: Model, clips: readonly ReferenceClip[]): Fault | undefined {
  const limits = model.modes.references?.clips?.videoPixels;
  if (limits === undefined) return undefined;
  for (const { width, height } of clips) {
    if (width === undefined || height === undefined) continue;
    const pixels = width * height;
    if (pixels >= limits.least && pixels <= limits.most) continue;
    const { least, most } = limits;
    const facts = { width, height, model: model.id, pixels };
    return pixels < least
      ? { reason: text('plan:videoTooSmall', { ...facts, least }), fix: text('plan:fixSendLarger') }
      : {
          reason: text('plan:videoTooLarge', { ...facts, most }),
          fix: text('plan:fixSendSmaller'),
        };
  }
  return undefined;
}

function faultOfKind(
  model: Model,
  role: ReferenceClip['role'],
  lengths: readonly number[],
): Fault | undefined {
  const limits = model.modes.references?.clips;
  if (limits === undefined || lengths.length === 0) return undefined;
  const { minSeconds, maxSeconds } = limits;
  const most = mostTogether(limits, role);
  const { one, together } = CLIP_TEXTS[role];
  const takes = { clip: text(one), model: model.id, least: minSeconds, most: maxSeconds };
  const short = lengths.find((seconds) => !(seconds >= minSeconds - CLIP_SLACK_SECONDS));
  if (short !== undefined) {
    const seconds = tenths(short, Math.floor);
    return {
      reason: text('plan:clipLasts', { ...takes, seconds }),
      fix: text('plan:fixSendLonger'),
    };
  }
  const long = lengths.find((seconds) => seconds > maxSeconds + CLIP_SLACK_SECONDS);
  if (long !== undefined) {
    const seconds = tenths(long, Math.ceil);
    return {
      reason: text('plan:clipLasts', { ...takes, seconds }),
      fix: text('plan:fixCutTo', { seconds: maxSeconds }),
    };
  }
  const sum = total(lengths);
  if (sum <= most + CLIP_SLACK_SECONDS) return undefined;
  return {
    reason: text(together, { seconds: tenths(sum, Math.ceil), model: model.id, most }),
    fix: text('plan:fixCutClips'),
  };
}

function mostTogether(limits: ClipLimits, role: ReferenceClip['role']): number {
  const { maxSecondsTogether, maxSoundSecondsTogether = maxSecondsTogether } = limits;
  return role === 'reference_audio' ? maxSoundSecondsTogether : maxSecondsTogether;
}

function lengthsOf(clips: readonly ReferenceClip[], role: ReferenceClip['role']): number[] {
  return clips.filter((clip) => clip.role === role).map(({ seconds }) => seconds);
}

/** Rounds to microseconds, so that three clips of 5 s total exactly 15 s. */
function total(lengths: readonly number[]): number {
  return Number(lengths.reduce((sum, seconds) => sum + seconds, 0).toFixed(6));
}

/** Rounds to tenths, away from the limit, so that the result never appears to be within it. */
function tenths(seconds: number, round: (value: number) => number): number {
  return round(Number((seconds * 10).toFixed(4))) / 10;
}
