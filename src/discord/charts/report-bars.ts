/** The left panel: credits by day for a month, or by model for a single day. */
import type { Report } from '../../quota/reports/report.ts';
import { FONT } from './picture.ts';
import { COLOURS, LEFT_PANEL, PANEL, panel } from './report-layout.ts';

const MONTH_KEY_LENGTH = 'YYYY-MM'.length;
/** Corner radius of the bars. */
const ROUND = 4;

interface Column {
  readonly label: string;
  readonly spent: number;
  readonly held: number;
}

export function bars(report: Report) {
  const isMonth = report.period.key.length === MONTH_KEY_LENGTH;
  const columns = isMonth ? daysOf(report) : modelsOf(report);
  return {
    graphic: [panel(LEFT_PANEL)],
    grid: {
      left: LEFT_PANEL.left + 62,
      top: PANEL.top + 30,
      width: LEFT_PANEL.width - 88,
      height: PANEL.height - 78,
    },
    xAxis: {
      type: 'category',
      data: columns.map(({ label }) => label),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: COLOURS.faint } },
      axisLabel: { ...LABEL, interval: isMonth ? everyFifth : 0, margin: 12 },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      splitNumber: 4,
      splitLine: { lineStyle: { color: COLOURS.faint, type: 'dashed' } },
      axisLabel: LABEL,
    },
    series: [
      { ...BAR, data: columns.map(spentBar) },
      {
        ...BAR,
        itemStyle: { color: COLOURS.held, borderRadius: [ROUND, ROUND, 0, 0] },
        data: columns.map(({ held }) => held),
      },
    ],
  };
}

const LABEL = { color: COLOURS.muted, fontSize: 13, fontFamily: FONT } as const;
const BAR = { type: 'bar', stack: 'credits', barCategoryGap: '28%', barMaxWidth: 56 } as const;

/** Rounds the corners only if the bar is the top of its column. */
function spentBar({ spent, held }: Column) {
  const radius = held > 0 ? 0 : ROUND;
  return {
    value: spent,
    itemStyle: {
      borderRadius: [radius, radius, 0, 0],
      color: {
        type: 'linear',
        x: 0,
        y: 0,
        x2: 0,
        y2: 1,
        colorStops: [
          { offset: 0, color: COLOURS.spent },
          { offset: 1, color: COLOURS.spentDeep },
        ],
      },
    },
  };
}

/** Labels the days 1, 5, 10 … 30. */
function everyFifth(index: number): boolean {
  return index === 0 || (index + 1) % 5 === 0;
}

/** Returns every day of the month, including those without a video. */
function daysOf({ period, byDay }: Report): Column[] {
  const tallies = new Map(byDay.map((one) => [one.day, one]));
  return daysInMonth(period.key).map((day) => {
    const { spent = 0, held = 0 } = tallies.get(day) ?? {};
    return { label: String(Number(day.slice(-2))), spent, held };
  });
}

function daysInMonth(key: string): string[] {
  const [year = 0, month = 0] = key.split('-').map(Number);
  const count = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return Array.from(
    { length: count },
    (_, index) => `${key}-${String(index + 1).padStart(2, '0')}`,
  );
}

function modelsOf({ byModel }: Report): Column[] {
  return byModel.map(({ model, spent, held }) => ({ label: model, spent, held }));
}
