import { describe, expect, test } from 'vitest';

import { customId, parseCustomId } from '#src/discord/custom-id.ts';
import { createIdMaker } from '#src/ids.ts';

describe('the id of a button or a form', () => {
  test('says whose it is, what it does and to what, and nothing else', () => {
    const key = createIdMaker().next();
    const id = customId({ owner: 'animate-image', action: 'make', key });

    expect(parseCustomId(id)).toEqual({ owner: 'animate-image', action: 'make', key });
    expect(id.length).toBeLessThanOrEqual(100);
  });

  test.each(['a:b', 'Job', ''])(
    'cannot be made with an owner that could not be read back (%j)',
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
  ])('that is not ours (%j) means nothing', (id) => {
    expect(parseCustomId(id)).toBeUndefined();
  });
});
