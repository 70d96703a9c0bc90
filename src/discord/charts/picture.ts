/** Renders a chart to a PNG with bundled fonts, so that it looks the same on every machine. */
import { fileURLToPath } from 'node:url';

import { Resvg } from '@resvg/resvg-js';
import { BarChart, PieChart } from 'echarts/charts';
import { GraphicComponent, GridComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

export const FONT = 'DejaVu Sans';
const FONT_FILES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'];
/** Enough detail for high-density screens and for enlarging the picture. */
const PIXELS_PER_UNIT = 2;

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Renders synchronously, which blocks the thread. */
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
  // Repeated registration is harmless; registering on import would be work on import.
  use([BarChart, PieChart, GridComponent, GraphicComponent, SVGRenderer]);
  // On a server echarts takes null instead of a page element.
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({ animation: false, ...option });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
