/** What can be chosen for the options that say how a video is made. */
import { FIXED_RATIOS, RESOLUTIONS } from '../catalogue/request.ts';
import { choice } from './localized.ts';

/** Figures are the same in every language. */
export const RESOLUTION_CHOICES = RESOLUTIONS.map((value) => ({ name: value, value }));

export const RATIO_CHOICES = [
  ...FIXED_RATIOS.map((value) => ({ name: value, value })),
  choice('adaptive', 'commands:ratio.adaptive'),
];
