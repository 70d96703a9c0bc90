import { describe, expect, test } from 'vitest';

import {
  PRO_1_5,
  PRO_2_5,
  errorOf,
  image,
  png,
  text,
  vendorClient,
  type Client,
} from './vendor-fixture.ts';

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
  test('a final takes everything from its draft except what it may still choose', async () => {
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
  ])('a final refuses %j', async (fields, param) => {
    await using client = await vendorClient();
    const draft = await newDraft(client);

    const reply = await client.create({ ...finalOf(draft), ...fields });

    expect(reply.status).toBe(400);
    expect(errorOf(reply).param).toContain(param);
  });

  test('a final needs a succeeded draft of the same model', async () => {
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

describe('the final of a draft of 2.5', () => {
  const draft2 = {
    model: PRO_2_5,
    content: [text()],
    draft: true,
    resolution: '480p',
    duration: 5,
  };
  const own = { ratio: '16:9', duration: 5, seed: 7, generate_audio: true };

  async function draftOf(client: Client): Promise<string> {
    const id = await client.newTask({ ...draft2, ...own });
    await client.finished(id);
    return id;
  }

  test('a final of 2.5 is 1080p whether or not it says so, and costs the same as any 1080p video', async () => {
    await using client = await vendorClient();
    const draft = await draftOf(client);
    const final = { ...finalOf(draft), model: PRO_2_5 };

    const said = await client.newTask({ ...final, resolution: '1080p' });
    const unsaid = await client.newTask(final);

    const plain = await client.newTask({ ...draft2, ...own, draft: false, resolution: '1080p' });
    const { usage } = await client.finished(plain);
    for (const id of [said, unsaid]) {
      expect(await client.finished(id)).toMatchObject({
        draft_task_id: draft,
        resolution: '1080p',
        usage,
      });
    }
  });

  test('a draft of 480p is billed like any video of that size', async () => {
    await using client = await vendorClient();
    const draft = await draftOf(client);

    const plain = await client.newTask({ ...draft2, ...own, draft: false });
    const { usage } = await client.finished(plain);
    expect(await client.finished(draft)).toMatchObject({ usage });
  });

  test('a final of 2.5 sets its own metadata and takes none from the draft', async () => {
    await using client = await vendorClient();
    const id = await client.newTask({ ...draft2, output_format: 'mov', watermark: true });
    await client.finished(id);
    const settable = {
      draft: false,
      return_last_frame: true,
      execution_expires_after: 170_000,
      safety_identifier: 'member',
      priority: 1,
      service_tier: 'default',
    };

    const final = await client.newTask({ ...finalOf(id), model: PRO_2_5, ...settable });

    expect(await client.finished(final)).toMatchObject({
      output_format: 'mp4',
      execution_expires_after: 170_000,
      safety_identifier: 'member',
      content: { last_frame_url: expect.any(String) },
    });
    expect(client.vendor.tasks[1]?.options.hasWatermark).toBe(false);
  });

  test.each([
    [{ resolution: '720p' }, 'resolution'],
    [{ resolution: '480p' }, 'resolution'],
    [{ ratio: '16:9' }, 'ratio'],
    [{ duration: 5 }, 'duration'],
    [{ seed: 7 }, 'seed'],
    [{ generate_audio: true }, 'generate_audio'],
    [{ omni_reference_task_type: 'auto' }, 'omni_reference_task_type'],
    [{ draft: true }, 'draft'],
    [{ service_tier: 'flex' }, 'service_tier'],
  ])('a final of 2.5 refuses %j, although the draft had it', async (fields, param) => {
    await using client = await vendorClient();
    const draft = await draftOf(client);

    const reply = await client.create({ ...finalOf(draft), model: PRO_2_5, ...fields });

    expect(reply.status).toBe(400);
    expect(errorOf(reply).param).toContain(param);
    expect(client.vendor.tasks).toHaveLength(1);
  });

  test.each([[text()], [image(png(), 'first_frame')]])(
    'a final of 2.5 refuses %j',
    async (item) => {
      await using client = await vendorClient();
      const final = { ...finalOf(await draftOf(client)), model: PRO_2_5 };

      const reply = await client.create({ ...final, content: [...final.content, item] });

      expect(reply.status).toBe(400);
    },
  );

  test('a final is refused while the draft runs, and 7 days after its creation', async () => {
    let nowMs = Date.now();
    await using client = await vendorClient({ renderMs: 60_000, now: () => nowMs });
    const draft = await client.newTask(draft2);
    const final = { ...finalOf(draft), model: PRO_2_5 };

    expect((await client.create(final)).status).toBe(400);
    client.vendor.setRenderMs(0);
    await client.finished(draft);
    nowMs += 7 * 24 * 3_600_000;
    expect((await client.create(final)).status).toBe(404);
    expect(client.vendor.tasks).toHaveLength(1);
  });

  test.each([{ resolution: '720p' }, { resolution: '1080p' }, { return_last_frame: true }])(
    'a draft with %j is refused',
    async (fields) => {
      await using client = await vendorClient();

      expect((await client.create({ ...draft2, ...fields })).status).toBe(400);
    },
  );
});

describe('references of 1.0 lite', () => {
  const model = 'doubao-seedance-1-0-lite-i2v-250428';
  const reference = image(png(), 'reference_image');
  const four = [text(), reference, reference, reference, reference];

  test('1.0 lite accepts up to four references, which give a ratio of 16:9', async () => {
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
  ])('1.0 lite refuses references with %j', async (fields) => {
    await using client = await vendorClient({ idPrefix: 'doubao-' });

    expect((await client.create({ model, ...fields })).status).toBe(400);
  });

  test('1.0 lite with references is unknown internationally', async () => {
    await using client = await vendorClient();
    const id = 'seedance-1-0-lite-i2v-250428';

    expect((await client.create({ model: id, content: four })).status).toBe(404);
  });
});
