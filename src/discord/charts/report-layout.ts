/** Layout and colours of the report's picture, in drawing units. */
import { FONT, type PictureSize } from './picture.ts';

export const PICTURE: PictureSize = { width: 1024, height: 470 };

/** A dark background, which is readable in both of Discord's themes. */
export const COLOURS = {
  ground: '#1b1d23',
  card: '#272a33',
  text: '#f4f5f8',
  muted: '#a4a9b8',
  faint: '#3a3e4a',
  spent: '#7c8cff',
  spentDeep: '#4b58d6',
  held: '#f2b84b',
} as const;

/** Distinguishable with colour blindness too: the colours differ in lightness as well as hue. */
export const MODEL_COLOURS = [
  '#7c8cff',
  '#3ecf9a',
  '#f2b84b',
  '#e879c7',
  '#56c2f0',
  '#c7e05a',
] as const;

export const CARD = { margin: 24, radius: 12 } as const;
/** The two panels below the title. */
export const PANEL = { top: 80, height: 366 } as const;
export const LEFT_PANEL = { left: 24, width: 604 } as const;
export const RIGHT_PANEL = { left: 644, width: 356 } as const;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function card({ left, top, width, height }: Box) {
  return {
    type: 'rect',
    left,
    top,
    shape: { width, height, r: CARD.radius },
    style: { fill: COLOURS.card },
    z: -10,
  };
}

export function panel({ left, width }: Pick<Box, 'left' | 'width'>) {
  return card({ left, top: PANEL.top, width, height: PANEL.height });
}

export interface TextAt {
  readonly left: number;
  readonly top: number;
  readonly fontSize: number;
  readonly fontWeight?: 'bold' | 'normal' | undefined;
  readonly fill?: string | undefined;
  /** Alignment relative to `left`. */
  readonly align?: 'left' | 'center' | 'right' | undefined;
}

/** Positions text by its anchor point instead of echarts' estimated bounding box. */
export function textAt(
  text: string,
  { left, top, fontSize, fontWeight = 'normal', fill = COLOURS.text, align = 'left' }: TextAt,
) {
  return {
    type: 'text',
    x: left,
    y: top,
    style: {
      text,
      fontFamily: FONT,
      fontSize,
      fontWeight,
      fill,
      align,
      verticalAlign: 'top',
    },
  };
}
