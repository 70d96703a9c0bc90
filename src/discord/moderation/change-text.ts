/** Describes a moderator's change, with before and after, for the answer, the log and the log channel. */
import { z } from 'zod';

import {
  ruleName,
  storedLimitsSchema,
  type LimitRule,
  type StoredLimits,
} from '../../quota/limits/limits.ts';
import type { PeriodUnit } from '../../quota/limits/period.ts';
import {
  accountSnapshotSchema,
  type AccountSnapshot,
} from '../../quota/moderation/account-changes.ts';
import type { LoggedChange } from '../../quota/moderation/change-log.ts';
import { credits } from '../../text/credits.ts';
import type { Locale } from '../../text/locales.ts';
import { inWords, text, translate, type Text, type TextValue } from '../../text/text.ts';
import { quotable, timestamp } from '../text.ts';
import { partStateSchema } from './settings/part-state.ts';
import { partHeading, partText } from './settings/settings-text.ts';

export type ToldChange = Pick<
  LoggedChange,
  'action' | 'target' | 'before' | 'after' | 'note' | 'actorId'
>;

const MAX_NOTE_SHOWN = 400;

const blockSchema = z
  .object({ untilMs: z.int().optional(), reason: z.string().optional() })
  .nullable();

/** Returns the answer to the moderator: heading, before, after, and the note. */
export function changeText(change: ToldChange, locale: Locale): string {
  const words = stateText(change);
  const before = inWords(locale, words(change.before));
  const after = inWords(locale, words(change.after));
  const heading = changeHeading(change);
  const note = noteOf(change);
  const lines = [
    before === after
      ? text('moderation:unchanged', { heading, state: after })
      : text('moderation:changed', { heading, before, after }),
    ...(note === undefined ? [] : [text('moderation:note', { note })]),
  ];
  return lines.map((line) => translate(locale, line)).join('\n');
}

/** Returns the same in one shorter line, with the moderator's name. */
export function changeLine(change: ToldChange): Text {
  const words = isOfAccount(change) ? balanceText : stateText(change);
  const values = {
    actor: `<@${change.actorId}>`,
    heading: changeHeading(change),
    before: words(change.before),
    after: words(change.after),
  };
  const note = noteOf(change);
  return note === undefined
    ? text('moderation:changeLine', values)
    : text('moderation:changeLineNote', { ...values, note });
}

export function changeHeading({ action, target, before, after }: ToldChange): Text {
  const whose = targetName(target);
  switch (action) {
    case 'set-limit':
      return text('moderation:limitsSet', { whose });
    case 'clear-limit':
      return text('moderation:limitsCleared', { whose });
    case 'grant':
      return text('moderation:grantedTo', { credits: credits(grown(before, after)), whose });
    case 'deduct':
      return text('moderation:deductedFrom', { credits: credits(grown(after, before)), whose });
    case 'reset':
      return text('moderation:usageReset', { whose });
    case 'block':
      return text('moderation:blocked', { whose });
    case 'unblock':
      return text('moderation:unblocked', { whose });
    case 'time-zone':
      return text('moderation:timeZone');
    case 'settings':
      return text('moderation:settings', { part: partHeading(partStateSchema.parse(after).part) });
    default:
      return action satisfies never;
  }
}

function isOfAccount({ action }: ToldChange): boolean {
  return action === 'grant' || action === 'deduct' || action === 'reset';
}

function balanceText(state: unknown): TextValue {
  const { left, used, extra } = accountSnapshotSchema.parse(state);
  if (left !== undefined) return text('moderation:creditsLeft', { credits: credits(left) });
  return { parts: [text('moderation:used', { credits: used }), ...grantsText(extra)] };
}

/** Returns by how much the grants of an account changed. */
function grown(before: unknown, after: unknown): number {
  return accountSnapshotSchema.parse(after).extra - accountSnapshotSchema.parse(before).extra;
}

export function targetName(target: ToldChange['target']): TextValue {
  switch (target.scope) {
    case 'server':
      return text('moderation:thisServer');
    case 'role':
      return `<@&${target.roleId}>`;
    case 'user':
      return `<@${target.memberId}>`;
    default:
      return target satisfies never;
  }
}

function stateText({ action }: ToldChange): (state: unknown) => TextValue {
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
      return (state) => z.string().parse(state);
    case 'settings':
      return (state) => partText(partStateSchema.parse(state));
    default:
      return action satisfies never;
  }
}

/** Formats limits, such as `100 credits a month · 2 at once · a single video at most 40 credits`. */
export function limitsText(limits: StoredLimits): TextValue {
  const { atOnce, waiting, maxCost } = limits;
  const parts = [
    budgetText(limits),
    atOnce === undefined ? undefined : text('moderation:atOnce', { most: atOnce }),
    waiting === undefined ? undefined : text('moderation:waiting', { most: waiting }),
    maxCost === undefined ? undefined : text('moderation:maxCost', { credits: credits(maxCost) }),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? text('moderation:noLimits') : { parts };
}

function budgetText({ credits: count, per }: StoredLimits): Text | undefined {
  if (count === undefined) return undefined;
  const key = per === 'day' ? 'moderation:creditsPerDay' : 'moderation:creditsPerMonth';
  return text(key, { credits: credits(count) });
}

function accountText({ limit, used, extra, left, resetsAtMs }: AccountSnapshot): TextValue {
  const spent = [text('moderation:used', { credits: used }), ...grantsText(extra)];
  if (limit === undefined || left === undefined) {
    return { parts: [text('moderation:sharesBudget'), ...spent] };
  }
  return {
    parts: [
      text('moderation:creditsLeft', { credits: credits(left) }),
      limitText(limit),
      ...spent,
      text('moderation:resets', { resets: timestamp(resetsAtMs) }),
    ],
  };
}

interface NamedLimit {
  readonly credits: number;
  readonly per: PeriodUnit;
  readonly rule: LimitRule;
}

/** Names the rule for readers other than the member. */
function limitText({ credits: count, per, rule }: NamedLimit): Text {
  const key = per === 'day' ? 'moderation:limitPerDay' : 'moderation:limitPerMonth';
  return text(key, { credits: count, rule: ruleName(rule, 'other') });
}

function grantsText(extra: number): Text[] {
  if (extra === 0) return [];
  return [
    extra > 0
      ? text('moderation:granted', { credits: extra })
      : text('moderation:deducted', { credits: 0 - extra }),
  ];
}

function blockText(state: unknown): Text {
  const block = blockSchema.parse(state);
  if (block === null) return text('moderation:notBlocked');
  if (block.untilMs === undefined) return text('moderation:blockedOpen');
  return text('moderation:blockedUntil', { until: timestamp(block.untilMs, 'f') });
}

function noteOf({ note }: ToldChange): string | undefined {
  return note === undefined ? undefined : quotable(note, MAX_NOTE_SHOWN);
}
