/** Which limit an account has, and the name of the rule that gave it. Pure. */
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

export type LimitRule = 'server-default' | 'operator-exception' | 'operator-ceiling';

export interface Limit {
  readonly credits: number;
  readonly per: PeriodUnit;
  readonly rule: LimitRule;
}

const RULE_NAMES = {
  'server-default': "this server's default",
  'operator-exception': 'an exception the operator set',
  'operator-ceiling': "the operator's ceiling",
} as const satisfies Record<LimitRule, string>;

/** The rule in words, for a sentence. */
export function ruleName(rule: LimitRule): string {
  return RULE_NAMES[rule];
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

/** The server's own limit. An exception is a limit as well as a ceiling. */
export function guildLimit(settings: LimitSettings, guildId: string): Limit {
  const ceiling = guildCeiling(settings, guildId);
  if (ceiling.rule === 'operator-exception' || settings.defaultGuildCredits > ceiling.credits) {
    return ceiling;
  }
  return { credits: settings.defaultGuildCredits, per: 'month', rule: 'server-default' };
}

/** The member's own limit, or undefined where members share the server's. */
export function memberLimit(settings: LimitSettings): Limit | undefined {
  const credits = settings.defaultMemberCredits;
  return credits === undefined ? undefined : { credits, per: 'month', rule: 'server-default' };
}
