import { expect, test } from 'vitest';

import { encodingsAtOnce } from '#src/media/ffmpeg/fit-video.ts';

test.each([
  [1, 1],
  [2, 1],
  [7, 1],
  [8, 2],
  [64, 4],
])('%i processors encode %i videos at once', (processors, videos) => {
  expect(encodingsAtOnce(processors)).toBe(videos);
});
