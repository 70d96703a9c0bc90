import { expect, test } from 'vitest';

import type { RateLimiter } from '#src/jobs/polling/rate-limiter.ts';
import { createTaskSearch } from '#src/jobs/submission/task-search.ts';
import type { TaskWindow, Vendor } from '#src/vendors/vendor.ts';

const AT_ONCE: RateLimiter = { acquire: async () => {}, answered: () => {} };
const { signal } = new AbortController();

/** A vendor whose list call waits for `answers`, and which records its calls. */
function listing(answer: () => Promise<void> = async () => {}) {
  const asked: TaskWindow[] = [];
  const vendor: Vendor = {
    name: 'byteplus',
    cadence: { byListMs: 3_000, byIdMs: 5_000, byIdLaterMs: 10_000 },
    wireModel: () => undefined,
    start: () => Promise.reject(new Error('Nothing is submitted here')),
    check: () => Promise.reject(new Error('Nothing is checked here')),
    async findCreatedBetween(window) {
      asked.push(window);
      await answer();
      return [];
    },
  };
  return { vendor, asked, look: createTaskSearch(() => AT_ONCE) };
}

test('concurrent searches share one walk that is wide enough for all', async () => {
  const { vendor, asked, look } = listing();
  const windows = [
    { fromMs: 20, toMs: 30 },
    { fromMs: 10, toMs: 15 },
    { fromMs: 25, toMs: 40 },
  ];

  await Promise.all(windows.map(async (window) => look(vendor, window, signal)));

  expect(asked).toEqual([{ fromMs: 10, toMs: 40 }]);
});

test('a search that arrives during a walk waits for its end and gets the next one', async () => {
  const first = Promise.withResolvers<void>();
  const answers = [first.promise, Promise.resolve()];
  const { vendor, asked, look } = listing(async () => answers.shift());
  const early = look(vendor, { fromMs: 1, toMs: 2 }, signal);
  while (asked.length === 0) await Promise.resolve();

  const late = [
    look(vendor, { fromMs: 1, toMs: 2 }, signal),
    look(vendor, { fromMs: 1, toMs: 9 }, signal),
  ];
  await new Promise(setImmediate);
  expect(asked).toHaveLength(1);
  first.resolve();
  await Promise.all([early, ...late]);

  expect(asked).toEqual([
    { fromMs: 1, toMs: 2 },
    { fromMs: 1, toMs: 9 },
  ]);
});

test('a failed walk fails every search that shared it, and the next walk still runs', async () => {
  const answers = [Promise.reject(new Error('away')), Promise.resolve()];
  answers[0]?.catch(() => {});
  const { vendor, asked, look } = listing(async () => answers.shift());
  const window = { fromMs: 1, toMs: 2 };

  const both = [look(vendor, window, signal), look(vendor, window, signal)];
  await expect(Promise.allSettled(both)).resolves.toMatchObject([
    { status: 'rejected' },
    { status: 'rejected' },
  ]);

  expect(await look(vendor, window, signal)).toEqual([]);
  expect(asked).toHaveLength(2);
});

test('each tier has its own list', async () => {
  const { vendor, asked, look } = listing();
  const window = { fromMs: 1, toMs: 2 };

  await Promise.all([
    look(vendor, window, signal),
    look(vendor, { ...window, tier: 'flex' }, signal),
  ]);

  expect(asked).toEqual([window, { ...window, tier: 'flex' }]);
});
