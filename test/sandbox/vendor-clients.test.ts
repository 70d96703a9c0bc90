import { createByteDance } from '@ai-sdk/bytedance';
import { describe, expect, test } from 'vitest';

import { plainPng } from '#sandbox/vendor/results/still.ts';

import { PRO, PRO_1_5, PRO_2_0, errorOf, serveFile, vendorClient } from './vendor-fixture.ts';
import type { Client } from './vendor-fixture.ts';

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

async function downloaded(result: Awaited<ReturnType<VideoModel['doGenerate']>>): Promise<Buffer> {
  const [video] = result.videos;
  if (video?.type !== 'url') throw new Error('No URL');
  return Buffer.from(await (await fetch(video.url)).arrayBuffer());
}

describe('@ai-sdk/bytedance, a client that knows nothing of us', () => {
  test('makes a video from a text', async () => {
    await using client = await vendorClient();

    const result = await generate(client, PRO, {
      aspectRatio: '16:9',
      resolution: '864x480',
      duration: 2,
      seed: 17_918,
    });

    expect((await downloaded(result)).subarray(4, 8).toString()).toBe('ftyp');
    expect(result.warnings).toEqual([]);
    expect(result.providerMetadata?.['bytedance']?.['usage']).toEqual({
      completion_tokens: 19_845,
    });
    expect(client.vendor.tasks).toMatchObject([{ status: 'succeeded', downloads: 1 }]);
  });

  test('makes a video from a picture', async () => {
    await using client = await vendorClient();

    const picture = { type: 'file', mediaType: 'image/png', data: plainPng(900, 1200) } as const;
    const result = await generate(client, PRO_1_5, { image: picture });

    expect((await downloaded(result)).length).toBeGreaterThan(20_000);
    expect(client.vendor.tasks).toMatchObject([{ options: { mode: 'i2v', ratio: '3:4' } }]);
  });

  test('is told of a refusal and of a failed task', async () => {
    await using client = await vendorClient();
    const tooLong = generate(client, PRO, { duration: 13 });
    await expect(tooLong).rejects.toThrow(/must be less than or equal to 12/u);
    client.vendor.inject({ on: 'create', kind: 'fail-task', code: 'InternalServiceError' });

    await expect(generate(client, PRO, {})).rejects.toThrow(/"status":"failed"/u);
  });
});

/** PowerTokens, create a video generation task: the sample request, its prompt shortened. */
const POWERTOKENS_SAMPLE = {
  model: PRO_2_0,
  content: [
    {
      type: 'text',
      text: 'Use the first-person perspective composition of Video 1 throughout, and use Audio 1 as the background music throughout.',
    },
    {
      type: 'image_url',
      image_url: {
        url: 'https://ark-project.tos-cn-beijing.volces.com/doc_image/r2v_tea_pic1.jpg',
      },
      role: 'reference_image',
    },
    {
      type: 'image_url',
      image_url: {
        url: 'https://ark-project.tos-cn-beijing.volces.com/doc_image/r2v_tea_pic2.jpg',
      },
      role: 'reference_image',
    },
    {
      type: 'video_url',
      video_url: {
        url: 'https://ark-project.tos-cn-beijing.volces.com/doc_video/r2v_tea_video1.mp4',
      },
      role: 'reference_video',
    },
    {
      type: 'audio_url',
      audio_url: {
        url: 'https://ark-project.tos-cn-beijing.volces.com/doc_audio/r2v_tea_audio1.mp3',
      },
      role: 'reference_audio',
    },
  ],
  generate_audio: true,
  ratio: '16:9',
  duration: 11,
  watermark: false,
};

describe('the sample request of a reseller', () => {
  test('passes every check up to the files, which the sandbox does not fetch', async () => {
    await using client = await vendorClient();

    const reply = await client.create(POWERTOKENS_SAMPLE);

    expect(errorOf(reply).message).toContain(
      'The parameter `content[1].image_url` specified in the request is not valid: resource download failed.',
    );
  });

  test('makes a video once its files are on this machine', async () => {
    await using files = await serveFile(plainPng(900, 1200));
    await using client = await vendorClient();
    const local = JSON.stringify(POWERTOKENS_SAMPLE).replaceAll(/https:[^"]+/gu, files.url);

    const { status } = await client.create(local);
    await client.vendor.until(([task]) => task?.status === 'succeeded');

    expect(status).toBe(200);
    expect(client.vendor.tasks).toMatchObject([
      { options: { mode: 'r2v', resolution: '720p', ratio: '16:9', seconds: 11 } },
    ]);
  });
});
