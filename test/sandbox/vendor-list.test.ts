import { describe, expect, test } from 'vitest';

import {
  BEFORE_RETIREMENTS,
  PRO,
  PRO_1_5,
  TASKS,
  errorOf,
  text,
  vendorClient,
} from './vendor-fixture.ts';

/** A vendor whose clock advances a second with each call, so that the list may be called at once. */
async function patientClient() {
  let nowMs = BEFORE_RETIREMENTS();
  return vendorClient({
    renderMs: 1e9,
    concurrency: 2,
    now: () => {
      nowMs += 1_000;
      return nowMs;
    },
  });
}

describe('the task list', () => {
  test('the list returns the newest first, page by page, with the total', async () => {
    await using client = await patientClient();
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      ids.unshift(await client.newTask({ model: PRO, content: [text()] }));
    }

    const first = await client.list('page_size=2');
    const second = await client.list('page_size=2&page_num=2');

    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(second.items.map(({ id }) => id)).toEqual(ids.slice(2));
    expect([first.total, second.total]).toEqual([3, 3]);
  });

  test('the list filters by repeated ids, status and model', async () => {
    await using client = await patientClient();
    const [one, two, three] = [
      await client.newTask({ model: PRO, content: [text()] }),
      await client.newTask({ model: PRO_1_5, content: [text()] }),
      await client.newTask({ model: PRO, content: [text()] }),
    ];
    const chosen = async (query: string) =>
      (await client.list(query)).items.map(({ id }) => id).toSorted();

    expect(await chosen(`filter.task_ids=${one}&filter.task_ids=${two}`)).toEqual(
      [one, two].toSorted(),
    );
    expect(await chosen(`filter.task_ids=${one},${two}`)).toEqual([]);
    expect(await chosen('filter.status=queued')).toEqual([three]);
    expect(await chosen(`filter.model=${PRO_1_5}`)).toEqual([two]);
  });

  test('the list shows flex tasks only when they are requested', async () => {
    await using client = await patientClient();
    const flex = await client.newTask({ model: PRO, content: [text()], service_tier: 'flex' });

    expect(flex).toMatch(/^cgt-batch-/u);
    expect((await client.list()).items).toEqual([]);
    expect((await client.list('filter.service_tier=flex')).items).toMatchObject([
      { id: flex, service_tier: 'flex' },
    ]);
  });

  test.each([
    'page_num=0',
    'page_num=501',
    'page_size=0',
    'page_size=501',
    'page_size=ten',
    'filter.status=done',
    'filter.service_tier=fast',
  ])('the list refuses %s', async (query) => {
    await using client = await vendorClient();

    const reply = await client.call('GET', `${TASKS}?${query}`);

    expect(reply.status).toBe(400);
    expect(errorOf(reply)).toMatchObject({ param: query.split('=')[0], code: 'InvalidParameter' });
  });

  test('the list accepts 150 ids in one request', async () => {
    await using client = await patientClient();
    const id = await client.newTask({ model: PRO, content: [text()] });
    const others = Array.from({ length: 149 }, (_, index) => `cgt-20251222220032-${index}`);

    const query = [id, ...others].map((each) => `filter.task_ids=${each}`).join('&');

    expect((await client.list(query)).total).toBe(1);
  });
});

describe('rate limits', () => {
  test('the list may be called once a second', async () => {
    let nowMs = BEFORE_RETIREMENTS();
    await using client = await vendorClient({ now: () => nowMs });
    const ask = async () => client.call('GET', TASKS);

    expect((await ask()).status).toBe(200);
    const refused = await ask();
    nowMs += 1_000;

    expect(refused.status).toBe(429);
    expect(errorOf(refused)).toMatchObject({ type: 'TooManyRequests' });
    expect(refused.headers.get('retry-after')).toBeNull();
    expect((await ask()).status).toBe(200);
  });

  test.each(['GET', 'DELETE'])('%s of a task may be called 20 times a second', async (method) => {
    const nowMs = BEFORE_RETIREMENTS();
    await using client = await vendorClient({ now: () => nowMs, renderMs: 1e9 });
    const id = await client.newTask({ model: PRO, content: [text()] });
    const statuses = new Set<number>();
    for (let count = 0; count < 20; count += 1) {
      statuses.add((await client.call(method, `${TASKS}/${id}`)).status);
    }

    expect(statuses).toEqual(new Set([method === 'GET' ? 200 : 409]));
    expect((await client.call(method, `${TASKS}/${id}`)).status).toBe(429);
  });

  test('a model accepts 600 create calls a minute by default', async () => {
    await using client = await vendorClient({ concurrency: 1_000, now: BEFORE_RETIREMENTS });
    const create = async () => (await client.create({ model: PRO, content: [text()] })).status;

    const statuses = await Promise.all(Array.from({ length: 600 }, create));

    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await create()).toBe(429);
  });

  test('create calls are counted by minute and by model', async () => {
    let nowMs = BEFORE_RETIREMENTS();
    await using client = await vendorClient({ now: () => nowMs, createsPerMinute: 2 });
    const create = (model: string) => client.create({ model, content: [text()] });
    await create(PRO);
    await create(PRO);

    expect(errorOf(await create(PRO)).code).toBe('ModelAccountRpmRateLimitExceeded');
    expect((await create(PRO_1_5)).status).toBe(200);
    nowMs += 60_000;
    expect((await create(PRO)).status).toBe(200);
  });
});
