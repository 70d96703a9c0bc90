import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  pickExpiryTag,
  TAG_MAX_SECONDS,
  TAG_MIN_SECONDS,
} from '#src/jobs/submission/begin-submission.ts';

const TAGS = Array.from(
  { length: TAG_MAX_SECONDS - TAG_MIN_SECONDS + 1 },
  (_tag, at) => TAG_MIN_SECONDS + at,
);

test('the tags are the 3600 values that vendors echo near their default of 48 hours', () => {
  expect(TAGS).toHaveLength(3600);
  expect([TAGS[0], TAGS.at(-1)]).toEqual([169_201, 172_800]);
});

test('a tag is in range, and free while any tag is', () => {
  const inUse = fc.uniqueArray(fc.constantFrom(...TAGS), { maxLength: 50 });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(inUse, random, (used, number) => {
      const tag = pickExpiryTag(new Set(used), number);

      expect(TAGS).toContain(tag);
      expect(used).not.toContain(tag);
    }),
  );
});

test.each([0, 0.5, 0.999_999_999])('the last free tag is found from any start: %d', (random) => {
  const allButOne = new Set(TAGS.filter((tag) => tag !== 170_000));

  expect(pickExpiryTag(allButOne, random)).toBe(170_000);
});

test('a tag is still returned when open jobs outnumber the tags', () => {
  expect(TAGS).toContain(pickExpiryTag(new Set(TAGS), 0.999_999_999));
});
