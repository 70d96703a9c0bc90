/** Manual control of the vendor. */
import { expect, test } from 'vitest';

import { errorOf, PRO, text, vendorClient } from './vendor-fixture.ts';

const BODY = { model: PRO, content: [text()] };

test('a retired model is refused with 404 until it is brought back', async () => {
  await using client = await vendorClient();
  client.vendor.setRetired(PRO, true);
  const refused = await client.create(BODY);
  const served = client.vendor.models;
  client.vendor.setRetired(PRO, false);

  expect(errorOf(refused).code).toBe('InvalidEndpointOrModel.NotFound');
  expect(served).not.toContain(PRO);
  expect(client.vendor.models).toContain(PRO);
  expect(await client.create(BODY)).toMatchObject({ status: 200 });
});

test('a task can be ended by hand, with success or failure', async () => {
  await using client = await vendorClient({ renderMs: Infinity });
  const well = await client.newTask(BODY);
  const badly = await client.newTask(BODY);

  client.vendor.endTask(well, 'succeed');
  client.vendor.endTask(badly, { code: 'InternalServiceError', message: 'It failed.' });

  expect(await client.retrieve(well)).toMatchObject({ status: 'succeeded' });
  expect(await client.retrieve(badly)).toMatchObject({
    status: 'failed',
    error: { code: 'InternalServiceError' },
  });
  expect(() => client.vendor.endTask('cgt-none', 'succeed')).toThrow('No task cgt-none');
});

test('the vendor states whether it renders videos', async () => {
  await using client = await vendorClient({ video: 'stored' });

  expect(await client.vendor.rendersVideos()).toBe(false);
});
