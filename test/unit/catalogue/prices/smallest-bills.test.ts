/** A vendor’s usage is accepted when it is plausible, down to one token and one frame. */
import { expect, test } from 'vitest';

import { billedCredits, mostCredits } from '#src/catalogue/prices/cost.ts';
import type { Price } from '#src/catalogue/prices/price.ts';

import { aRequest } from '../../../fakes/job.ts';

/** A cent per token, so that every token shows. */
const price: Price = {
  unit: 'perMillionTokens',
  withAudioMicroDollars: 10_000 * 1_000_000,
  silentMicroDollars: 10_000 * 1_000_000,
};
const asked = mostCredits(aRequest(), price);
const FRAME_TOKENS = (1248 * 704) / 1024;

test.each([
  ['one token', { tokens: 1 }, 1],
  ['two tokens', { tokens: 2 }, 2],
  ['no tokens, which no finished video has', { tokens: 0 }, asked],
  ['a negative count', { tokens: -1 }, asked],
  ['half a token', { tokens: 0.5 }, asked],
  ['no seconds', { seconds: 0 }, asked],
  ['infinite seconds', { seconds: Number.POSITIVE_INFINITY }, asked],
  ['no frames', { frames: 0 }, asked],
  ['one frame', { frames: 1 }, FRAME_TOKENS],
  ['two frames and a number of seconds', { frames: 2, seconds: 5 }, 2 * FRAME_TOKENS],
])('the bill ignores implausible usage: %s', (_what, actual, credits) => {
  expect(billedCredits(aRequest(), price, actual)).toBe(credits);
});
