/** The choices of the options that determine how a video is made. */
import { FIXED_RATIOS, RESOLUTIONS } from '../catalogue/request.ts';
import { choice } from './localized.ts';

/** Numbers read the same in every language. */
export const RESOLUTION_CHOICES = RESOLUTIONS.map((value) => ({ name: value, value }));

export const RATIO_CHOICES = [
  ...FIXED_RATIOS.map((value) => ({ name: value, value })),
  choice('adaptive', 'commands:ratio.adaptive'),
];
