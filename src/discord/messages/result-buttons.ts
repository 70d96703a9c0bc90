/** The buttons under a job's message: their ids, what they do, and when each is shown. */
import {
  ButtonStyle,
  ComponentType,
  type APIButtonComponent,
  type APIComponentInContainer,
} from 'discord.js';

import { RESOLUTIONS, type Resolution } from '../../catalogue/request.ts';
import type { Job } from '../../jobs/record/job.ts';
import { text, translate, type Text } from '../../text/text.ts';
import { customId } from '../custom-id.ts';

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

/** Returns the row of buttons that fits the job's state; none where there is nothing to press. */
export function resultButtons(job: Job, isDone: boolean): APIComponentInContainer[] {
  if (isDone) return finalButtons(job);
  if (job.state === 'failed') return alternativeButton(job);
  const mayStillBeCancelled = ['accepted', 'submitting', 'queued'].includes(job.state);
  return mayStillBeCancelled ? [row([button(job, 'cancel', text('cards:cancelButton'))])] : [];
}

/** Offers the nearest available model, with its price, when no vendor serves the requested one any more. */
function alternativeButton(job: Job): APIComponentInContainer[] {
  const { alternative, isPrivate } = job;
  if (alternative === undefined) return [];
  const action = ALTERNATIVE_ACTIONS[isPrivate ? 'private' : 'public'];
  const { request, credits: price } = alternative;
  const label = text('cards:alternativeButton', { model: request.model, credits: price });
  return [row([button(job, action, label)])];
}

/** Returns one button for each final that the server allows, with the credits it holds. */
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

/** @param components at most five (Discord's limit) */
function row(components: APIButtonComponent[]): APIComponentInContainer {
  return { type: ComponentType.ActionRow, components };
}
