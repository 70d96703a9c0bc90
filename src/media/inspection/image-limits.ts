/** What the vendors take as a picture: data, each with its source. */

/** What every Seedance model takes. Source: Volcengine Ark docs, video generation, image inputs. */
export const BASE_IMAGE_TYPES = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/bmp',
  'image/tiff',
  'image/gif',
] as const;
/** Taken by 1.5 and 2.x besides. Source: the same page. */
export const HEIF_IMAGE_TYPES = ['image/heic', 'image/heif'] as const;

/** Sides "in (300, 6000) px", both ends excluded. Source: the same page; so are the next two. */
export const MIN_SIDE_PIXELS = 301;
export const MAX_SIDE_PIXELS = 5999;
/** Width divided by height, both ends excluded, in tenths, so that the rule is whole numbers. */
export const MIN_RATIO_TENTHS = 4;
export const MAX_RATIO_TENTHS = 25;
export type ImageType = (typeof BASE_IMAGE_TYPES)[number] | (typeof HEIF_IMAGE_TYPES)[number];
