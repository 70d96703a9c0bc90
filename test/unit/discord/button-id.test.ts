import { describe, expect, test } from 'vitest';

import { buttonId, JOB_BUTTONS, parseButtonId } from '#src/discord/button-id.ts';
import { createIdMaker } from '#src/ids.ts';

describe('a button’s id', () => {
  test.each(JOB_BUTTONS)('%s says which job and which button, and nothing else', (button) => {
    const jobId = createIdMaker().next();
    const id = buttonId(button, jobId);

    expect(parseButtonId(id)).toEqual({ button, jobId });
    expect(id.length).toBeLessThanOrEqual(100);
  });

  test.each([
    '',
    'job',
    'job:cancel',
    'job:cancel:',
    'job:explode:abc',
    'other:cancel:abc',
    'job:cancel:abc:more',
    'job:cancel:ABC',
    'job:cancel:../../etc',
    `job:cancel:${'a'.repeat(41)}`,
  ])('that is not ours (%j) means nothing', (customId) => {
    expect(parseButtonId(customId)).toBeUndefined();
  });
});
