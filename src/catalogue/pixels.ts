/**
 * Sizes of videos in pixels. Sources: the pixel tables of the BytePlus ModelArk create-task page; for 2.5, which
 * they omit, billing logs of a reseller that match to the token.
 */
import { modelOf, type Model } from './models.ts';
import {
  FIXED_RATIOS,
  type FixedRatio,
  type ModelId,
  type Ratio,
  type Resolution,
} from './request.ts';

/** Width and height in pixels. */
export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

type Cell = readonly [width: number, height: number];
/** A ratio is absent if its size is not published. */
type PixelTable = Readonly<Record<Resolution, { readonly [ratio in FixedRatio]?: Cell }>>;

const PIXELS_1_0 = {
  '480p': {
    '16:9': [864, 480],
    '4:3': [736, 544],
    '1:1': [640, 640],
    '3:4': [544, 736],
    '9:16': [480, 864],
    '21:9': [960, 416],
  },
  '720p': {
    '16:9': [1248, 704],
    '4:3': [1120, 832],
    '1:1': [960, 960],
    '3:4': [832, 1120],
    '9:16': [704, 1248],
    '21:9': [1504, 640],
  },
  '1080p': {
    '16:9': [1920, 1088],
    '4:3': [1664, 1248],
    '1:1': [1440, 1440],
    '3:4': [1248, 1664],
    '9:16': [1088, 1920],
    '21:9': [2176, 928],
  },
} as const satisfies PixelTable;

/** Also used for Seedance 2.0. */
const PIXELS_1_5 = {
  '480p': {
    '16:9': [864, 496],
    '4:3': [752, 560],
    '1:1': [640, 640],
    '3:4': [560, 752],
    '9:16': [496, 864],
    '21:9': [992, 432],
  },
  '720p': {
    '16:9': [1280, 720],
    '4:3': [1112, 834],
    '1:1': [960, 960],
    '3:4': [834, 1112],
    '9:16': [720, 1280],
    '21:9': [1470, 630],
  },
  '1080p': {
    '16:9': [1920, 1080],
    '4:3': [1664, 1248],
    '1:1': [1440, 1440],
    '3:4': [1248, 1664],
    '9:16': [1080, 1920],
    '21:9': [2206, 946],
  },
} as const satisfies PixelTable;

/** Seedance 2.5, according to bills of August 2026. The sizes of its other ratios are not published. */
const PIXELS_2_5 = {
  '480p': { '16:9': [854, 480] },
  '720p': { '16:9': [1280, 720] },
  '1080p': { '16:9': [1920, 1080] },
} as const satisfies PixelTable;

const TABLES: Record<Model['pixelTable'], PixelTable> = {
  '1.0': PIXELS_1_0,
  '1.5': PIXELS_1_5,
  '2.5': PIXELS_2_5,
};

/**
 * Returns the size of a model's video for a resolution and a fixed ratio, or undefined if it is not published.
 */
export function pixelSize(
  model: ModelId,
  resolution: Resolution,
  ratio: FixedRatio,
): PixelSize | undefined {
  const cell = TABLES[modelOf(model).pixelTable][resolution][ratio];
  return cell && sizeOf(cell);
}

/**
 * Returns every possible size of a request: one for a fixed ratio, the whole row for `adaptive`. If the model's
 * own size is not published, returns all sizes of any model for the resolution.
 */
export function possibleSizes(
  model: ModelId,
  resolution: Resolution,
  ratio: Ratio,
): readonly PixelSize[] {
  const ratios = ratio === 'adaptive' ? FIXED_RATIOS : [ratio];
  return ratios.flatMap(
    (fixed) => pixelSize(model, resolution, fixed) ?? allPublishedSizes(resolution),
  );
}

function allPublishedSizes(resolution: Resolution): PixelSize[] {
  return Object.values(TABLES).flatMap((table) => Object.values(table[resolution]).map(sizeOf));
}

function sizeOf([width, height]: Cell): PixelSize {
  return { width, height };
}
