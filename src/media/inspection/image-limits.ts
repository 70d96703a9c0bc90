/** The vendors' limits on pictures, each with its source. */

/** Types that every Seedance model accepts. Source: Volcengine Ark docs, video generation, image inputs. */
export const BASE_IMAGE_TYPES = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/bmp',
  'image/tiff',
  'image/gif',
] as const;
/** Types that 1.5 and 2.x also accept. Source: the same page. */
export const HEIF_IMAGE_TYPES = ['image/heic', 'image/heif'] as const;

/** Sides "in (300, 6000) px", both exclusive. Source of this and the next two: the same page. */
export const MIN_SIDE_PIXELS = 301;
export const MAX_SIDE_PIXELS = 5999;
/** Width divided by height, both exclusive, in tenths, so that the values are integers. */
export const MIN_RATIO_TENTHS = 4;
export const MAX_RATIO_TENTHS = 25;
export type ImageType = (typeof BASE_IMAGE_TYPES)[number] | (typeof HEIF_IMAGE_TYPES)[number];
