/**
 * Which limit an account has, and the name of the rule that gave it. Pure.
 *
 * Each limit of a member is decided by itself: the member's own → the most generous of their roles →
 * the server's default. The server's own limits bound all its members together; what the operator
 * allows stands above both.
 */
import { z } from 'zod';

import type { TextKey } from '../../text/resources.ts';
import { text, type Text } from '../../text/text.ts';
import type { PeriodUnit } from './period.ts';

/** The limits of the settings, in whole credits; 0 is nothing. */
export interface LimitSettings {
  /** `DEFAULT_GUILD_CREDITS` */
  readonly defaultGuildCredits: number;
  /** `DEFAULT_MEMBER_CREDITS`; undefined: a member may spend what the server has. */
  readonly defaultMemberCredits: number | undefined;
  /** `MAX_GUILD_CREDITS_PER_MONTH` */
  readonly maxGuildCreditsPerMonth: number;
  /** `GUILD_CREDITS`: by server id, what that server may spend instead. */
  readonly guildCredits: ReadonlyMap<string, number>;
  /** `OPERATOR_CREDITS_PER_MONTH` */
  readonly operatorCreditsPerMonth: number;
}

/** The key of the role that every member has; Discord gives it the server's own id. */
export const EVERYONE = 'everyone';

export const limitRuleSchema = z.union([
  z.enum([
    'member-limit',
    'server-limit',
    'server-default',
    'operator-exception',
    'operator-ceiling',
  ]),
  /** `role:` and the role's id, or `EVERYONE`. */
  z.templateLiteral(['role:', z.string()]),
]);
export type LimitRule = z.infer<typeof limitRuleSchema>;

/** What moderators set for a server, a role or a member; absent where they set nothing. */
export const storedLimitsSchema = z.object({
  credits: z.int().optional(),
  per: z.enum(['day', 'month']).optional(),
  /** Videos at a vendor at the same time. */
  atOnce: z.int().optional(),
  /** Videos that wait for a place. */
  waiting: z.int().optional(),
  /** Credits that a single video may cost. */
  maxCost: z.int().optional(),
});
export type StoredLimits = z.infer<typeof storedLimitsSchema>;

/** What concerns one member of one server. */
export interface StoredRules {
  readonly server: StoredLimits;
  readonly member: StoredLimits;
  /** Of the member's roles, by id; `EVERYONE` among them. */
  readonly roles: ReadonlyMap<string, StoredLimits>;
}

const NO_RULES: StoredRules = { server: {}, member: {}, roles: new Map() };

export interface Limit {
  readonly credits: number;
  readonly per: PeriodUnit;
  readonly rule: LimitRule;
}

/** A limit that is no sum over a period. */
export interface Most {
  readonly most: number;
  readonly rule: LimitRule;
}

export type MostKind = 'atOnce' | 'waiting' | 'maxCost';

/** To compare a limit per day with one per month: what it comes to in a month. */
const DAYS_IN_MONTH = 30;

const RULE_KEYS = {
  'server-limit': 'quota:ruleServerLimit',
  'server-default': 'quota:ruleServerDefault',
  'operator-exception': 'quota:ruleOperatorException',
  'operator-ceiling': 'quota:ruleOperatorCeiling',
} as const satisfies Partial<Record<LimitRule, TextKey>>;

/**
 * Names the rule, for a sentence.
 *
 * @param reader who reads it: the member it is about, or somebody else
 */
export function ruleName(rule: LimitRule, reader: 'member' | 'other' = 'member'): Text {
  switch (rule) {
    case 'member-limit':
      return text(reader === 'member' ? 'quota:ruleMemberOwn' : 'quota:ruleMemberTheirs');
    case 'server-limit':
    case 'server-default':
    case 'operator-exception':
    case 'operator-ceiling':
      return text(RULE_KEYS[rule]);
    default: {
      const roleId = rule.slice('role:'.length);
      return roleId === EVERYONE
        ? text('quota:ruleEveryone')
        : text('quota:ruleRole', { role: `<@&${roleId}>` });
    }
  }
}

/** What the operator lets a server spend at vendors in a UTC month, whatever its own limit says. */
export function guildCeiling(settings: LimitSettings, guildId: string): Limit {
  const exception = settings.guildCredits.get(guildId);
  return exception === undefined
    ? { credits: settings.maxGuildCreditsPerMonth, per: 'month', rule: 'operator-ceiling' }
    : { credits: exception, per: 'month', rule: 'operator-exception' };
}

/** What all servers together may spend at vendors in a UTC month. */
export function operatorCeiling(settings: LimitSettings): Limit {
  return { credits: settings.operatorCreditsPerMonth, per: 'month', rule: 'operator-ceiling' };
}

/** The server's own limit, never above what the operator allows. An exception is a limit as well as a ceiling. */
export function guildLimit(
  settings: LimitSettings,
  guildId: string,
  { credits, per = 'month' }: StoredLimits = {},
): Limit {
  const ceiling = guildCeiling(settings, guildId);
  if (credits !== undefined && credits <= ceiling.credits) {
    return { credits, per, rule: 'server-limit' };
  }
  const hasDefault = credits === undefined && ceiling.rule !== 'operator-exception';
  if (!hasDefault || settings.defaultGuildCredits > ceiling.credits) return ceiling;
  return { credits: settings.defaultGuildCredits, per: 'month', rule: 'server-default' };
}

/** The member's own limit, or undefined where members share the server's. */
export function memberLimit(
  settings: LimitSettings,
  { member, roles }: StoredRules = NO_RULES,
): Limit | undefined {
  const own = limitOf(member, 'member-limit');
  if (own !== undefined) return own;
  const byRole = mostGenerous(roles, limitOf, inAMonth);
  if (byRole !== undefined) return byRole;
  const credits = settings.defaultMemberCredits;
  return credits === undefined ? undefined : { credits, per: 'month', rule: 'server-default' };
}

/**
 * What a member may have at once, waiting, or in one video; undefined: no limit of theirs. A server's
 * `maxCost` is each video's and so every member's default, its `atOnce` and `waiting` are sums over
 * all members.
 */
export function memberMost(
  kind: MostKind,
  { server, member, roles }: StoredRules,
): Most | undefined {
  const of = (limits: StoredLimits, rule: LimitRule): Most | undefined => {
    const most = limits[kind];
    return most === undefined ? undefined : { most, rule };
  };
  return (
    of(member, 'member-limit') ??
    mostGenerous(roles, of, ({ most }) => most) ??
    (kind === 'maxCost' ? of(server, 'server-limit') : undefined)
  );
}

/** What all members of a server together may have at once or waiting; undefined: as many as there are. */
export function serverMost(kind: 'atOnce' | 'waiting', { server }: StoredRules): Most | undefined {
  const most = server[kind];
  return most === undefined ? undefined : { most, rule: 'server-limit' };
}

function limitOf({ credits, per = 'month' }: StoredLimits, rule: LimitRule): Limit | undefined {
  return credits === undefined ? undefined : { credits, per, rule };
}

function inAMonth({ credits, per }: Limit): number {
  return per === 'day' ? credits * DAYS_IN_MONTH : credits;
}

/** Of equals the role with the lowest id, so that the same rule is named every time. */
function mostGenerous<Of>(
  roles: ReadonlyMap<string, StoredLimits>,
  of: (limits: StoredLimits, rule: LimitRule) => Of | undefined,
  worth: (limit: Of) => number,
): Of | undefined {
  let best: Of | undefined;
  for (const [roleId, limits] of [...roles].toSorted(byKey)) {
    const limit = of(limits, `role:${roleId}`);
    if (limit === undefined) continue;
    if (best === undefined || worth(limit) > worth(best)) best = limit;
  }
  return best;
}

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
