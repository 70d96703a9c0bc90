/** The buttons under a video: the owner of their ids, and what they do. */
import { RESOLUTIONS, type Resolution } from '../../catalogue/request.ts';

export const JOB_BUTTONS_OWNER = 'job';

/** The id itself marks private finals, because nothing may be looked up before the acknowledgement. */
type FinalAction = `${'' | 'private-'}final-${Resolution}`;
/** Orders an alternative to a video whose model is no longer served; the id marks private ones too. */
export const ALTERNATIVE_ACTIONS = { public: 'instead', private: 'private-instead' } as const;
type AlternativeAction = (typeof ALTERNATIVE_ACTIONS)[keyof typeof ALTERNATIVE_ACTIONS];
export type JobAction = 'cancel' | FinalAction | AlternativeAction;

export interface FinalButton {
  readonly resolution: Resolution;
  readonly isPrivate: boolean;
}

export function finalAction({ resolution, isPrivate }: FinalButton): FinalAction {
  return `${isPrivate ? 'private-' : ''}final-${resolution}`;
}

/** Parses an action; returns undefined for one that orders no final. */
export function readFinalAction(action: string): FinalButton | undefined {
  const [, prefix, size] = /^(private-)?final-(\w+)$/.exec(action) ?? [];
  const resolution = RESOLUTIONS.find((each) => each === size);
  return resolution && { resolution, isPrivate: prefix !== undefined };
}
