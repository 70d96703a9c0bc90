import { describe, expect, test } from 'vitest';

import { PRO_1_5, errorOf, image, png, text, vendorClient } from './vendor-fixture.ts';
import type { Client } from './vendor-fixture.ts';

const DRAFT = { model: PRO_1_5, content: [text()], draft: true, ratio: '1:1', seed: 7 };

function finalOf(id: string, fields: Record<string, unknown> = {}) {
  return { model: PRO_1_5, content: [{ type: 'draft_task', draft_task: { id } }], ...fields };
}

async function newDraft(client: Client): Promise<string> {
  const id = await client.newTask(DRAFT);
  await client.finished(id);
  return id;
}

describe('the final of a draft', () => {
  test('takes everything from it but what a final may still decide', async () => {
    await using client = await vendorClient();
    const draft = await newDraft(client);

    const id = await client.newTask(
      finalOf(draft, { resolution: '1080p', watermark: true, return_last_frame: true }),
    );

    expect(await client.finished(id)).toMatchObject({
      content: { last_frame_url: expect.any(String) },
      draft: false,
      draft_task_id: draft,
      resolution: '1080p',
      ratio: '1:1',
      seed: 7,
      duration: 5,
      generate_audio: true,
      usage: { completion_tokens: Math.floor((1440 * 1440 * 121) / 1024) },
    });
  });

  test.each([
    [{ seed: 8 }, 'seed'],
    [{ ratio: '16:9' }, 'ratio'],
    [{ draft: false }, 'draft'],
    [{ resolution: '4k' }, 'resolution'],
    [{ content: [{ type: 'draft_task', draft_task: { id: 'cgt-1' } }, text()] }, 'content'],
  ])('refuses %j', async (fields, param) => {
    await using client = await vendorClient();
    const draft = await newDraft(client);

    const reply = await client.create({ ...finalOf(draft), ...fields });

    expect(reply.status).toBe(400);
    expect(errorOf(reply).param).toContain(param);
  });

  test('needs a draft that has succeeded, of the same model', async () => {
    await using client = await vendorClient({ renderMs: 60_000 });
    const running = await client.newTask(DRAFT);

    expect((await client.create(finalOf(running))).status).toBe(400);
    expect((await client.create(finalOf('cgt-1'))).status).toBe(404);
    client.vendor.setRenderMs(0);
    const other = { ...finalOf(running), model: 'seedance-1-0-pro-250528' };
    expect((await client.create(other)).status).toBe(400);
    const ordinary = await client.newTask({ ...DRAFT, draft: false });
    expect((await client.create(finalOf(ordinary))).status).toBe(400);
  });
});

describe('references of 1.0 lite', () => {
  const model = 'doubao-seedance-1-0-lite-i2v-250428';
  const reference = image(png(), 'reference_image');
  const four = [text(), reference, reference, reference, reference];

  test('are up to four, and come out in 16:9', async () => {
    await using client = await vendorClient({ idPrefix: 'doubao-' });

    const id = await client.newTask({ model, content: four });

    expect(await client.finished(id)).toMatchObject({ resolution: '720p', ratio: '16:9' });
  });

  test.each([
    { content: [...four, reference] },
    { content: four, resolution: '1080p' },
    { content: four, ratio: 'adaptive' },
    { content: four, camera_fixed: false },
    { content: [text()] },
  ])('are not made with %j', async (fields) => {
    await using client = await vendorClient({ idPrefix: 'doubao-' });

    expect((await client.create({ model, ...fields })).status).toBe(400);
  });

  test('are not known internationally', async () => {
    await using client = await vendorClient();
    const id = 'seedance-1-0-lite-i2v-250428';

    expect((await client.create({ model: id, content: four })).status).toBe(404);
  });
});
