/** Requests that a vendor of the official dialect refuses, each with the text of its refusal. */
import { PRO, PRO_1_5, PRO_2_0, PRO_2_5, PRO_FAST, image, png, text } from './vendor-fixture.ts';

export const words = [text()];
export const first = image(png(), 'first_frame');
export const last = image(png(), 'last_frame');
const reference = image(png(), 'reference_image');

interface Row {
  readonly body: Record<string, unknown>;
  readonly says: string;
  readonly param?: string;
  readonly code?: string;
}

export const FIELDS: readonly Row[] = [
  {
    body: { model: PRO, content: words, draft: false },
    says: 'the specified parameter `draft` is not supported for model seedance-1-0-pro in t2v, must be empty',
  },
  {
    body: { model: PRO_1_5, content: [...words, first], frames: 57 },
    says: 'the specified parameter `frames` is not supported for model seedance-1-5-pro in i2v, must be empty',
  },
  {
    body: { model: PRO_2_0, content: [...words, first, last], camera_fixed: true },
    says: '`camera_fixed` is not supported for model dreamina-seedance-2-0 in flf2v',
  },
  { body: { model: PRO_2_0, content: words, service_tier: 'default' }, says: '`service_tier`' },
  { body: { model: PRO_1_5, content: words, priority: 1 }, says: '`priority`' },
  { body: { model: PRO, content: words, tools: [{ type: 'web_search' }] }, says: '`tools`' },
  { body: { model: PRO, content: words, output_format: 'mov' }, says: '`output_format`' },
  {
    body: { model: PRO, content: words, duration: 13 },
    says: 'the parameter duration specified in the request must be less than or equal to 12 for model seedance-1-0-pro in t2v',
    param: 'duration',
  },
  {
    body: { model: PRO_1_5, content: words, duration: 3 },
    says: 'must be greater than or equal to 4',
    param: 'duration',
  },
  { body: { model: PRO, content: words, duration: -1 }, says: 'greater than or equal to 2' },
  { body: { model: PRO, content: words, duration: 2.5 }, says: '`duration`', param: 'duration' },
  { body: { model: PRO, content: words, duration: '5' }, says: '`duration`', param: 'duration' },
  { body: { model: PRO, content: words, frames: 28 }, says: 'greater than or equal to 29' },
  { body: { model: PRO, content: words, frames: 293 }, says: 'less than or equal to 289' },
  { body: { model: PRO, content: words, frames: 58 }, says: '25 + 4n', param: 'frames' },
  { body: { model: PRO, content: words, resolution: '4k' }, says: 'parameter resolution' },
  { body: { model: PRO, content: words, ratio: '9:21' }, says: 'parameter ratio' },
  { body: { model: PRO, content: words, ratio: 'adaptive' }, says: 'parameter ratio' },
  { body: { model: PRO_2_5, content: [...words, first], ratio: '16:9' }, says: 'parameter ratio' },
  { body: { model: PRO, content: words, seed: -2 }, says: 'parameter seed' },
  { body: { model: PRO, content: words, seed: 2_147_483_648 }, says: 'parameter seed' },
  {
    body: { model: PRO, content: words, execution_expires_after: 3_599 },
    says: 'greater than or equal to 3600',
  },
  {
    body: { model: PRO_2_0, content: words, execution_expires_after: 259_201 },
    says: 'less than or equal to 259200',
  },
  {
    body: { model: PRO, content: words, safety_identifier: 'a'.repeat(65) },
    says: '`safety_identifier`',
  },
  { body: { model: PRO, content: words, watermark: 'no' }, says: '`watermark`' },
  {
    body: { model: PRO_1_5, content: words, draft: true, resolution: '720p' },
    says: 'must be 480p when draft is true',
  },
  {
    body: { model: PRO_1_5, content: words, draft: true, return_last_frame: true },
    says: 'return_last_frame',
  },
];

export const CONTENT: readonly Row[] = [
  { body: { content: words }, says: 'model is missing', code: 'MissingParameter' },
  { body: { model: PRO }, says: 'content is missing', code: 'MissingParameter' },
  { body: { model: PRO, content: [] }, says: '`content`' },
  { body: { model: PRO, content: 'a cat' }, says: '`content`' },
  { body: { model: PRO, content: [text(' ')] }, says: 'content.text', code: 'MissingParameter' },
  { body: { model: PRO, content: ['a cat'] }, says: '`content[0]`' },
  { body: { model: PRO, content: [{ type: 'words', text: 'a' }] }, says: '`content[0].type`' },
  {
    body: { model: PRO, content: [...words, { type: 'image_url', image_url: png() }] },
    says: 'The parameter `content.image_url` specified in the request is not valid',
  },
  {
    body: { model: PRO, content: [...words, image(png()), image(png())] },
    says: 'role must be specified for image contents',
  },
  {
    body: { model: PRO, content: [...words, image(png(), 'middle_frame')] },
    says: 'invalid role specified for image content',
  },
  {
    body: { model: PRO, content: [...words, first, first] },
    says: 'expected at most one first frame image content but got 2 instead.',
  },
  {
    body: { model: PRO, content: [...words, last] },
    says: 'last frame image content cannot be mixed with first frame or reference image content',
  },
  {
    body: { model: PRO_2_0, content: [...words, first, reference] },
    says: 'first/last frame content cannot be mixed with reference media content.',
  },
  {
    body: { model: PRO, content: [...words, reference] },
    says: 'the specified task_type r2v does not support model seedance-1-0-pro',
  },
  {
    body: { model: PRO_FAST, content: [...words, first, last] },
    says: 'the specified task_type flf2v does not support model seedance-1-0-pro-fast',
  },
  {
    body: { model: PRO_2_0, content: [...words, { type: 'video_url', video_url: { url: 'a' } }] },
    says: 'reference media mode requires video role to be reference_video',
  },
  {
    body: {
      model: PRO_2_0,
      content: [{ type: 'audio_url', audio_url: { url: 'a' }, role: 'reference_audio' }],
    },
    says: 'reference_audio cannot be the only reference input',
  },
];

export const PICTURES: readonly (Omit<Row, 'body'> & { readonly url: string })[] = [
  { url: png(300, 400), says: '(300, 6000) px' },
  { url: png(6000, 3000), says: '(300, 6000) px' },
  { url: png(400, 1000), says: '(0.4, 2.5)' },
  { url: png(1000, 400), says: '(0.4, 2.5)' },
  { url: 'data:image/png;base64,', says: 'Empty base64', code: 'InvalidImageURL.EmptyURL' },
  {
    url: 'data:image/png;base64,***',
    says: 'Invalid base64',
    code: 'InvalidImageURL.InvalidFormat',
  },
  {
    url: png().replace('image/png', 'image/PNG'),
    says: 'Invalid base64',
    code: 'InvalidImageURL.InvalidFormat',
  },
  {
    url: `data:image/png;base64,${Buffer.from('not a picture').toString('base64')}`,
    says: 'invalid image format',
  },
  {
    url: `data:image/png;base64,${Buffer.alloc(30 * 1024 * 1024).toString('base64')}`,
    says: 'exceeds 30 MB',
  },
  { url: 'https://pictures.example/cat.png', says: 'resource download failed' },
  { url: 'http://127.0.0.1:1/cat.png', says: 'resource download failed' },
];
