/** A change that a moderator made, in plain words, with before and after: for the answer, the log and the log channel. */
import { z } from 'zod';

import { describeCredits } from '../../catalogue/describe.ts';
import {
  ruleName,
  storedLimitsSchema,
  type LimitRule,
  type StoredLimits,
} from '../../quota/limits/limits.ts';
import {
  accountSnapshotSchema,
  type AccountSnapshot,
} from '../../quota/moderation/account-changes.ts';
import type { LoggedChange } from '../../quota/moderation/change-log.ts';
import { DEFAULT_LOCALE } from '../../text/locales.ts';
import { inWords } from '../../text/text.ts';
import { quotable, timestamp } from '../text.ts';

export type ToldChange = Pick<
  LoggedChange,
  'action' | 'target' | 'before' | 'after' | 'note' | 'actorId'
>;

const MAX_NOTE_SHOWN = 400;

const blockSchema = z
  .object({ untilMs: z.int().optional(), reason: z.string().optional() })
  .nullable();

/** Heading, before, after, and the note: what the moderator is answered. */
export function changeText(change: ToldChange): string {
  const { before, after } = statesOf(change);
  const note = noteOf(change);
  const lines =
    before === after
      ? [`**${headingOf(change)}**: nothing changed`, `It is still: ${after}`]
      : [`**${headingOf(change)}**`, `Before: ${before}`, `Now: ${after}`];
  return [...lines, ...(note === undefined ? [] : [`-# Note: ${note}`])].join('\n');
}

/** The same in one line and fewer words, with who did it. */
export function changeLine(change: ToldChange): string {
  const { before, after } = isOfAccount(change) ? balancesOf(change) : statesOf(change);
  const note = noteOf(change);
  const reason = note === undefined ? '' : ` · “${note}”`;
  return `<@${change.actorId}> · **${headingOf(change)}**: ${before} → ${after}${reason}`;
}

function headingOf({ action, target, before, after }: ToldChange): string {
  const whose = targetName(target);
  switch (action) {
    case 'set-limit':
      return `Limits of ${whose} set`;
    case 'clear-limit':
      return `Limits of ${whose} cleared`;
    case 'grant':
      return `${describeCredits(grown(before, after))} granted to ${whose}`;
    case 'deduct':
      return `${describeCredits(0 - grown(before, after))} taken from ${whose}`;
    case 'reset':
      return `Usage of ${whose} reset`;
    case 'block':
      return `${whose} blocked from making videos`;
    case 'unblock':
      return `${whose} unblocked`;
    case 'time-zone':
      return 'Time zone';
    case 'settings':
      return 'Settings';
    default:
      return action satisfies never;
  }
}

function isOfAccount({ action }: ToldChange): boolean {
  return action === 'grant' || action === 'deduct' || action === 'reset';
}

function balancesOf({ before, after }: ToldChange): { before: string; after: string } {
  const words = (state: unknown): string => {
    const { left, used, extra } = accountSnapshotSchema.parse(state);
    return left === undefined ? `${used} used, ${extra} granted` : `${describeCredits(left)} left`;
  };
  return { before: words(before), after: words(after) };
}

/** By how much the grants of an account changed. */
function grown(before: unknown, after: unknown): number {
  return accountSnapshotSchema.parse(after).extra - accountSnapshotSchema.parse(before).extra;
}

export function targetName(target: ToldChange['target']): string {
  switch (target.scope) {
    case 'server':
      return 'this server';
    case 'role':
      return `<@&${target.roleId}>`;
    case 'user':
      return `<@${target.memberId}>`;
    default:
      return target satisfies never;
  }
}

function statesOf({ action, before, after }: ToldChange): { before: string; after: string } {
  const words = wordsFor(action);
  return { before: words(before), after: words(after) };
}

function wordsFor(action: ToldChange['action']): (state: unknown) => string {
  switch (action) {
    case 'set-limit':
    case 'clear-limit':
      return (state) => limitsText(storedLimitsSchema.parse(state));
    case 'grant':
    case 'deduct':
    case 'reset':
      return (state) => accountText(accountSnapshotSchema.parse(state));
    case 'block':
    case 'unblock':
      return blockText;
    case 'time-zone':
    case 'settings':
      return (state) => z.string().parse(state);
    default:
      return action satisfies never;
  }
}

/** Such as `100 credits a month · 2 at once · dearest video 40 credits`. */
export function limitsText({ credits, per, atOnce, waiting, maxCost }: StoredLimits): string {
  const parts = [
    credits === undefined ? undefined : `${describeCredits(credits)} a ${per ?? 'month'}`,
    atOnce === undefined ? undefined : `${atOnce} at once`,
    waiting === undefined ? undefined : `${waiting} waiting`,
    maxCost === undefined ? undefined : `a single video at most ${describeCredits(maxCost)}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'no limits set' : parts.join(' · ');
}

function accountText({ limit, used, extra, left, resetsAtMs }: AccountSnapshot): string {
  const grants = extra === 0 ? [] : [extra > 0 ? `${extra} granted` : `${0 - extra} taken`];
  if (limit === undefined || left === undefined) {
    return [`shares this server’s budget`, `${used} used`, ...grants].join(' · ');
  }
  const rule = ruleOf(limit.rule);
  return [
    `${describeCredits(left)} left`,
    `${limit.credits} a ${limit.per} by ${rule}`,
    `${used} used`,
    ...grants,
    `resets ${timestamp(resetsAtMs)}`,
  ].join(' · ');
}

/** As somebody else reads it. */
function ruleOf(rule: LimitRule): string {
  return inWords(DEFAULT_LOCALE, ruleName(rule, 'other'));
}

function blockText(state: unknown): string {
  const block = blockSchema.parse(state);
  if (block === null) return 'not blocked';
  const until =
    block.untilMs === undefined
      ? 'until somebody lifts it'
      : `until ${timestamp(block.untilMs, 'f')}`;
  return `blocked ${until}`;
}

function noteOf({ note }: ToldChange): string | undefined {
  return note === undefined ? undefined : quotable(note, MAX_NOTE_SHOWN);
}
