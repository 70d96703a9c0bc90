import { expect, test } from 'vitest';

import { SECOND } from '#src/clock.ts';
import { cacheFor } from '#src/health/cache-for.ts';

import { createFakeClock } from '../../fakes/clock.ts';

/** A call that the test answers when it chooses. */
function question() {
  const asked: PromiseWithResolvers<number>[] = [];
  return {
    asked,
    ask: async (): Promise<number> => {
      const answer = Promise.withResolvers<number>();
      asked.push(answer);
      return answer.promise;
    },
  };
}

test('an answer is reused while it is fresh', async () => {
  const clock = createFakeClock();
  let count = 0;
  const look = cacheFor({ ask: async () => (count += 1), keepMs: SECOND, withinMs: SECOND, clock });

  expect(await look()).toBe(1);
  await clock.advance(SECOND - 1);
  expect(await look()).toBe(1);
  await clock.advance(1);
  expect(await look()).toBe(2);
});

test('concurrent callers share one call', async () => {
  const clock = createFakeClock();
  const { asked, ask } = question();
  const look = cacheFor({ ask, keepMs: 0, withinMs: SECOND, clock });

  const both = Promise.all([look(), look()]);
  asked[0]?.resolve(7);

  expect(await both).toEqual([7, 7]);
  expect(asked).toHaveLength(1);
  expect(clock.sleeping).toBe(0);
});

test('no caller waits longer than agreed, and a slow call is not repeated', async () => {
  const clock = createFakeClock();
  const { asked, ask } = question();
  const look = cacheFor({ ask, keepMs: SECOND, withinMs: SECOND, clock });

  const [first] = await Promise.allSettled([look(), clock.advance(SECOND)]);
  expect(String(first.status === 'rejected' && first.reason)).toContain('no answer within 1000 ms');
  const second = look();
  expect(asked).toHaveLength(1);

  asked[0]?.resolve(7);
  expect(await second).toBe(7);
});

test('a failure is reported and not cached', async () => {
  const clock = createFakeClock();
  const { asked, ask } = question();
  const look = cacheFor({ ask, keepMs: SECOND, withinMs: SECOND, clock });

  const failing = look();
  asked[0]?.reject(new Error('disk full'));
  await expect(failing).rejects.toThrow('disk full');

  const next = look();
  asked[1]?.resolve(7);
  expect(await next).toBe(7);
});
