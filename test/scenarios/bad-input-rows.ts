/** The table of bad input: what is typed, and what the refusal must say. */
import { file } from '#sandbox/discord/discord.ts';

import {
  bmpImage,
  gifImage,
  heicImage,
  hugeHeaderPng,
  jpegImage,
  pngImage,
  textFile,
  truncate,
} from '../fakes/images.ts';
import { mp4File } from '../fakes/videos.ts';
import type { ScenarioOptions, VideoOptions } from './harness.ts';
import { paddedPng } from './pictures.ts';

export const PROMPT = 'A paper boat drifts across a quiet bay';

export interface Row {
  readonly name: string;
  readonly options: VideoOptions;
  /** What was wrong, and what would work. */
  readonly says: readonly (string | RegExp)[];
  readonly world?: ScenarioOptions;
}

/** A request with a first frame. With `url`, the attachment claims that address. */
export function picture(bytes: Uint8Array, name = 'boat.png', url?: string) {
  return { prompt: PROMPT, first_frame: file(name, bytes, { url }) };
}

const WORDS: readonly Row[] = [
  {
    name: 'a prompt of spaces',
    options: { prompt: '   ' },
    says: ['The prompt is empty', 'Say what'],
  },
  {
    name: 'an invisible prompt',
    options: { prompt: '\u200B\u2060\uFEFF' },
    says: ['The prompt is empty'],
  },
  {
    name: 'a prompt of flags alone',
    options: { prompt: '--seed 5' },
    says: ['The prompt is empty'],
  },
  {
    name: 'a model that does not exist',
    options: { prompt: PROMPT, model: '9.9-ultra' },
    says: ['There is no model', 'Choose 2.0-mini, 1.0-pro-fast'],
  },
];

const RANGES: readonly Row[] = [
  {
    name: 'a length that no model supports',
    options: { prompt: PROMPT, duration: 60 },
    says: ['60 s', '4–15 s', /Ask for \d+ s/],
  },
  {
    name: 'a length of zero',
    options: { prompt: PROMPT, duration: 0 },
    says: ['0 s', '2–12 s'],
  },
  {
    name: 'a length that the named model does not support',
    options: { prompt: PROMPT, model: '2.0', duration: 2 },
    says: ['2.0 makes', 'not 2 s', 'Ask for 4 s', 'or use 1.0-pro-fast or 1.0-pro'],
  },
  {
    name: 'a length left to a model that cannot choose',
    options: { prompt: PROMPT, model: '1.0-pro', duration: -1 },
    says: ['1.0-pro can’t choose the length', 'Ask for 5 s', 'or use 2.0-mini'],
  },
  {
    name: 'a ratio that does not exist',
    options: { prompt: `${PROMPT} --ratio 5:4` },
    says: ['There is no ratio', '16:9, 4:3, 1:1', 'the nearest is 4:3'],
  },
  {
    name: 'a ratio that the mode does not support',
    options: { prompt: PROMPT, model: '1.0-pro', ratio: 'adaptive' },
    says: ['1.0-pro makes the ratio 16:9', 'not adaptive', 'Ask for 16:9, or use 2.0-mini'],
  },
  {
    name: 'a resolution that does not exist',
    options: { prompt: `${PROMPT} --rs 1440p` },
    says: ['There is no resolution', '480p, 720p, or 1080p'],
  },
  {
    name: 'a seed below the range',
    options: { prompt: PROMPT, seed: -5 },
    says: ['from 0 to 2147483647', 'not -5', 'The nearest is 0'],
  },
  {
    name: 'a seed above the range',
    options: { prompt: PROMPT, seed: 2_147_483_648 },
    says: ['from 0 to 2147483647', 'The nearest is 2147483647'],
  },
  {
    name: 'sound from a silent model',
    options: { prompt: PROMPT, model: '1.0-pro', audio: true },
    says: ['1.0-pro', 'or use 2.0-mini'],
  },
];

const FLAGS: readonly Row[] = [
  {
    name: 'a flag that contradicts an option',
    options: { prompt: `${PROMPT} --duration 12`, duration: 5 },
    says: ['--duration', '12', 'contradicts the option duration', 'Leave one of them out'],
  },
  {
    name: 'a flag that contradicts another',
    options: { prompt: `${PROMPT} --rs 480p --resolution 720p` },
    says: ['--resolution', 'contradicts --rs', 'Leave one of them out'],
  },
  {
    name: 'a contradiction in full-width letters with zero-width characters',
    options: { prompt: `${PROMPT} \uFF0D\uFF0Dres\u200Bolution 1080p`, resolution: '480p' },
    says: ['contradicts the option resolution'],
  },
  {
    name: 'a flag without its value',
    options: { prompt: `${PROMPT} --seed` },
    says: ['--seed in the prompt needs'],
  },
];

const FRAMES: readonly Row[] = [
  {
    name: 'a last frame without a first',
    options: { prompt: PROMPT, last_frame: file('end.png', pngImage()) },
    says: ['A last frame needs a first frame', 'Add first_frame'],
  },
  {
    name: 'a last frame on a model without one',
    options: {
      ...picture(pngImage()),
      last_frame: file('end.png', pngImage()),
      model: '1.0-pro-fast',
    },
    says: ['1.0-pro-fast takes', 'not a last frame', 'Leave the last frame out', 'or use 2.0-mini'],
  },
];

const TYPES: readonly Row[] = [
  {
    name: 'a text file named .png',
    options: picture(textFile()),
    says: ['not a picture', 'contains text', 'JPEG'],
  },
  { name: 'a video named .png', options: picture(mp4File()), says: ['contains a video', 'JPEG'] },
  {
    name: 'a web page named .png',
    options: picture(Buffer.from('<!doctype html><script>alert(1)</script>')),
    says: ['contains text', 'JPEG'],
  },
  {
    name: 'a HEIC picture for a model that does not accept it',
    options: {
      ...picture(heicImage({ width: 800, height: 600 })),
      model: '1.0-pro',
    },
    says: ['HEIC format', 'JPEG'],
  },
  { name: 'an empty file', options: picture(Buffer.alloc(0)), says: ['empty'] },
  {
    name: 'a cut-off PNG',
    options: picture(truncate(pngImage())),
    says: ['damaged or cut short', 'Save it again'],
  },
  {
    name: 'a cut-off JPEG',
    options: picture(truncate(jpegImage()), 'boat.jpg'),
    says: ['damaged or cut short', 'Save it again'],
  },
  {
    name: 'a header that claims a thousand million pixels',
    options: picture(hugeHeaderPng()),
    says: ['32768 × 32768', '301 to 5999'],
  },
];

const SIZES: readonly Row[] = [
  {
    name: 'a side of 300 px',
    options: picture(pngImage({ width: 300, height: 400 })),
    says: ['300 × 400', '301 to 5999'],
  },
  {
    name: 'a side of 6000 px',
    options: picture(bmpImage({ width: 6000, height: 3000 })),
    says: ['6000 × 3000', '301 to 5999'],
  },
  {
    name: 'a ratio of exactly 2.5',
    options: picture(gifImage({ width: 1000, height: 400 }), 'boat.gif'),
    says: ['1000 × 400', 'too wide', 'less than 2.5'],
  },
  {
    name: 'a ratio of exactly 0.4',
    options: picture(pngImage({ width: 400, height: 1000 })),
    says: ['400 × 1000', 'too tall', 'more than 0.4'],
  },
  {
    name: 'a photo that is too tall only after its rotation',
    options: picture(jpegImage({ width: 1000, height: 400, orientation: 6 }), 'boat.jpg'),
    says: ['400 × 1000', 'too tall'],
  },
  {
    name: 'a picture of 30 MB',
    options: picture(paddedPng(30_000_000)),
    says: ['30', 'under 30 MB'],
  },
  {
    name: 'pictures of more than 45 MB together',
    options: {
      ...picture(paddedPng(23_000_000)),
      last_frame: file('end.png', paddedPng(23_000_000)),
    },
    says: ['46 MB together', 'the limit is 45 MB'],
  },
];

const HOSTS: readonly Row[] = [
  {
    name: 'an attachment from another host',
    options: picture(pngImage(), 'boat.png', 'https://pictures.example.com/boat.png'),
    says: ['first frame', 'Discord'],
  },
  {
    name: 'an attachment from a private address',
    options: picture(pngImage(), 'boat.png', 'http://127.0.0.1:9/boat.png'),
    says: ['first frame', 'Discord'],
  },
  {
    name: 'an attachment whose link has expired',
    options: picture(pngImage()),
    world: { discord: { cdnUrlLifeMs: -60_000 } },
    says: ['first frame', /again/i],
  },
];

const BUDGETS: readonly Row[] = [
  {
    name: 'a video over the budget of the server',
    options: { prompt: PROMPT },
    world: { environment: { DEFAULT_GUILD_CREDITS: '38' } },
    says: ['costs 39 credits', 'this server has 38 left', /resets <t:\d+:R>/],
  },
  {
    name: 'a video over the budget of the member',
    options: { prompt: PROMPT },
    world: { environment: { DEFAULT_MEMBER_CREDITS: '38' } },
    says: ['costs 39 credits', 'you have 38 left', /resets <t:\d+:R>/],
  },
  {
    name: 'a video over the ceiling for one server',
    options: { prompt: PROMPT },
    world: { environment: { MAX_GUILD_CREDITS_PER_MONTH: '20' } },
    says: ['costs 39 credits', '20', 'operator', /resets <t:\d+:R>/],
  },
  {
    name: 'a video over the ceiling for all servers',
    options: { prompt: PROMPT },
    world: { environment: { OPERATOR_CREDITS_PER_MONTH: '20' } },
    says: ['costs 39 credits', '20 more for all servers', /resets <t:\d+:R>/],
  },
  {
    name: 'a budget of zero',
    options: { prompt: PROMPT },
    world: { environment: { DEFAULT_GUILD_CREDITS: '0' } },
    says: ['this server has 0 left'],
  },
  {
    name: 'a server outside the allow list',
    options: { prompt: PROMPT },
    world: { environment: { GUILD_ALLOWLIST: '123456789012345678' } },
    says: ['not open to this server', 'operator'],
  },
];

export const BAD_INPUT: Readonly<Record<string, readonly Row[]>> = {
  words: WORDS,
  ranges: RANGES,
  flags: FLAGS,
  frames: FRAMES,
  'types by content': TYPES,
  sizes: SIZES,
  hosts: HOSTS,
  budgets: BUDGETS,
};
