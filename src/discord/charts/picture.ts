/** From a chart's description to a PNG, with our own fonts, so that it looks the same on every machine. */
import { fileURLToPath } from 'node:url';

import { Resvg } from '@resvg/resvg-js';
import { BarChart, PieChart } from 'echarts/charts';
import { GraphicComponent, GridComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

export const FONT = 'DejaVu Sans';
const FONT_FILES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'];
/** Discord shows it smaller than it is on most screens, and people enlarge it. */
const PIXELS_PER_UNIT = 2;

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Blocks its thread for the whole drawing. */
export function pictureOf(option: EChartsCoreOption, size: PictureSize): Uint8Array {
  const image = new Resvg(svgOf(option, size), {
    fitTo: { mode: 'width', value: size.width * PIXELS_PER_UNIT },
    font: {
      fontFiles: FONT_FILES.map((file) =>
        fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${file}`)),
      ),
      loadSystemFonts: false,
      defaultFontFamily: FONT,
    },
  });
  return image.render().asPng();
}

function svgOf(option: EChartsCoreOption, size: PictureSize): string {
  // Naming what is used twice does no harm; doing it on import would be work on import.
  use([BarChart, PieChart, GridComponent, GraphicComponent, SVGRenderer]);
  // echarts takes null for the page element that a server does not have.
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({ animation: false, ...option });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
