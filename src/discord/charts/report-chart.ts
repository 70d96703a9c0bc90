/** The chart of `/quota report`: four figures, the credits by day, and by model. */
import type { Report, Tally } from '../../quota/reports/report.ts';
import { FONT, pictureOf } from './picture.ts';
import { bars } from './report-bars.ts';
import { card, CARD, COLOURS, PICTURE, textAt, type TextAt } from './report-layout.ts';
import { shareOfModels } from './report-models.ts';

export interface ChartOptions {
  readonly serverName: string;
}

export interface ChartRequest extends ChartOptions {
  readonly report: Report;
}

/** Draws the report as a PNG. Slow, so `chart-drawer.ts` calls it in a worker thread. */
export function drawReport({ report, serverName }: ChartRequest): Uint8Array {
  const daily = bars(report);
  const models = shareOfModels(report);
  return pictureOf(
    {
      backgroundColor: COLOURS.ground,
      textStyle: { fontFamily: FONT },
      graphic: [
        ...titleOf(report, serverName),
        ...figuresOf(report.total).flatMap(figureCard),
        ...daily.graphic,
        ...models.graphic,
      ],
      grid: daily.grid,
      xAxis: daily.xAxis,
      yAxis: daily.yAxis,
      series: [...daily.series, ...models.series],
    },
    PICTURE,
  );
}

interface Figure {
  readonly label: string;
  readonly value: number;
  readonly colour: string;
  readonly detail: string;
}

function figuresOf({ spent, videos, open, held, failed, cancelled }: Tally): Figure[] {
  const each = videos === 0 ? '' : `≈ ${Math.round(spent / videos)} a video`;
  return [
    {
      label: 'Credits spent',
      value: spent,
      colour: COLOURS.spent,
      detail: `$${(spent / 100).toFixed(2)}`,
    },
    { label: 'Videos made', value: videos, colour: COLOURS.made, detail: each },
    { label: 'Under way', value: open, colour: COLOURS.held, detail: `${held} credits held` },
    {
      label: 'Failed, not charged',
      value: failed,
      colour: COLOURS.failed,
      detail: cancelled === 0 ? '' : `and ${cancelled} cancelled`,
    },
  ];
}

/** Maximum length beside the time zone. */
const TITLE_LENGTH = 44;
const FIGURES_TOP = 92;
const FIGURE = { width: 232, height: 112, gap: 16 } as const;

function figureCard({ label, value, colour, detail }: Figure, index: number) {
  const left = CARD.margin + index * (FIGURE.width + FIGURE.gap);
  const text = (content: string, style: Omit<TextAt, 'left' | 'top'>, top: number) =>
    textAt(content, { ...style, left: left + 22, top: FIGURES_TOP + top });
  return [
    card({ left, top: FIGURES_TOP, width: FIGURE.width, height: FIGURE.height }),
    {
      type: 'rect',
      left,
      top: FIGURES_TOP + 22,
      shape: { width: 5, height: FIGURE.height - 44, r: [0, 3, 3, 0] },
      style: { fill: value === 0 ? COLOURS.faint : colour },
    },
    text(label, { fontSize: 15, fill: COLOURS.muted }, 18),
    text(value.toLocaleString('en-US'), { fontSize: 34, fontWeight: 'bold' }, 40),
    text(detail, { fontSize: 13, fill: COLOURS.muted }, 83),
  ];
}

function titleOf({ period, timeZone }: Report, serverName: string) {
  const title = [periodName(period.key), drawable(serverName)].filter((part) => part !== '');
  return [
    textAt(title.join('  ·  ').slice(0, TITLE_LENGTH), {
      left: CARD.margin,
      top: 30,
      fontSize: 26,
      fontWeight: 'bold',
    }),
    textAt(timeZone, {
      left: PICTURE.width - CARD.margin,
      top: 40,
      fontSize: 15,
      fill: COLOURS.muted,
      align: 'right',
    }),
  ];
}

/** Formats `2026-11` as `November 2026`, and `2026-11-21` as `21 November 2026`. */
function periodName(key: string): string {
  const isMonth = key.length === 'YYYY-MM'.length;
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: 'UTC',
    year: 'numeric',
    month: 'long',
    ...(isMonth ? {} : { day: 'numeric' }),
  }).format(new Date(key));
}

/** Removes characters without a glyph in the font, which would be drawn as empty boxes. */
function drawable(text: string): string {
  return text
    .replace(/[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\d !-~\u00A0-\u00FF–—’]/gu, '')
    .trim();
}
