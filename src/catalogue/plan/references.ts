/** Counts, names and bills reference pictures, videos and sounds. */
import type { TextKey } from '../../text/resources.ts';
import { text, type Text, type TextList } from '../../text/text.ts';
import { modelOf } from '../models.ts';
import { CLIP_SLACK_SECONDS } from '../modes.ts';
import { REFERENCE_ROLES } from '../request.ts';
import type { InputRole, ReferenceRole, VideoRequest } from '../request.ts';

const COUNTED = {
  reference_image: 'plan:referenceImages',
  reference_video: 'plan:referenceVideos',
  reference_audio: 'plan:referenceSounds',
} as const satisfies Record<ReferenceRole, TextKey>;

export function countOf(inputs: readonly InputRole[], role: InputRole): number {
  return inputs.filter((each) => each === role).length;
}

/** Describes references of one kind, such as `a reference image` or `3 reference videos`. */
export function describeReferences(role: ReferenceRole, count: number): Text {
  return text(COUNTED[role], { count });
}

/** Describes all references, such as `2 reference images and a reference video`. */
export function describeAllReferences(inputs: readonly InputRole[]): TextList {
  const counts = REFERENCE_ROLES.map((role) => [role, countOf(inputs, role)] as const);
  const given = counts.filter(([, count]) => count > 0);
  return { allOf: given.map(([role, count]) => describeReferences(role, count)) };
}

/**
 * Returns whether a reference video is billed. A final sends none, but is billed for its draft's; the
 * draft itself is not (BytePlus ModelArk, Seedance 2.5, Draft mode).
 */
export function hasBilledVideo({
  inputs,
  draftTaskId,
  referenceVideoSeconds,
}: Pick<VideoRequest, 'inputs' | 'draftTaskId' | 'referenceVideoSeconds'>): boolean {
  const isOfDraft = draftTaskId !== undefined && referenceVideoSeconds !== undefined;
  return isOfDraft || inputs.includes('reference_video');
}

/**
 * Returns the billed seconds of reference video: the measured length, or the model's maximum before it is
 * read; never less than the model's minimum.
 */
export function billedReferenceSeconds(
  request: Pick<VideoRequest, 'model' | 'inputs' | 'draftTaskId' | 'referenceVideoSeconds'>,
): number {
  if (!hasBilledVideo(request)) return 0;
  const clips = modelOf(request.model).modes.references?.clips;
  const { maxSecondsTogether = 0, leastBilledVideoSeconds = 0 } = clips ?? {};
  const seconds = request.referenceVideoSeconds ?? maxSecondsTogether + CLIP_SLACK_SECONDS;
  return Math.max(seconds, leastBilledVideoSeconds);
}

/**
 * Returns the request with reference videos of the model's minimum length, which is the lowest possible
 * cost before their bytes have been read.
 */
export function withShortestVideos(request: VideoRequest): VideoRequest {
  const count = countOf(request.inputs, 'reference_video');
  const clips = modelOf(request.model).modes.references?.clips;
  if (count === 0 || clips === undefined || request.referenceVideoSeconds !== undefined) {
    return request;
  }
  const shortest = Math.max(clips.minSeconds - CLIP_SLACK_SECONDS, CLIP_SLACK_SECONDS);
  return { ...request, referenceVideoSeconds: count * shortest };
}
