import { imageSize } from 'image-size';
import { describe, expect, test } from 'vitest';

import { drawReport } from '#src/discord/charts/report-chart.ts';
import { reportText } from '#src/discord/moderation/quota/report-text.ts';
import type { Report, Tally } from '#src/quota/reports/report.ts';

function aTally(changes: Partial<Tally> = {}): Tally {
  return { videos: 0, open: 0, failed: 0, cancelled: 0, spent: 0, held: 0, ...changes };
}

function aReport(changes: Partial<Report> = {}): Report {
  const tally = aTally({ videos: 2, spent: 54, open: 1, held: 27, failed: 1 });
  return {
    period: {
      key: '2026-11',
      startsAtMs: Date.UTC(2026, 10, 1),
      endsAtMs: Date.UTC(2026, 11, 1),
    },
    timeZone: 'UTC',
    total: tally,
    byMember: [{ memberId: '7', ...tally }],
    byModel: [{ model: '1.5-pro', ...tally }],
    byDay: [{ day: '2026-11-21', ...tally }],
    failures: [{ reason: 'moderated-input', count: 1 }],
    granted: 40,
    taken: 0,
    ...changes,
  };
}

describe('a report', () => {
  test('a report lists what was spent, by whom, on which model, and what failed', () => {
    const text = reportText(aReport(), 'en-US').join('\n');

    expect(text).toContain('**54 credits** for 2 videos · 1 under way, 27 credits held · 1 failed');
    expect(text).toContain('<@7>: 54 credits, 2 videos');
    expect(text).toContain('1.5-pro: 54 credits');
    expect(text).toContain('1 × the prompt or a picture was not allowed');
    expect(text).toContain('40 granted');
  });

  test('a report has its exact wording, and omits empty parts', () => {
    const total = aTally({ videos: 1, spent: 1, failed: 2, cancelled: 3 });
    const failures = [{ reason: 'video-lost', count: 2 }];
    const byModel = [{ model: '2.0', ...aTally({ videos: 1, spent: 1, failed: 2 }) }] as const;
    const byMember = [{ memberId: '7', ...aTally({ open: 1, held: 5 }) }];

    expect(
      reportText(aReport({ total, byMember, byModel, failures, granted: 0, taken: 9 }), 'en-US'),
    ).toEqual([
      '**Report for November 2026**\n-# <t:1793491200:D> to <t:1796083199:D>, UTC',
      '**1 credit** for 1 video · 2 failed · 3 cancelled · 9 deducted',
      '**By member**\n- <@7>: 0 credits, 0 videos · 1 under way, 5 credits held',
      '**By model**\n- 2.0: 1 credit, 1 video · 2 failed',
      '**Failures, which cost nothing**\n- 2 × the finished video could not be fetched',
    ]);
    expect(reportText(aReport({ byMember: [] }), 'en-US')).toHaveLength(2);
    expect(reportText(aReport({ failures: [] }), 'en-US')).toHaveLength(4);
  });

  test('a report is in the language of its reader', () => {
    expect(reportText(aReport(), 'zh-CN')).toEqual([
      '**2026年11月报告**\n-# <t:1793491200:D> 至 <t:1796083199:D>，UTC',
      '**54 积分**，用于 2 个视频 · 1 个制作中，预留 27 积分 · 1 个失败 · 已赠送 40',
      '**按成员**\n- <@7>：54 积分，2 个视频 · 1 个制作中，预留 27 积分 · 1 个失败',
      '**按模型**\n- 1.5-pro：54 积分，2 个视频 · 1 个制作中，预留 27 积分 · 1 个失败',
      '**失败（不扣费）**\n- 1 × 提示词或图片不被允许',
    ]);
  });

  test('a report counts jobs whose records are gone', () => {
    const tally = aTally({ videos: 1, spent: 5 });
    const text = reportText(
      aReport({
        byMember: [{ memberId: 'unknown', ...tally }],
        byModel: [{ model: 'unknown', ...tally }],
        failures: [{ reason: 'unknown', count: 1 }],
      }),
      'zh-CN',
    ).join('\n');

    expect(text.match(/未知/g)).toHaveLength(3);
    expect(text).not.toContain('unknown');
  });

  test('a report shows ten members and eight failures, and the number of others', () => {
    const members = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ memberId: `${at}`, ...aTally() }));
    const failures = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ reason: `reason ${at}`, count: 1 }));
    const text = (people: number, reasons: number): string =>
      reportText(aReport({ byMember: members(people), failures: failures(reasons) }), 'en-US').join(
        '\n',
      );

    expect(text(10, 8)).not.toContain('more');
    expect(text(11, 8).match(/and \d+ more/g)).toEqual(['and 1 more']);
    expect(text(11, 8)).not.toContain('<@10>');
    expect(text(10, 10).match(/and \d+ more/g)).toEqual(['and 2 more']);
    expect(text(10, 10)).not.toContain('reason 8');
  });

  test('a report on hundreds of members fits a message', () => {
    const byMember = Array.from({ length: 300 }, (_, index) => {
      const memberId = String(10n ** 18n + BigInt(index));
      return { memberId, ...aTally({ videos: 9999, spent: 999_999, failed: 999 }) };
    });
    const text = reportText(aReport({ byMember }), 'en-US').join('\n');

    expect(text.length).toBeLessThan(4000);
    expect(text).toContain('and 290 more');
  });

  test.each([
    ['of a month', aReport()],
    ['of a day', aReport({ period: { ...aReport().period, key: '2026-11-21' } })],
    ['with only failures', aReport({ byModel: [{ model: '2.0', ...aTally({ failed: 1 }) }] })],
  ])('a chart %s is drawn', (_name, report) => {
    expect(imageSize(drawReport(report))).toMatchObject({ type: 'png', width: 2048, height: 940 });
  });
});
