/** What `/credits` says: have, held, used, left, the rule that gave it, the reset, the last entries. */
import { describeCredits } from '../catalogue/describe.ts';
import type { LedgerEntry } from '../quota/ledger-reader.ts';
import { ruleName } from '../quota/limits.ts';
import type { AccountView, QuotaView } from '../quota/view.ts';
import { timestamp } from './text.ts';

const ENTRY_WORDS: Readonly<Record<LedgerEntry['kind'], string>> = {
  hold: 'held for a video',
  settle: 'came back when the video was done',
  release: 'came back, no video',
  grant: 'granted',
  take: 'taken',
  reset: 'reset',
};

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
  const lines = entries.map(
    ({ kind, credits, atMs }) => `- ${timestamp(atMs)}: ${credits > 0 ? '+' : ''}${credits}, ${ENTRY_WORDS[kind]}`,
  );
  return `**Your last entries**\n${lines.join('\n')}`;
}
