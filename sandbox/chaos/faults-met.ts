/** The faults that a bot really met, by kind, from the journals of the sandbox. */
import type { JournalEntry } from '../discord/journal.ts';
import type { VendorFault, VendorRequest } from '../vendor/vendor.ts';
import type { Evidence } from './evidence.ts';

const GATEWAY_FAULTS: Readonly<Record<string, string>> = {
  'injected drop-connection': 'gateway: cut in the midst of an event',
  'injected duplicate-interaction': 'gateway: an event sent twice',
  'injected invalid-session': 'gateway: a session no longer valid',
  'injected dead-resume-host': 'gateway: a resume host that is dead',
  'injected unreadable-operation': 'gateway: an operation that discord.js cannot read',
  'injected unanswered-resume': 'gateway: a RESUME that is never answered',
  'injected unknown-guild': 'gateway: a server that a login says nothing of',
  'injected absent-fields INTERACTION_CREATE': 'gateway: an interaction without optional fields',
  'injected poisoned-dispatch INTERACTION_CREATE': 'gateway: an interaction that cannot be read',
  'injected poisoned-dispatch GUILD_CREATE': 'gateway: a server that cannot be read',
  'injected unanswered-identify': 'gateway: an IDENTIFY that is never answered',
};

/** In words, with their counts; the most frequent first within each side. */
export function faultsMet(evidence: Evidence): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const count = (what: string, times = 1): void =>
    void counts.set(what, (counts.get(what) ?? 0) + times);
  for (const entry of evidence.discordJournal) {
    const what = discordFault(entry);
    if (what !== undefined) count(`Discord: ${what}`);
  }
  for (const request of evidence.vendorJournal) {
    const what = vendorFault(request);
    if (what !== undefined) count(`vendor: ${what}`);
  }
  for (const [what, times] of evidence.tally) count(GATEWAY_FAULTS[what] ?? what, times);
  const sorted = [...counts].filter(([, times]) => times > 0);
  return new Map(
    sorted.toSorted(
      ([one, first], [other, second]) => sideOf(one).localeCompare(sideOf(other)) || second - first,
    ),
  );
}

function sideOf(what: string): string {
  return what.slice(0, what.indexOf(':'));
}

function discordFault(entry: JournalEntry): string | undefined {
  if (entry.kind !== 'request' || entry.fault === undefined) return undefined;
  const { fault, status } = entry;
  if (fault === 'status' && status === 401) return 'an interaction’s token declared dead';
  return commonFault(fault, status) ?? fault;
}

/** Faults of a vendor only. */
const VENDOR_FAULTS: { readonly [kind in VendorFault['kind']]?: string } = {
  'fail-task': 'a task that ended without a video',
  'expire-task': 'a task that ended without a video',
  'cancel-task': 'a task that ended without a video',
  'forget-task': 'a task forgotten',
  'unknown-status': 'a status word nobody knows',
  'truncated-video': 'half a video',
  'unsized-half-video': 'half a video',
  'stalled-video': 'half a video',
  oversized: 'an answer without end',
  'lost-answer': 'done, and the answer lost',
};

function vendorFault({ fault, status }: VendorRequest): string | undefined {
  if (fault === undefined) return undefined;
  return VENDOR_FAULTS[fault] ?? commonFault(fault, status);
}

function commonFault(fault: string, status: number | undefined): string | undefined {
  switch (fault) {
    case 'status':
      if (status !== undefined && status >= 500) return 'answered 5xx';
      return status === 429 ? 'answered 429' : 'refused the content';
    case 'rate-limit':
      return 'answered 429';
    case 'slow':
      return 'answered late';
    case 'malformed':
      return 'answered what is no JSON';
    case 'hang':
    case 'cut':
      if (status !== undefined) return 'done, and the answer lost';
      return fault === 'cut' ? 'the connection cut' : 'never answered';
    default:
      return undefined;
  }
}
