/** What `/credits` says: have, held, used, left, the rule that gave it, the reset, the last entries. */
import { describeCredits } from '../catalogue/describe.ts';
import type { LedgerEntry } from '../quota/ledger-reader.ts';
import { ruleName } from '../quota/limits.ts';
import type { AccountView, QuotaView } from '../quota/view.ts';
import { timestamp } from './text.ts';

/** What became of a video, by the newest entry of its job. */
const JOB_WORDS = {
  hold: 'held for a video under way',
  settle: 'for a video',
  release: 'no video, everything came back',
} as const;
const CHANGE_WORDS = { grant: 'granted', take: 'taken back', reset: 'usage reset' } as const;

/** @returns paragraphs, most important first */
export function creditsText({ member, server, spendable }: QuotaView): string[] {
  const own = member.isShared ? [] : [accountText('This server', server)];
  return [
    `**You can spend ${describeCredits(Math.max(0, spendable))}** on one video now.`,
    accountText(member.isShared ? 'This server, shared by all members' : 'You', member),
    ...own,
    entriesText(member.entries),
  ];
}

function accountText(whose: string, account: AccountView): string {
  const { have, held, used, left, rule, per, resetsAtMs } = account;
  return [
    `**${whose}**: ${describeCredits(left)} left of ${have} this ${per}`,
    `-# ${used} used, ${held} held for videos under way · by ${ruleName(rule)} · resets ${timestamp(resetsAtMs)}`,
  ].join('\n');
}

function entriesText(entries: readonly LedgerEntry[]): string {
  if (entries.length === 0) return '-# Nothing spent yet.';
  const lines = foldByJob(entries).map(
    (entry) => `- ${timestamp(entry.atMs)}: ${signed(entry.credits)}, ${wordsFor(entry)}`,
  );
  return `**Your last entries**\n${lines.join('\n')}`;
}

/** One line a video: what was held and what came back of it, together. Newest first, as they come. */
function foldByJob(entries: readonly LedgerEntry[]): LedgerEntry[] {
  const folded = new Map<string, LedgerEntry>();
  for (const [index, entry] of entries.entries()) {
    const key = entry.jobId ?? `entry ${index}`;
    const newer = folded.get(key);
    folded.set(
      key,
      newer === undefined ? entry : { ...newer, credits: newer.credits + entry.credits },
    );
  }
  return [...folded.values()];
}

function wordsFor({ kind }: LedgerEntry): string {
  return kind === 'hold' || kind === 'settle' || kind === 'release'
    ? JOB_WORDS[kind]
    : CHANGE_WORDS[kind];
}

function signed(credits: number): string {
  return credits > 0 ? `+${credits}` : String(credits).replace('-', '−');
}
