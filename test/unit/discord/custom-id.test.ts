import { describe, expect, test } from 'vitest';

import { customId, parseCustomId } from '#src/discord/custom-id.ts';
import { createIdMaker } from '#src/ids.ts';

describe('the custom id of a button or form', () => {
  test('a custom id carries its owner, action and subject, and nothing else', () => {
    const key = createIdMaker().next();
    const id = customId({ owner: 'animate-image', action: 'make', key });

    expect(parseCustomId(id)).toEqual({ owner: 'animate-image', action: 'make', key });
    expect(id.length).toBeLessThanOrEqual(100);
  });

  test.each(['a:b', 'Job', ''])(
    'a custom id cannot be built with an owner that could not be parsed back (%j)',
    (owner) => {
      expect(() => customId({ owner, action: 'make', key: 'x' })).toThrow(/pattern|match/i);
    },
  );

  test.each([
    '',
    'job',
    'job:cancel',
    'job:cancel:',
    'job:cancel:abc:more',
    'JOB:cancel:abc',
    'job:cancel:../../etc',
    `job:cancel:${'a'.repeat(41)}`,
  ])('a custom id from elsewhere (%j) parses to nothing', (id) => {
    expect(parseCustomId(id)).toBeUndefined();
  });
});
