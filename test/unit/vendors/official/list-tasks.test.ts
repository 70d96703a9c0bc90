import { describe, expect, test } from 'vitest';

import { VendorError } from '#src/errors.ts';
import { type TaskPage, listTasksCreatedBetween } from '#src/vendors/official/list-tasks.ts';
import type { ListedTask } from '#src/vendors/vendor.ts';

const SECOND = 1_000;

function task(createdAtMs: number): ListedTask {
  return {
    handle: { taskId: `cgt-${createdAtMs}` },
    wireModel: 'seedance',
    createdAtMs,
    status: { status: 'queued' },
  };
}

function page(times: readonly number[], total?: number): TaskPage {
  return { tasks: times.map((time) => task(time)), size: times.length, total };
}

async function search(pages: ReadonlyArray<TaskPage | VendorError>) {
  const asked: number[] = [];
  const sleptMs: number[] = [];
  const left = [...pages];
  const found = await listTasksCreatedBetween({
    window: { fromMs: 100, toMs: 200 },
    fetchPage: async (pageNumber) => {
      asked.push(pageNumber);
      const next = left.shift() ?? page([]);
      if (next instanceof VendorError) throw next;
      return Promise.resolve(next);
    },
    pageSize: 3,
    everyMs: SECOND,
    clock: { now: () => 0, sleep: async (ms) => Promise.resolve(void sleptMs.push(ms)) },
  });
  return { times: found.map(({ createdAtMs }) => createdAtMs), asked, sleptMs };
}

function tooFast(retryAfterMs?: number): VendorError {
  return new VendorError({
    vendor: 'ark',
    operation: 'list',
    kind: 'rate-limited',
    isDefinite: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

describe('the search for recent tasks', () => {
  test('the search returns the tasks of its time window, including both ends', async () => {
    const { times, asked } = await search([page([201, 200, 150])]);

    expect(times).toEqual([200, 150]);
    expect(asked).toEqual([1, 2]);
  });

  test('the search continues, with a second between pages, until a page is older than the window', async () => {
    const { times, asked, sleptMs } = await search([
      page([250, 240, 230]),
      page([220, 150, 140]),
      page([99, 98, 97]),
      page([96, 95, 94]),
    ]);

    expect(times).toEqual([150, 140]);
    expect(asked).toEqual([1, 2, 3]);
    expect(sleptMs).toEqual([SECOND, SECOND]);
  });

  test('one old page is not trusted when the vendor lists the oldest first', async () => {
    const { times } = await search([page([50, 60, 70]), page([80, 150])]);

    expect(times).toEqual([150]);
  });

  test('a task pushed onto the next page counts once', async () => {
    const { times } = await search([page([180, 170, 160]), page([160, 150])]);

    expect(times).toEqual([180, 170, 160, 150]);
  });

  test('the total is trusted rather than the size of a page', async () => {
    const { times, asked } = await search([page([180, 170], 3), page([160], 3), page([150], 3)]);

    expect(times).toEqual([180, 170, 160]);
    expect(asked).toEqual([1, 2]);
  });

  test('the search has a last page, however long the list', async () => {
    const endless = Array.from({ length: 50 }, () => page([300, 300, 300]));

    expect((await search(endless)).asked).toHaveLength(20);
  });

  test('the search waits as long as the vendor asks when the list was called too often', async () => {
    const { times, sleptMs } = await search([tooFast(), tooFast(2_500), page([150])]);

    expect(times).toEqual([150]);
    expect(sleptMs).toEqual([SECOND, 2_500]);
  });

  test('the search waits the pause between two pages when the vendor asks for no wait', async () => {
    expect((await search([tooFast(0), page([150])])).sleptMs).toEqual([SECOND]);
  });

  test('the search fails after repeated rate limits', async () => {
    const four = [tooFast(), tooFast(), tooFast(), tooFast()];

    await expect(search(four)).rejects.toMatchObject({ kind: 'rate-limited' });
  });
});
