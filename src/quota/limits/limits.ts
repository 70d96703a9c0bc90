/**
 * Determines the limit of an account and the rule that sets it. Pure.
 *
 * Each kind of member limit is resolved separately: the member's own → the most generous of their roles
 * → the server's default. The server's own limits bound all its members together; the operator's
 * ceilings bound both.
 */
import { z } from 'zod';

import type { TextKey } from '../../text/resources.ts';
import { text, type Text } from '../../text/text.ts';
import type { PeriodUnit } from './period.ts';

/** The limits from the settings, in whole credits; 0 allows nothing. */
export interface LimitSettings {
  /** `DEFAULT_GUILD_CREDITS` */
  readonly defaultGuildCredits: number;
  /** `DEFAULT_MEMBER_CREDITS`; undefined: a member may spend what the server has. */
  readonly defaultMemberCredits: number | undefined;
  /** `MAX_GUILD_CREDITS_PER_MONTH` */
  readonly maxGuildCreditsPerMonth: number;
  /** `GUILD_CREDITS`: the limit of individual servers, by server id. */
  readonly guildCredits: ReadonlyMap<string, number>;
  /** `OPERATOR_CREDITS_PER_MONTH` */
  readonly operatorCreditsPerMonth: number;
}

/** The key of the role that every member has; in Discord its id is the server's id. */
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

/** What moderators set for a server, a role or a member; a limit that is not set is absent. */
export const storedLimitsSchema = z.object({
  credits: z.int().optional(),
  per: z.enum(['day', 'month']).optional(),
  /** Videos at a vendor at the same time. */
  atOnce: z.int().optional(),
  /** Videos that wait for a slot. */
  waiting: z.int().optional(),
  /** Credits that a single video may cost. */
  maxCost: z.int().optional(),
});
export type StoredLimits = z.infer<typeof storedLimitsSchema>;

/** The rules for one member of one server. */
export interface StoredRules {
  readonly server: StoredLimits;
  readonly member: StoredLimits;
  /** The rules of the member's roles, by role id, including `EVERYONE`. */
  readonly roles: ReadonlyMap<string, StoredLimits>;
}

const NO_RULES: StoredRules = { server: {}, member: {}, roles: new Map() };

export interface Limit {
  readonly credits: number;
  readonly per: PeriodUnit;
  readonly rule: LimitRule;
}

/** A limit that does not add up over a period. */
export interface Most {
  readonly most: number;
  readonly rule: LimitRule;
}

export type MostKind = 'atOnce' | 'waiting' | 'maxCost';

/** For comparing daily with monthly limits. */
const DAYS_IN_MONTH = 30;

const RULE_KEYS = {
  'server-limit': 'quota:ruleServerLimit',
  'server-default': 'quota:ruleServerDefault',
  'operator-exception': 'quota:ruleOperatorException',
  'operator-ceiling': 'quota:ruleOperatorCeiling',
} as const satisfies Partial<Record<LimitRule, TextKey>>;

/**
 * Returns the name of the rule for use in a sentence.
 *
 * @param reader the member it is about, or another person
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

/** Returns the operator's limit on a server's vendor costs per UTC month, regardless of its own limit. */
export function guildCeiling(settings: LimitSettings, guildId: string): Limit {
  const exception = settings.guildCredits.get(guildId);
  return exception === undefined
    ? { credits: settings.maxGuildCreditsPerMonth, per: 'month', rule: 'operator-ceiling' }
    : { credits: exception, per: 'month', rule: 'operator-exception' };
}

/** Returns the limit on the vendor costs of all servers together per UTC month. */
export function operatorCeiling(settings: LimitSettings): Limit {
  return { credits: settings.operatorCreditsPerMonth, per: 'month', rule: 'operator-ceiling' };
}

/** Returns the server's own limit, never above the ceiling. An operator's exception is both limit and ceiling. */
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

/** Returns the member's own limit, or undefined when members share the server's. */
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
 * Returns a member's limit on running videos, waiting videos or the cost of one video; undefined: none
 * of their own. A server's `maxCost` applies to each video and so is every member's default; its
 * `atOnce` and `waiting` apply to all members together.
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

/** Returns a server's limit on running or waiting videos of all members; undefined: any number. */
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

/** Returns the highest limit. Ties go to the role with the lowest id, so that the named rule is stable. */
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
