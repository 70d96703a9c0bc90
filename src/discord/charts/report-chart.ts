/**
 * Draws the chart of `/quota report`: credits by day and by model. It shows only digits, model ids and
 * the time zone, because the bundled fonts have no Chinese; the message explains it in the reader's
 * language.
 */
import type { Report } from '../../quota/reports/report.ts';
import { FONT, pictureOf } from './picture.ts';
import { bars } from './report-bars.ts';
import { CARD, COLOURS, PICTURE, textAt } from './report-layout.ts';
import { shareOfModels } from './report-models.ts';

/** @returns a PNG. Slow: `chart-drawer.ts` calls it in a worker thread. */
export function drawReport(report: Report): Uint8Array {
  const daily = bars(report);
  const models = shareOfModels(report);
  return pictureOf(
    {
      backgroundColor: COLOURS.ground,
      textStyle: { fontFamily: FONT },
      graphic: [...titleOf(report), ...daily.graphic, ...models.graphic],
      grid: daily.grid,
      xAxis: daily.xAxis,
      yAxis: daily.yAxis,
      series: [...daily.series, ...models.series],
    },
    PICTURE,
  );
}

function titleOf({ period, timeZone }: Report) {
  return [
    textAt(period.key, { left: CARD.margin, top: 26, fontSize: 26, fontWeight: 'bold' }),
    textAt(timeZone, {
      left: PICTURE.width - CARD.margin,
      top: 36,
      fontSize: 15,
      fill: COLOURS.muted,
      align: 'right',
    }),
  ];
}
