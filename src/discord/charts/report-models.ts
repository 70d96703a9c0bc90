/** The right panel: credits by model, as a ring with the total and as a list. */
import type { Report } from '../../quota/reports/report.ts';
import { COLOURS, MODEL_COLOURS, PANEL, panel, RIGHT_PANEL, textAt } from './report-layout.ts';

const CENTRE = { x: RIGHT_PANEL.left + RIGHT_PANEL.width / 2, y: PANEL.top + 122 } as const;
const RADIUS = { inner: 62, outer: 92 } as const;
const LIST_TOP = PANEL.top + 246;
const LINE_HEIGHT = 27;
/** Lines that fit below the ring. */
const LINES = 4;

interface Slice {
  readonly name: string;
  readonly credits: number;
  readonly colour: string;
}

export function shareOfModels(report: Report) {
  const slices = slicesOf(report);
  const total = slices.reduce((sum, { credits }) => sum + credits, 0);
  return {
    graphic: [
      panel(RIGHT_PANEL),
      ...(total === 0 ? [emptyRing()] : []),
      textAt(total.toLocaleString('en-US'), {
        left: CENTRE.x,
        top: CENTRE.y - 14,
        fontSize: 26,
        fontWeight: 'bold',
        align: 'center',
      }),
      ...slices.flatMap((slice, index) => line(slice, index, total)),
    ],
    series: total === 0 ? [] : [ring(slices)],
  };
}

/** Returns the models with the most credits first, and the rest combined. */
function slicesOf({ byModel }: Report): Slice[] {
  const all = byModel.map(({ model, spent, held }) => ({ name: model, credits: spent + held }));
  const shown = all.length <= LINES ? all : all.slice(0, LINES - 1);
  const rest = all.slice(shown.length);
  const others = {
    name: `+${rest.length}`,
    credits: rest.reduce((sum, { credits }) => sum + credits, 0),
  };
  return [...shown, ...(rest.length === 0 ? [] : [others])].map((slice, index) => ({
    ...slice,
    colour: MODEL_COLOURS[index % MODEL_COLOURS.length] ?? COLOURS.spent,
  }));
}

function ring(slices: readonly Slice[]) {
  return {
    type: 'pie',
    center: [CENTRE.x, CENTRE.y],
    radius: [RADIUS.inner, RADIUS.outer],
    label: { show: false },
    silent: true,
    padAngle: slices.filter(({ credits }) => credits > 0).length > 1 ? 2 : 0,
    itemStyle: { borderRadius: 4 },
    data: slices
      .filter(({ credits }) => credits > 0)
      .map(({ name, credits, colour }) => ({ name, value: credits, itemStyle: { color: colour } })),
  };
}

function emptyRing() {
  return {
    type: 'ring',
    shape: { cx: CENTRE.x, cy: CENTRE.y, r: RADIUS.outer, r0: RADIUS.inner },
    style: { fill: COLOURS.faint },
  };
}

function line({ name, credits, colour }: Slice, index: number, total: number) {
  const top = LIST_TOP + index * LINE_HEIGHT;
  const percent = total === 0 ? '' : `${Math.round((credits / total) * 100)} %`;
  const left = RIGHT_PANEL.left + 22;
  const right = RIGHT_PANEL.left + RIGHT_PANEL.width - 22;
  return [
    {
      type: 'rect',
      x: left,
      y: top,
      shape: { width: 12, height: 12, r: 3 },
      style: { fill: colour },
    },
    textAt(name, { left: left + 22, top: top - 1, fontSize: 14 }),
    textAt(credits.toLocaleString('en-US'), {
      left: right - 64,
      top: top - 1,
      fontSize: 14,
      align: 'right',
    }),
    textAt(percent, {
      left: right,
      top: top - 1,
      fontSize: 14,
      fill: COLOURS.muted,
      align: 'right',
    }),
  ];
}
