/**
 * The text of `/credits` and `/quota show`: granted, held, used and remaining credits, the rule behind
 * them, the next reset, and the latest entries.
 */
import type { LedgerEntry } from '../quota/ledgers/ledger-reader.ts';
import { ruleName, type Most } from '../quota/limits/limits.ts';
import type { AccountView, QuotaView } from '../quota/view.ts';
import { credits } from '../text/credits.ts';
import type { Locale } from '../text/locales.ts';
import type { TextKey } from '../text/resources.ts';
import { text, translate, type Text, type TextValue } from '../text/text.ts';
import { timestamp } from './text.ts';

/** Describes a video's outcome by the newest ledger entry of its job. */
const JOB_KEYS = {
  hold: 'credits:held',
  settle: 'credits:settled',
  release: 'credits:released',
} as const satisfies Record<string, TextKey>;
const CHANGE_KEYS = {
  grant: 'credits:granted',
  deduct: 'credits:deducted',
  reset: 'credits:usageReset',
} as const satisfies Record<string, TextKey>;

export interface CreditsReader {
  readonly locale: Locale;
  /** The member whose account it is, when a moderator reads it. */
  readonly about?: string | undefined;
}

type Reader = 'member' | 'other';

/** Returns paragraphs, most important first. */
export function creditsText(view: QuotaView, { locale, about }: CreditsReader): string[] {
  const { member, server } = view;
  const reader = about === undefined ? 'member' : 'other';
  const name = about === undefined ? undefined : `<@${about}>`;
  const whose = name ?? text('credits:you');
  const accounts: TextLines[] = member.isShared
    ? [[...accountLines(text('credits:sharedServer'), server, reader), shareLine(name, member)]]
    : [
        accountLines(whose, member, reader),
        accountLines(text('credits:thisServer'), server, reader),
      ];
  const paragraphs: TextLines[] = [
    spendableLines(view, name, locale),
    ...accounts,
    ...videoLimits(view, reader, locale),
  ];
  const heading = about === undefined ? 'credits:yourEntries' : 'credits:lastEntries';
  return [
    ...paragraphs.map((lines) => lines.map((line) => lineIn(locale, line)).join('\n')),
    entriesText(member.entries, text(heading), locale),
  ].filter((paragraph) => paragraph !== '');
}

/** A paragraph; `small` lines use Discord's small grey text. */
type TextLines = ReadonlyArray<Text | { readonly small: Text }>;

function lineIn(locale: Locale, line: TextLines[number]): string {
  return 'small' in line ? `-# ${translate(locale, line.small)}` : translate(locale, line);
}

function spendableLines(view: QuotaView, name: string | undefined, locale: Locale): TextLines {
  const { spendable, stopped } = view;
  if (stopped !== undefined) {
    const reason = stopped.in(locale);
    return [
      name === undefined
        ? text('credits:stoppedYou', { reason })
        : text('credits:stoppedMember', { member: name, reason }),
    ];
  }
  const most = credits(Math.max(0, spendable));
  const can =
    name === undefined
      ? text('credits:canSpendYou', { credits: most })
      : text('credits:canSpendMember', { member: name, credits: most });
  const count = videosLeft(view);
  if (count === undefined) return [can];
  const last = credits(view.lastCost ?? 0);
  if (count === 0) {
    const key = name === undefined ? 'credits:notEnoughYou' : 'credits:notEnoughMember';
    return [can, text(key, { credits: last })];
  }
  const key = name === undefined ? 'credits:enoughYou' : 'credits:enoughMember';
  return [can, text(key, { count, credits: last })];
}

/**
 * Returns how many more videos like the last one are affordable; undefined without a last video that cost
 * anything.
 */
function videosLeft({ lastCost, spendable, member, server, most }: QuotaView): number | undefined {
  if (lastCost === undefined || lastCost <= 0) return undefined;
  const maxCost = most.member.maxCost?.most;
  if (maxCost === undefined) return Math.floor(Math.max(0, spendable) / lastCost);
  if (lastCost > maxCost) return 0;
  return Math.floor(Math.max(0, Math.min(member.left, server.left)) / lastCost);
}

function accountLines(whose: TextValue, account: AccountView, reader: Reader): TextLines {
  const { have, held, used, left, rule, per, resetsAtMs } = account;
  const key = per === 'day' ? 'credits:leftToday' : 'credits:leftThisMonth';
  const resets = timestamp(resetsAtMs);
  return [
    text(key, { whose, left: credits(left), have }),
    { small: text('credits:accountDetails', { used, held, rule: ruleName(rule, reader), resets }) },
  ];
}

/** Shows the member's own share of a shared account. */
function shareLine(name: string | undefined, { used, held }: AccountView): { small: Text } {
  return {
    small:
      name === undefined
        ? text('credits:shareYou', { used, held })
        : text('credits:shareMember', { member: name, used, held }),
  };
}

/** Lists the limits that are not sums of credits. */
function videoLimits({ most }: QuotaView, reader: Reader, locale: Locale): TextLines[] {
  const { atOnce, waiting, maxCost } = most.member;
  const ruleOf = (limit: Most): Text => ruleName(limit.rule, reader);
  const limits = [
    atOnce && text('credits:atOnce', { most: atOnce.most, rule: ruleOf(atOnce) }),
    waiting && text('credits:waiting', { most: waiting.most, rule: ruleOf(waiting) }),
    maxCost && text('credits:maxCost', { credits: credits(maxCost.most), rule: ruleOf(maxCost) }),
  ].filter((limit) => limit !== undefined);
  if (limits.length === 0) return [];
  const joined = limits.map((limit) => translate(locale, limit)).join(' · ');
  return [[text('credits:videos', { limits: joined })]];
}

/** Returns the last entries of an account, newest first, under a heading. */
export function entriesText(
  entries: readonly LedgerEntry[],
  heading: Text,
  locale: Locale,
): string {
  if (entries.length === 0) return lineIn(locale, { small: text('credits:nothingSpent') });
  const lines = foldByJob(entries).map((entry) => {
    const what = text(wordsKeyFor(entry));
    const values = { at: timestamp(entry.atMs), credits: signed(entry.credits), what };
    return `- ${translate(locale, text('credits:entry', values))}`;
  });
  if (lines.length === 0) return '';
  return `**${translate(locale, heading)}**\n${lines.join('\n')}`;
}

/** A line of the list: a single entry, or a job's hold together with what was returned. */
interface Line extends LedgerEntry {
  /** Whether the line includes the hold; false if the hold is older than the listed entries. */
  readonly hasHold: boolean;
}

/** Combines each job's entries and keeps the order, newest first. */
function foldByJob(entries: readonly LedgerEntry[]): Line[] {
  const folded = new Map<string, Line>();
  for (const [index, entry] of entries.entries()) {
    const key = entry.jobId ?? `entry ${index}`;
    const newer = folded.get(key);
    const hasHold = entry.kind === 'hold';
    const credits = (newer?.credits ?? 0) + entry.credits;
    folded.set(key, { ...(newer ?? entry), credits, hasHold });
  }
  // Without its hold, a video that used all of it would show 0 credits, so it is omitted.
  return [...folded.values()].filter(({ credits, hasHold }) => hasHold || credits !== 0);
}

function wordsKeyFor({ kind, hasHold }: Line): TextKey {
  if (kind === 'settle' && !hasHold) return 'credits:cameBack';
  return kind === 'hold' || kind === 'settle' || kind === 'release'
    ? JOB_KEYS[kind]
    : CHANGE_KEYS[kind];
}

function signed(credits: number): string {
  return credits > 0 ? `+${credits}` : String(credits).replace('-', '−');
}
