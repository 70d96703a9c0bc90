/** The sandbox serves each model as long as ByteDance did, by its own clock. */
import { describe, expect, test } from 'vitest';

import { errorOf, PRO_1_5, text, vendorClient } from './vendor-fixture.ts';

const PRO_1_5_ENDS_MS = Date.parse('2026-11-11T00:00:00Z');
const LITE_ENDS_MS = Date.parse('2026-05-13T00:00:00Z');
const CHINA = { idPrefix: 'doubao-' };

const ROWS = [
  ['1.5 pro at BytePlus', {}, PRO_1_5, PRO_1_5_ENDS_MS],
  ['1.5 pro at Volcengine', CHINA, `doubao-${PRO_1_5}`, PRO_1_5_ENDS_MS],
  ['1.0 lite at Volcengine', CHINA, 'doubao-seedance-1-0-lite-t2v-250428', LITE_ENDS_MS],
] as const;

describe('a model that ByteDance retires', () => {
  test.each(ROWS)(
    '%s is refused with 404 from its last day on',
    async (_name, options, model, endMs) => {
      let nowMs = endMs - 1;
      await using client = await vendorClient({ ...options, now: () => nowMs });
      const before = await client.create({ model, content: [text()] });
      nowMs = endMs;
      const after = await client.create({ model, content: [text()] });

      expect(before.status).toBe(200);
      expect(after.status).toBe(404);
      expect(errorOf(after).code).toBe('InvalidEndpointOrModel.NotFound');
    },
  );

  test('a retired model makes no finals of its drafts', async () => {
    let nowMs = PRO_1_5_ENDS_MS - 60_000;
    await using client = await vendorClient({ now: () => nowMs });
    const id = await client.newTask({ model: PRO_1_5, content: [text()], draft: true });
    nowMs += 30_000;
    await client.finished(id);
    nowMs = PRO_1_5_ENDS_MS;
    const content = [{ type: 'draft_task', draft_task: { id } }];
    const final = await client.create({ model: PRO_1_5, content });

    expect(final.status).toBe(404);
  });

  test('a retired model can still be polled, so that its open tasks end', async () => {
    let nowMs = PRO_1_5_ENDS_MS - 60_000;
    await using client = await vendorClient({ now: () => nowMs });
    const id = await client.newTask({ model: PRO_1_5, content: [text()] });
    nowMs = PRO_1_5_ENDS_MS;

    expect((await client.finished(id)).content.video_url).toMatch(/^http/);
  });

  test('a retired model is still served by a reseller that lists it', async () => {
    await using client = await vendorClient({
      dialect: 'powertokens',
      now: () => PRO_1_5_ENDS_MS,
    });

    expect((await client.create({ model: PRO_1_5, content: [text()] })).status).toBe(200);
  });
});
