/** The facts from the inputs' bytes that determine which vendors accept them. */
import type { InputFacts, InputRole, VideoRequest } from '../request.ts';

/** An input whose bytes have been read. */
export interface ReadInput {
  readonly role: InputRole;
  readonly mimeType: string;
  /** In pixels. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly seconds?: number | undefined;
}

/** Returns the request with the facts about its inputs that some vendors do not accept. */
export function withInputFacts(request: VideoRequest, inputs: readonly ReadInput[]): VideoRequest {
  const inputFacts: InputFacts = {
    hasHeif: inputs.some(({ mimeType }) => /^image\/hei[cf]$/i.test(mimeType)),
    soundSeconds: totalSeconds(inputs.filter(({ role }) => role === 'reference_audio')),
    videoPixels: inputs
      .filter(({ role }) => role === 'reference_video')
      .flatMap(({ width, height }) =>
        width === undefined || height === undefined ? [] : [width * height],
      ),
  };
  const { hasHeif, soundSeconds, videoPixels } = inputFacts;
  const isNotable = hasHeif || soundSeconds > 0 || videoPixels.length > 0;
  return isNotable ? { ...request, inputFacts } : request;
}

/** Rounds to microseconds, so that three sounds of 5 s total exactly 15 s. */
function totalSeconds(inputs: readonly ReadInput[]): number {
  return Number(inputs.reduce((sum, { seconds = 0 }) => sum + seconds, 0).toFixed(6));
}
