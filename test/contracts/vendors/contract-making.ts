import { expect, test } from 'vitest';

import { modelOf } from '#src/catalogue/models.ts';
import { MODEL_IDS, type VideoRequest } from '#src/catalogue/request.ts';

import { aSubmission, callsTo, type Bench, reaches, started } from './bench.ts';

/** From a submission to a finished video. */
export function making(bench: Bench): void {
  // The lite pair is retired where the sandbox vendor is modelled on.
  const models = MODEL_IDS.filter((model) => !model.startsWith('1.0-lite'));
  test.for(models)('A prompt alone becomes a video of %s', async (model, { skip }) => {
    const stage = await bench.stage();
    if (stage.vendor.wireModel(model) === undefined) skip('not offered by this vendor');
    const { canMakeAudio, canFixCamera } = modelOf(model);
    const fields = {
      hasAudio: canMakeAudio ? false : undefined,
      isCameraFixed: canFixCamera ? false : undefined,
      resolution: '720p',
      ratio: '9:16',
    } as const;

    const handle = await stage.vendor.start(aSubmission({ model, ...fields }));
    await reaches(stage, 'succeeded');
    const status = await stage.vendor.check(handle);

    const [task] = stage.sandbox.tasks;
    expect(task?.model).toBe(stage.vendor.wireModel(model));
    expect(status).toMatchObject({
      status: 'succeeded',
      videoUrl: expect.stringMatching(/^https?:/),
      lastFrameUrl: expect.stringMatching(/^https?:/),
      tokens: task?.tokens,
      seed: 4_711,
      resolution: '720p',
      ratio: '9:16',
      seconds: 5,
    });
  });

  test('What is made is what was asked for, to the last field', async () => {
    const stage = await bench.stage();

    await stage.vendor.start(aSubmission({ isCameraFixed: true, hasWatermark: true, seed: 0 }));

    expect(stage.sandbox.tasks[0]?.options).toMatchObject({
      mode: 't2v',
      resolution: '480p',
      ratio: '16:9',
      seconds: 5,
      seed: 0,
      isCameraFixed: true,
      hasWatermark: true,
      serviceTier: 'default',
      isDraft: false,
    });
  });

  test.each([
    [{ model: '1.0-pro', length: { unit: 'frames', frames: 57 } }, { frames: 57 }],
    [
      {
        model: '1.5-pro',
        length: { unit: 'model-chooses' },
        ratio: 'adaptive',
        hasAudio: true,
        isCameraFixed: undefined,
      },
      { seconds: expect.any(Number), ratio: expect.stringMatching(/^\d+:\d+$/) },
    ],
  ] satisfies ReadonlyArray<[Partial<VideoRequest>, object]>)(
    'A length other than seconds is understood: %j',
    async (request, result) => {
      const stage = await bench.stage();

      const handle = await stage.vendor.start(aSubmission(request));
      await reaches(stage, 'succeeded');

      expect(await stage.vendor.check(handle)).toMatchObject({ status: 'succeeded', ...result });
    },
  );

  test('A silent video is not made with sound', async () => {
    const stage = await bench.stage();

    await stage.vendor.start(aSubmission({ model: '1.5-pro', hasAudio: false }));

    expect(stage.sandbox.tasks[0]?.options.generateAudio).toBe(false);
  });

  test.each([
    [['first_frame'], 'i2v'],
    [['first_frame', 'last_frame'], 'flf2v'],
  ] as const)('Pictures go along in their roles: %j', async (inputs, mode) => {
    const stage = await bench.stage();

    const handle = await stage.vendor.start(
      aSubmission({ inputs: [...inputs], ratio: 'adaptive' }),
    );
    await reaches(stage, 'succeeded');

    expect(stage.sandbox.tasks[0]?.options.mode).toBe(mode);
    expect(await stage.vendor.check(handle)).toMatchObject({ status: 'succeeded', ratio: '4:3' });
  });

  test('Pictures are read only when their turn has come, never two bodies at once', async () => {
    const stage = await bench.stage();
    let open = 0;
    let most = 0;
    const read = async (): Promise<Uint8Array> => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return aSubmission({ inputs: ['first_frame'] }).inputs[0]?.read() ?? new Uint8Array();
    };
    const inputs = [{ role: 'first_frame', mimeType: 'image/png', read }] as const;

    await Promise.all([1, 2, 3].map(async () => stage.vendor.start(aSubmission({}, { inputs }))));

    expect(most).toBe(1);
    expect(stage.sandbox.tasks).toHaveLength(3);
  });

  test('A picture that cannot be read ends the call before the vendor hears of it', async () => {
    const stage = await bench.stage();
    const read = async () => Promise.reject(new Error('gone'));
    const inputs = [{ role: 'first_frame', mimeType: 'image/png', read }] as const;

    const error = await bench.failureOf(stage.vendor.start(aSubmission({}, { inputs })));

    expect(error).toMatchObject({ isDefinite: true, isRetryable: false });
    expect(callsTo(stage, 'create')).toBe(0);
  });

  test('The handle is plain JSON: after a restart the task is found by it', async () => {
    const stage = await bench.stage();
    const stored = JSON.stringify(await started(stage));
    await reaches(stage, 'succeeded');

    const status = await stage.restarted().check(JSON.parse(stored));

    expect(status.status).toBe('succeeded');
  });
}
