import type { Report } from '#src/quota/reports/report.ts';

const TALLY = { videos: 2, open: 1, failed: 0, cancelled: 0, spent: 54, held: 27 };

export const A_REPORT: Report = {
  period: { key: '2026-11', startsAtMs: Date.UTC(2026, 10, 1), endsAtMs: Date.UTC(2026, 11, 1) },
  timeZone: 'UTC',
  total: TALLY,
  byMember: [{ memberId: '7', ...TALLY }],
  byModel: [{ model: '2.0-mini', ...TALLY }],
  byDay: [{ day: '2026-11-21', ...TALLY }],
  failures: [],
  granted: 0,
  taken: 0,
};
