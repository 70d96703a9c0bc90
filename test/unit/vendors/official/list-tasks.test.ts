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
  test('gives those of the window, its ends included', async () => {
    const { times, asked } = await search([page([201, 200, 150])]);

    expect(times).toEqual([200, 150]);
    expect(asked).toEqual([1, 2]);
  });

  test('goes on, a second later each time, until a page is older than the window', async () => {
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

  test('does not trust one old page when the vendor lists the oldest first', async () => {
    const { times } = await search([page([50, 60, 70]), page([80, 150])]);

    expect(times).toEqual([150]);
  });

  test('counts a task once that was pushed onto the next page', async () => {
    const { times } = await search([page([180, 170, 160]), page([160, 150])]);

    expect(times).toEqual([180, 170, 160, 150]);
  });

  test('believes the total rather than the size of a page', async () => {
    const { times, asked } = await search([page([180, 170], 3), page([160], 3), page([150], 3)]);

    expect(times).toEqual([180, 170, 160]);
    expect(asked).toEqual([1, 2]);
  });

  test('ends somewhere, however long the list', async () => {
    const endless = Array.from({ length: 50 }, () => page([300, 300, 300]));

    expect((await search(endless)).asked).toHaveLength(20);
  });

  test('waits when the list was asked too often, as long as the vendor says', async () => {
    const { times, sleptMs } = await search([tooFast(), tooFast(2_500), page([150])]);

    expect(times).toEqual([150]);
    expect(sleptMs).toEqual([SECOND, 2_500]);
  });

  test('waits as long as between two pages when the vendor says not to wait at all', async () => {
    expect((await search([tooFast(0), page([150])])).sleptMs).toEqual([SECOND]);
  });

  test('gives up when it is told so again and again', async () => {
    const four = [tooFast(), tooFast(), tooFast(), tooFast()];

    await expect(search(four)).rejects.toMatchObject({ kind: 'rate-limited' });
  });
});
