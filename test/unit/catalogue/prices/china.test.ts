/** The two prices of a model with sound, in yuan on Volcengine: silence costs half. */
import { expect, test } from 'vitest';

import { offersOf } from '#src/catalogue/prices/prices.ts';

test('1.5 pro costs 16 yuan per million tokens with audio, and 8 without', () => {
  const price = offersOf('volcengine')['1.5-pro']?.price;

  expect(price?.unit).toBe('perMillionTokens');
  const { withAudioMicroDollars = 0, silentMicroDollars = 0 } = price ?? {};
  expect(withAudioMicroDollars).toBeGreaterThan(0);
  expect(withAudioMicroDollars / silentMicroDollars).toBeCloseTo(2, 4);
});
