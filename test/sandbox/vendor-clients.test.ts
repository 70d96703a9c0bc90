import { createByteDance } from '@ai-sdk/bytedance';
import { describe, expect, test } from 'vitest';

import { plainPng } from '#sandbox/vendor/results/still.ts';

import { PRO, PRO_1_5, vendorClient, type Client } from './vendor-fixture.ts';

type VideoModel = ReturnType<ReturnType<typeof createByteDance>['video']>;
type CallOptions = Parameters<VideoModel['doGenerate']>[0];

function generate(client: Client, model: string, options: Partial<CallOptions>) {
  const provider = createByteDance({ baseURL: client.vendor.url, apiKey: client.vendor.key });
  return provider.video(model).doGenerate({
    prompt: 'a cat on a roof',
    n: 1,
    aspectRatio: undefined,
    resolution: undefined,
    duration: undefined,
    fps: undefined,
    seed: undefined,
    image: undefined,
    frameImages: undefined,
    inputReferences: undefined,
    generateAudio: undefined,
    ...options,
    providerOptions: {
      bytedance: { pollIntervalMs: 60, ...options.providerOptions?.['bytedance'] },
    },
  });
}

async function download(result: Awaited<ReturnType<VideoModel['doGenerate']>>): Promise<Buffer> {
  const [video] = result.videos;
  if (video?.type !== 'url') throw new Error('No URL');
  return Buffer.from(await (await fetch(video.url)).arrayBuffer());
}

describe('the independent client @ai-sdk/bytedance', () => {
  test('the independent client makes a video from a text', async () => {
    await using client = await vendorClient();

    const result = await generate(client, PRO, {
      aspectRatio: '16:9',
      resolution: '864x480',
      duration: 2,
      seed: 17_918,
    });

    expect((await download(result)).subarray(4, 8).toString()).toBe('ftyp');
    expect(result.warnings).toEqual([]);
    expect(result.providerMetadata?.['bytedance']?.['usage']).toEqual({
      completion_tokens: 19_845,
    });
    expect(client.vendor.tasks).toMatchObject([{ status: 'succeeded', downloads: 1 }]);
  });

  test('the independent client makes a video from a picture', async () => {
    await using client = await vendorClient();

    const picture = { type: 'file', mediaType: 'image/png', data: plainPng(900, 1200) } as const;
    const result = await generate(client, PRO_1_5, { image: picture });

    expect((await download(result)).length).toBeGreaterThan(20_000);
    expect(client.vendor.tasks).toMatchObject([{ options: { mode: 'i2v', ratio: '3:4' } }]);
  });

  test('the independent client reports a refusal and a failed task', async () => {
    await using client = await vendorClient();
    const tooLong = generate(client, PRO, { duration: 13 });
    await expect(tooLong).rejects.toThrow(/must be less than or equal to 12/u);
    client.vendor.inject({ on: 'create', kind: 'fail-task', code: 'InternalServiceError' });

    await expect(generate(client, PRO, {})).rejects.toThrow(/"status":"failed"/u);
  });
});
