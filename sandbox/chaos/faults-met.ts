/** The faults that a bot really met, by kind, from the journals of the sandbox. */
import type { JournalEntry } from '../discord/journal.ts';
import type { VendorFault, VendorRequest } from '../vendor/vendor.ts';
import type { Evidence } from './evidence.ts';

const GATEWAY_FAULTS: Readonly<Record<string, string>> = {
  'injected drop-connection': 'gateway: connection cut during an event',
  'injected duplicate-interaction': 'gateway: duplicated event',
  'injected invalid-session': 'gateway: invalid session',
  'injected dead-resume-host': 'gateway: unreachable resume host',
  'injected unreadable-operation': 'gateway: operation that discord.js cannot read',
  'injected unanswered-resume': 'gateway: unanswered RESUME',
  'injected unknown-guild': 'gateway: server missing from the login',
  'injected absent-fields INTERACTION_CREATE': 'gateway: interaction without optional fields',
  'injected poisoned-dispatch INTERACTION_CREATE': 'gateway: unreadable interaction',
  'injected poisoned-dispatch GUILD_CREATE': 'gateway: unreadable server',
  'injected unanswered-identify': 'gateway: unanswered IDENTIFY',
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
  if (fault === 'status' && status === 401) return 'interaction token reported as expired';
  return commonFault(fault, status) ?? fault;
}

/** Faults of a vendor only. */
const VENDOR_FAULTS: { readonly [kind in VendorFault['kind']]?: string } = {
  'fail-task': 'task without a video',
  'expire-task': 'task without a video',
  'cancel-task': 'task without a video',
  'forget-task': 'forgotten task',
  'unknown-status': 'unknown status',
  'truncated-video': 'half a video',
  'unsized-half-video': 'half a video',
  'stalled-video': 'half a video',
  oversized: 'endless response',
  'lost-answer': 'done, with the response lost',
};

function vendorFault({ fault, status }: VendorRequest): string | undefined {
  if (fault === undefined) return undefined;
  return VENDOR_FAULTS[fault] ?? commonFault(fault, status);
}

function commonFault(fault: string, status: number | undefined): string | undefined {
  switch (fault) {
    case 'status':
      if (status !== undefined && status >= 500) return 'answered 5xx';
      return status === 429 ? 'answered 429' : 'content refused';
    case 'rate-limit':
      return 'answered 429';
    case 'slow':
      return 'answered late';
    case 'malformed':
      return 'response that is not JSON';
    case 'hang':
    case 'cut':
      if (status !== undefined) return 'done, with the response lost';
      return fault === 'cut' ? 'connection cut' : 'never answered';
    default:
      return undefined;
  }
}
