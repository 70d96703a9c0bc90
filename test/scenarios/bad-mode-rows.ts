/** More bad input: pictures, clips and options that do not fit together, or not that model. */
import { file } from '#sandbox/discord/discord.ts';

import { pngImage, textFile } from '../fakes/images.ts';
import { changeBoxes } from '../fakes/mp4-changes.ts';
import { mp4Box, mp4File, uint32 } from '../fakes/videos.ts';
import { wavFile } from '../unit/media/inspection/sounds.ts';
import { PROMPT, type Row } from './bad-input-rows.ts';

const boat = file('boat.png', pngImage());
const clip = (settings: Parameters<typeof mp4File>[0] = {}) => ({
  reference_video: file('waves.mp4', mp4File(settings)),
});
const TWO_LENGTHS = changeBoxes(
  mp4File({ seconds: 3, descriptionAt: 'end' }),
  'moov/trak/mdia/minf/stbl',
  (boxes) => [...boxes, mp4Box('stts', uint32(0, 1, 360, 1000))],
);
const sound = (seconds = 5) => ({ reference_audio: file('gulls.wav', wavFile({ seconds })) });
/** Offers the lite pair in addition to the current models. */
const AIMLAPI = { vendor: { dialect: 'aimlapi' } } as const;
/** References for the lite model. */
const AZERION = { vendor: { dialect: 'azerion' } } as const;

const MIXED: readonly Row[] = [
  {
    name: 'a first frame with a reference picture',
    options: { prompt: PROMPT, first_frame: boat, reference_1: boat },
    says: [/first frame/i, /reference/i, /not|or/],
  },
  {
    name: 'a last frame with a reference video',
    options: { prompt: PROMPT, first_frame: boat, last_frame: boat, ...clip() },
    says: [/frame/i, /reference/i],
  },
  {
    name: 'a first frame with reference audio',
    options: { prompt: PROMPT, model: '2.0', first_frame: boat, ...sound() },
    says: [/frame/i, /reference|sound/i],
  },
  {
    name: 'a last frame alone',
    options: { prompt: PROMPT, last_frame: boat },
    says: [/last frame/i, /first frame/i],
  },
];

const WITHOUT_THE_MODE: readonly Row[] = [
  {
    name: 'a reference on a model without them',
    options: { prompt: PROMPT, model: '1.0-pro', reference_1: boat },
    says: ['1.0-pro', /reference/i, /or use 2\.0-mini/],
  },
  {
    name: 'a reference video on a model that accepts pictures only',
    options: { prompt: PROMPT, model: '1.0-lite-i2v', reference_1: boat, ...clip() },
    says: ['1.0-lite-i2v', /video/, /or use 2\.0-mini/],
    world: AIMLAPI,
  },
  {
    name: 'a last frame on a model without one',
    options: { prompt: PROMPT, model: '1.0-pro-fast', first_frame: boat, last_frame: boat },
    says: ['1.0-pro-fast', /last frame/, /or use 2\.0-mini/],
  },
  {
    name: 'a prompt alone on a model that needs a picture',
    options: { prompt: PROMPT, model: '1.0-lite-i2v' },
    says: ['1.0-lite-i2v', /picture|frame/, /or use/],
    world: AIMLAPI,
  },
  {
    name: 'a picture on a model for prompts only',
    options: { prompt: PROMPT, model: '1.0-lite-t2v', first_frame: boat },
    says: ['1.0-lite-t2v', /frame|picture/, /or use/],
    world: AIMLAPI,
  },
  {
    name: 'references at 1080p on 1.0 lite',
    options: { prompt: PROMPT, model: '1.0-lite-i2v', reference_1: boat, resolution: '1080p' },
    says: ['1.0-lite-i2v', '1080p', '720p'],
    world: AZERION,
  },
  {
    name: 'reference audio alone on 2.0',
    options: { prompt: PROMPT, model: '2.0', ...sound() },
    says: ['2.0', /sound only beside an image/, 'Add a reference image'],
  },
  {
    name: 'reference audio alone on 2.5',
    options: { prompt: PROMPT, model: '2.5', ...sound() },
    says: ['2.5', /sound only beside an image/, 'Add a reference image'],
  },
  {
    name: 'a draft at 1080p',
    options: { prompt: PROMPT, draft: true, resolution: '1080p' },
    says: [/draft/i, '480p'],
  },
  {
    name: 'a draft on a model without them',
    options: { prompt: PROMPT, model: '1.0-pro', draft: true },
    says: ['1.0-pro', /draft/, /2\.5/],
  },
  {
    name: 'a draft on the slower tier',
    options: { prompt: PROMPT, draft: true, economy: true },
    says: [/draft/i, /economy/],
  },
  {
    name: 'economy on 2.x',
    options: { prompt: PROMPT, model: '2.0', economy: true },
    says: ['2.0', /economy/, /1\.0-pro-fast/],
  },
  {
    name: 'a still camera on 2.x',
    options: { prompt: PROMPT, model: '2.0', camera_fixed: true },
    says: ['2.0', /camera/, /1\.0-pro-fast/],
  },
  {
    name: 'a frame in another ratio on 2.5',
    options: { prompt: PROMPT, model: '2.5', first_frame: boat, ratio: '16:9' },
    says: ['2.5', 'adaptive'],
  },
];

const CLIPS: readonly Row[] = [
  {
    name: 'a reference video of 16 s on 2.0',
    options: { prompt: PROMPT, model: '2.0', ...clip({ seconds: 16 }) },
    says: ['reference video lasts 16 s', '2.0 takes 2–15 s', 'Cut it to 15 s', 'or use 2.5'],
  },
  {
    name: 'a reference video that no model accepts',
    options: { prompt: PROMPT, model: '2.5', ...clip({ seconds: 40 }) },
    says: [/reference video/, /40 s/, /30 s/],
  },
  {
    name: 'a reference video of one second',
    options: { prompt: PROMPT, model: '2.0', ...clip({ seconds: 1 }) },
    says: [/reference video/, /lasts 1 s/, /2 to/],
  },
  {
    name: 'a reference video with small dimensions',
    options: { prompt: PROMPT, model: '2.0', ...clip({ width: 320, height: 240 }) },
    says: [/reference video/, /320/],
  },
  {
    name: 'a reference video with a low frame rate',
    options: { prompt: PROMPT, model: '2.0', ...clip({ framesPerSecond: 12 }) },
    says: [/reference video/, /12/, /24/],
  },
  {
    name: 'a reference video that lasts 3 s in one table and 15 s in another',
    options: { prompt: PROMPT, model: '2.0', reference_video: file('waves.mp4', TWO_LENGTHS) },
    says: [/length of the reference video is unclear/, /Re-export the clip as an ordinary MP4/],
  },
  {
    name: 'a picture as a reference video',
    options: { prompt: PROMPT, model: '2.0', reference_video: file('waves.mp4', pngImage()) },
    says: [/reference video/, /MP4/],
  },
  {
    name: 'a text as a reference video',
    options: { prompt: PROMPT, model: '2.0', reference_video: file('waves.mov', textFile()) },
    says: [/reference video/, /MP4/],
  },
  {
    name: 'a video as a reference picture',
    options: { prompt: PROMPT, model: '2.0', reference_1: file('boat.png', mp4File()) },
    says: [/reference image/, /not a picture/],
  },
  {
    name: 'a reference sound of 16 s on 2.0',
    options: { prompt: PROMPT, model: '2.0', reference_1: boat, ...sound(16) },
    says: [/lasts 16 s/, '2.0 takes 2–15 s', 'or use 2.5'],
  },
  {
    name: 'a reference sound over 15 MB',
    options: {
      prompt: PROMPT,
      model: '2.5',
      reference_1: boat,
      reference_audio: file('gulls.wav', wavFile({ seconds: 170, sampleRate: 48_000 })),
    },
    says: [/reference sound/, '15 MB'],
  },
  {
    name: 'a text as a reference sound',
    options: {
      prompt: PROMPT,
      model: '2.5',
      reference_1: boat,
      reference_audio: file('gulls.mp3', textFile()),
    },
    says: [/reference sound/, /WAV|MP3/],
  },
];

export const BAD_MODES: Readonly<Record<string, readonly Row[]>> = {
  'modes mixed': MIXED,
  'what a model does not do': WITHOUT_THE_MODE,
  'reference clips': CLIPS,
};
