/** What `/credits` and `/quota show` say: have, held, used, left, the rule that gave it, the reset, the last entries. */
import { describeCredits } from '../catalogue/describe.ts';
import type { LedgerEntry } from '../quota/ledgers/ledger-reader.ts';
import { ruleName } from '../quota/limits/limits.ts';
import type { AccountView, QuotaView } from '../quota/view.ts';
import { timestamp } from './text.ts';

/** What became of a video, by the newest entry of its job. */
const JOB_WORDS = {
  hold: 'held for a video under way',
  settle: 'for a video',
  release: 'no video, everything came back',
} as const;
const CHANGE_WORDS = { grant: 'granted', deduct: 'taken back', reset: 'usage reset' } as const;

export interface Reading {
  /** The member it is about, where a moderator reads it. */
  readonly about?: string | undefined;
}

/** @returns paragraphs, most important first */
export function creditsText(view: QuotaView, { about }: Reading = {}): string[] {
  const { member, server } = view;
  const reader = about === undefined ? 'member' : 'other';
  const whose = about === undefined ? 'You' : `<@${about}>`;
  const accounts = member.isShared
    ? [
        `${accountText('This server, shared by all members', server, reader)}\n${shareText(whose, member)}`,
      ]
    : [accountText(whose, member, reader), accountText('This server', server, reader)];
  return [
    spendableText(view, whose),
    ...accounts,
    ...mostText(view, reader),
    entriesText(member.entries, about === undefined ? 'Your last entries' : 'Last entries'),
  ];
}

function spendableText(view: QuotaView, whose: string): string {
  const { spendable, stopped } = view;
  const can = `**${whose} can spend ${describeCredits(Math.max(0, spendable))}** on one video now.`;
  if (stopped !== undefined) {
    return `**No videos at present.** ${whose === 'You' ? '' : `${whose} is told: `}${stopped}`;
  }
  const more = videosLeft(view);
  if (more === undefined) return can;
  const like = whose === 'You' ? 'your' : 'their';
  const last = `${like} last, which cost ${describeCredits(view.lastCost ?? 0)}`;
  if (more === 0) return `${can}\nThat is not enough for another video like ${last}.`;
  const videos = more === 1 ? '1 more video' : `${more} more videos`;
  return `${can}\nThat is about **${videos}** like ${last}.`;
}

/** How many more like the last one; undefined where there was none that cost anything. */
function videosLeft({ lastCost, spendable, member, server, most }: QuotaView): number | undefined {
  if (lastCost === undefined || lastCost <= 0) return undefined;
  const maxCost = most.member.maxCost?.most;
  if (maxCost === undefined) return Math.floor(Math.max(0, spendable) / lastCost);
  if (lastCost > maxCost) return 0;
  return Math.floor(Math.max(0, Math.min(member.left, server.left)) / lastCost);
}

function accountText(whose: string, account: AccountView, reader: 'member' | 'other'): string {
  const { have, held, used, left, rule, per, resetsAtMs } = account;
  return [
    `**${whose}**: ${describeCredits(left)} left of ${have} ${per === 'day' ? 'today' : 'this month'}`,
    `-# ${used} used, ${held} held for videos under way · by ${ruleName(rule, reader)} · resets ${timestamp(resetsAtMs)}`,
  ].join('\n');
}

/** What of a shared account was the member's own doing. */
function shareText(whose: string, { used, held }: AccountView): string {
  return `-# Of this by ${whose === 'You' ? 'you' : whose}: ${used} used, ${held} held`;
}

/** The limits that are no sums of credits. */
function mostText({ most }: QuotaView, reader: 'member' | 'other'): string[] {
  const { atOnce, waiting, maxCost } = most.member;
  const lines = [
    atOnce === undefined
      ? undefined
      : `${atOnce.most} at once, by ${ruleName(atOnce.rule, reader)}`,
    waiting === undefined
      ? undefined
      : `${waiting.most} waiting, by ${ruleName(waiting.rule, reader)}`,
    maxCost === undefined
      ? undefined
      : `a single video at most ${describeCredits(maxCost.most)}, by ${ruleName(maxCost.rule, reader)}`,
  ].filter((line) => line !== undefined);
  return lines.length === 0 ? [] : [`**Videos**: ${lines.join(' · ')}`];
}

/** The last entries of an account, newest first, under a heading. */
export function entriesText(entries: readonly LedgerEntry[], heading: string): string {
  if (entries.length === 0) return '-# Nothing spent yet.';
  const lines = foldByJob(entries).map(
    (entry) => `- ${timestamp(entry.atMs)}: ${signed(entry.credits)}, ${wordsFor(entry)}`,
  );
  if (lines.length === 0) return '-# Your last videos cost all that was held for them.';
  return `**${heading}**\n${lines.join('\n')}`;
}

/** A line of the list: one entry, or what was held for a video and what came back of it, together. */
interface Line extends LedgerEntry {
  /** Whether the hold is in it, or older than the list goes back. */
  readonly hasHold: boolean;
}

/** Newest first, as they come. */
function foldByJob(entries: readonly LedgerEntry[]): Line[] {
  const folded = new Map<string, Line>();
  for (const [index, entry] of entries.entries()) {
    const key = entry.jobId ?? `entry ${index}`;
    const newer = folded.get(key);
    const hasHold = entry.kind === 'hold';
    const credits = (newer?.credits ?? 0) + entry.credits;
    folded.set(key, { ...(newer ?? entry), credits, hasHold });
  }
  // Without its hold, a video that cost all of it has nothing to tell.
  return [...folded.values()].filter(({ credits, hasHold }) => hasHold || credits !== 0);
}

function wordsFor({ kind, hasHold }: Line): string {
  if (kind === 'settle' && !hasHold) return 'came back of what was held for a video';
  return kind === 'hold' || kind === 'settle' || kind === 'release'
    ? JOB_WORDS[kind]
    : CHANGE_WORDS[kind];
}

function signed(credits: number): string {
  return credits > 0 ? `+${credits}` : String(credits).replace('-', '−');
}
