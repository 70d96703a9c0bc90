/** The buttons under a video: whose their ids are, and what they do. */
import { RESOLUTIONS, type Resolution } from '../../catalogue/request.ts';

export const JOB_BUTTONS_OWNER = 'job';

/** Private finals are told apart in the id, since nothing may be looked up before the answer. */
type FinalAction = `${'' | 'private-'}final-${Resolution}`;
/** Orders what can be made in place of a video whose model is gone; private ones are told apart likewise. */
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

/** Reads an action back; undefined for one that makes no final. */
export function readFinalAction(action: string): FinalButton | undefined {
  const [, prefix, size] = /^(private-)?final-(\w+)$/.exec(action) ?? [];
  const resolution = RESOLUTIONS.find((each) => each === size);
  return resolution && { resolution, isPrivate: prefix !== undefined };
}
