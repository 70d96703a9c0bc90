import { expect, test } from 'vitest';

import { modelOf, modesOf } from '#src/catalogue/models.ts';
import { modeOf } from '#src/catalogue/plan/inputs.ts';
import { MODEL_IDS } from '#src/catalogue/request.ts';
import type { SubmissionInput } from '#src/vendors/vendor.ts';

import { type Bench, callsTo, waitForStatus } from './bench.ts';
import { capabilitiesFor } from './plain-request.ts';

/** From a submission to a finished video. */
export function testCreating(bench: Bench): void {
  const { subject, capabilities } = bench;
  const { words } = subject;
  const ofText = MODEL_IDS.filter(
    (model) =>
      subject.wireModels[model] !== undefined &&
      (capabilitiesFor(subject.name, model).modes ?? modesOf(modelOf(model))).includes('text') &&
      modesOf(modelOf(model)).includes('text'),
  );

  test.each(ofText)('a prompt alone becomes a video of %s', async (model) => {
    const stage = await bench.stage();
    const submission = bench.submission({ model });

    const handle = await stage.vendor.start(submission);
    await waitForStatus(stage, 'succeeded');
    const status = await stage.vendor.check(handle);

    const [task] = stage.sandbox.tasks;
    const { resolution, ratio } = submission.request;
    expect(task?.model.startsWith(stage.vendor.wireModel(model) ?? '?')).toBe(true);
    const usage = {
      tokens: { tokens: task?.tokens },
      // The sandbox’s own rate, which is made up.
      dollars: { reportedMicroDollars: Math.ceil(Number(((task?.tokens ?? 0) * 2.5).toFixed(3))) },
      nothing: {},
    };
    expect(status).toMatchObject({
      status: 'succeeded',
      videoUrl: expect.stringMatching(/^https?:/),
      ...usage[words.usage],
      ...(words.echoes ? { seed: 4_711, resolution, ratio, seconds: 5 } : {}),
    });
    const hasLastFrame = capabilitiesFor(subject.name, model).options.includes('last-frame');
    expect('lastFrameUrl' in status && status.lastFrameUrl !== undefined).toBe(hasLastFrame);
  });

  test.each([
    [['first_frame'], 'i2v'],
    [['first_frame', 'last_frame'], 'flf2v'],
  ] as const)('pictures are sent in their roles: %j', async (roles, mode) => {
    const stage = await bench.stage();
    const inputs = [...roles];
    const { ratios } = capabilitiesFor(subject.name, subject.modelFor(inputs));
    const able = ratios?.[modeOf(inputs)];
    // The ratio of the pictures, by name where the vendor cannot follow them.
    const ratio = (able?.includes('adaptive') ?? true) ? 'adaptive' : '4:3';

    await stage.vendor.start(bench.submission({ inputs, ratio }));
    await waitForStatus(stage, 'succeeded');

    expect(stage.sandbox.tasks[0]?.options).toMatchObject({ mode, ratio: '4:3' });
  });

  const isPromptNeeded =
    capabilitiesFor(subject.name, subject.modelFor(['first_frame'])).needsPrompt === true;

  test.runIf(isPromptNeeded)(
    'a picture without a prompt is refused before anything is sent',
    async () => {
      const stage = await bench.stage();
      const submission = bench.submission({ inputs: ['first_frame'], prompt: '' });

      const error = await bench.failureOf(stage.vendor.start(submission));

      expect(error).toMatchObject({ kind: 'rejected', code: 'CANNOT_PROMPT', isDefinite: true });
      expect(stage.sandbox.journal).toEqual([]);
    },
  );

  test.runIf(!isPromptNeeded)('a picture is sent without a prompt', async () => {
    const stage = await bench.stage();

    await stage.vendor.start(bench.submission({ inputs: ['first_frame'], prompt: '' }));

    expect(JSON.stringify(stage.sandbox.journal[0]?.body)).not.toContain('"text"');
    expect(stage.sandbox.tasks[0]?.options).toMatchObject({ mode: 'i2v' });
  });

  test('pictures are sent in the form that the vendor accepts', async () => {
    const stage = await bench.stage();

    await stage.vendor.start(bench.submission({ inputs: ['first_frame'], ratio: 'adaptive' }));

    const sent = JSON.stringify(stage.sandbox.journal[0]?.body);
    expect(sent).toMatch(
      capabilities.inputsAs === 'url' ? /"http:\/\/127/ : /"data:image\/png;base64/,
    );
  });

  test.runIf(capabilities.inputsAs === 'data-uri')(
    'pictures are opened when they are sent, and never for two bodies at once',
    async () => {
      const stage = await bench.stage();
      let opening = 0;
      let most = 0;
      const picture = pictureOf(bench);
      const open = async () => {
        opening += 1;
        most = Math.max(most, opening);
        await new Promise((resolve) => setImmediate(resolve));
        opening -= 1;
        return picture.open();
      };
      const submission = withPicture(bench, { ...picture, open });

      await Promise.all([1, 2, 3].map(async () => stage.vendor.start(submission)));

      expect(most).toBe(1);
      expect(stage.sandbox.tasks).toHaveLength(3);
    },
  );

  test.runIf(capabilities.inputsAs === 'data-uri')(
    'an unreadable picture ends the call before the vendor receives anything',
    async () => {
      const stage = await bench.stage();
      const open = async () => Promise.reject(new Error('gone'));
      const submission = withPicture(bench, { ...pictureOf(bench), open });

      const error = await bench.failureOf(stage.vendor.start(submission));

      expect(error).toMatchObject({ kind: 'input-unreadable', isDefinite: true });
      expect(callsTo(stage, 'create')).toBe(0);
    },
  );

  test.runIf(capabilities.inputsAs === 'url').each([
    ['that has none', undefined, { kind: 'rejected', code: 'INPUT_WITHOUT_URL' }],
    [
      'that could not be made at the moment',
      async () => Promise.reject(new Error('no')),
      { kind: 'unavailable' },
    ],
    [
      'that is not a web address',
      async () => Promise.resolve('file:///etc/passwd'),
      { kind: 'rejected', code: 'INPUT_URL_UNUSABLE' },
    ],
  ] as const)('a picture without a usable address (%s) ends the call', async (_, url, expected) => {
    const stage = await bench.stage();
    const { url: _url, ...picture } = pictureOf(bench);
    const given = url === undefined ? picture : { ...picture, url };

    const error = await bench.failureOf(stage.vendor.start(withPicture(bench, given)));

    expect(error).toMatchObject({ ...expected, isDefinite: true });
    expect(callsTo(stage, 'create')).toBe(0);
  });

  test('the handle is plain JSON that finds the task after a restart', async () => {
    const stage = await bench.stage();
    const stored = JSON.stringify(await bench.started(stage));
    await waitForStatus(stage, 'succeeded');

    const status = await stage.restarted().check(JSON.parse(stored));

    expect(status.status).toBe('succeeded');
  });

  test('a handle with only the id works as well', async () => {
    const stage = await bench.stage();
    const { taskId } = await bench.started(stage);
    await waitForStatus(stage, 'succeeded');

    expect((await stage.restarted().check({ taskId })).status).toBe('succeeded');
  });
}

function pictureOf(bench: Bench): SubmissionInput {
  const [picture] = bench.submission({ inputs: ['first_frame'] }).inputs;
  if (picture === undefined) throw new Error('no picture');
  return picture;
}

function withPicture(bench: Bench, picture: SubmissionInput) {
  return bench.submission({ inputs: ['first_frame'], ratio: 'adaptive' }, { inputs: [picture] });
}
