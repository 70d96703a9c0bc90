import { expect, test } from 'vitest';

import type { VendorRequest, VendorSandbox } from '#sandbox/vendor/vendor.ts';
import { modelOf } from '#src/catalogue/models.ts';
import { violationsOf } from '#src/catalogue/plan/check-model.ts';
import { modeOf } from '#src/catalogue/plan/inputs.ts';
import { optionsOf } from '#src/catalogue/plan/parse-options.ts';
import { finalResolutions, planFinal } from '#src/catalogue/plan/plan-final.ts';
import {
  MODEL_IDS,
  RATIOS,
  RESOLUTIONS,
  type InputRole,
  type ModelId,
  type VideoRequest,
} from '#src/catalogue/request.ts';
import { VendorError } from '#src/errors.ts';
import { VENDOR_OPTIONS, type VendorOption } from '#src/vendors/capabilities.ts';
import { whyUnsupported } from '#src/vendors/check-capabilities.ts';

import { type Bench, callsTo, type Stage } from './bench.ts';
import { capabilitiesFor, plainRequest } from './plain-request.ts';

const ROLES: ReadonlyArray<readonly InputRole[]> = [
  [],
  ['first_frame'],
  ['first_frame', 'last_frame'],
  ['reference_image', 'reference_image'],
  ['reference_image', 'reference_video', 'reference_audio'],
];

const MODES_THERE = {
  text: 't2v',
  'first-frame': 'i2v',
  'first-and-last-frame': 'flf2v',
  references: 'r2v',
} as const;

/** The options that each kind of capability covers; the seed and the last frame are tested separately. */
const OPTION_CASES: { readonly [option in VendorOption]?: Partial<VideoRequest> } = {
  'fixed-camera': { isCameraFixed: true },
  watermark: { hasWatermark: true },
  audio: { hasAudio: true },
  frames: { length: { unit: 'frames', frames: 57 } },
  'chosen-length': { length: { unit: 'model-chooses' } },
  draft: { isDraft: true, resolution: '480p', returnsLastFrame: false },
  economy: { tier: 'flex' },
};

/** Tests that the capability table matches the adapter, for every possible request. */
export function testCapabilities(bench: Bench): void {
  const { name, wireModels } = bench.subject;
  const models = MODEL_IDS.filter((model) => wireModels[model] !== undefined);

  test('the tested routes match the table', async () => {
    const stage = await bench.stage({ queueMs: 600_000, maxQueued: 100, createsPerMinute: 10_000 });
    const { vendor, sandbox } = stage;
    const able = models.flatMap((model) =>
      ROLES.map((roles) => plainRequest(name, model, roles)).filter((request) =>
        isPossible(bench, request),
      ),
    );
    for (const { model, inputs } of able) {
      // oxlint-disable-next-line no-await-in-loop -- few
      await vendor.start(bench.submission({ model, inputs }));
    }
    const handle = await bench.started(stage);
    await vendor.checkMany?.check([handle]);
    await (vendor.cancel?.(handle) ?? vendor.check(handle));

    const { create, retrieve, list, cancel } = bench.capabilities.routes;
    const table: readonly string[] = [...create, ...retrieve, list ?? '', cancel ?? ''];
    const asked = new Set(sandbox.journal.map((call) => routeIn(call, sandbox)));
    expect([...asked].filter((route) => !table.includes(route))).toEqual([]);
    const { createsBy = /^/ } = bench.subject;
    expect(create.filter((route) => asked.has(route))).toEqual(
      create.filter((route) => createsBy.test(route)),
    );
    expect(asked.has(list ?? '')).toBe(list !== undefined);
    expect(asked.has(cancel ?? '')).toBe(cancel !== undefined);
    expect(retrieve.filter((route) => asked.has(route))).toEqual([
      bench.subject.looksBy ?? retrieve[0],
    ]);
  });

  test('every offer is in the table', () => {
    expect(models.filter((model) => bench.capabilities.models[model] === undefined)).toEqual([]);
  });

  test.each(models)(
    '%s does what the table lists as typed, and refuses the rest',
    async (model) => {
      const stage = await bench.stage({ renderMs: 0, maxQueued: 10_000, createsPerMinute: 10_000 });
      const requests = everythingOf(bench, model);

      const outcomes: unknown[] = [];
      for (const request of requests) {
        // oxlint-disable-next-line no-await-in-loop -- the newest task is the one to look at
        outcomes.push({ request, outcome: await outcomeOf(bench, stage, request) });
      }

      expect(outcomes).toMatchObject(
        requests.map((request) => ({ request, outcome: expectedOutcome(bench, request) })),
      );
      const able = requests.filter((request) => whyUnsupported(name, request) === undefined);
      expect(able.length).toBeGreaterThan(0);
      expect(stage.sandbox.tasks).toHaveLength(able.length);
    },
  );

  test.each(models)(
    '%s returns the seed and the last frame where the table says so',
    async (model) => {
      const stage = await bench.stage();
      const roles = ROLES.find((each) => isPossible(bench, plainRequest(name, model, each))) ?? [];

      await stage.vendor.start(bench.submission({ model, inputs: [...roles] }));

      const { options } = capabilitiesFor(name, model);
      const made = stage.sandbox.tasks[0]?.options;
      expect(made?.seed === 4_711).toBe(options.includes('seed'));
      expect(made?.returnsLastFrame).toBe(options.includes('last-frame'));
    },
  );

  test('a model outside the table is refused', async () => {
    const stage = await bench.stage();
    const missing = MODEL_IDS.filter((model) => wireModels[model] === undefined);

    for (const model of missing) {
      const submission = bench.submission({ model });
      // oxlint-disable-next-line no-await-in-loop -- few
      const error = await bench.failureOf(stage.vendor.start(submission));
      expect(error).toMatchObject({ kind: 'rejected', isDefinite: true });
    }

    expect(callsTo(stage, 'create')).toBe(0);
  });

  const drafting = models.filter((model) => {
    const isPassedOn = bench.capabilities.models[model]?.options.includes('draft') === true;
    return isPassedOn && modelOf(model).drafts !== undefined;
  });

  test.each(drafting)('%s makes a final that takes everything from its draft', async (model) => {
    const stage = await bench.stage();
    const plain = plainRequest(name, model, ['first_frame']);
    const draft = bench.submission({ ...plain, hasAudio: true, ...OPTION_CASES.draft });
    const { taskId } = await stage.vendor.start(draft);
    await stage.sandbox.until(([task]) => task?.status === 'succeeded');

    const actual = { ratio: stage.sandbox.tasks[0]?.options.ratio };
    const finished = { request: draft.request, taskId, actual };
    for (const resolution of finalResolutions(model)) {
      const request = planFinal(finished, resolution, { offered: MODEL_IDS });
      // oxlint-disable-next-line no-await-in-loop -- few
      const handle = await stage.vendor.start(bench.submission(request));
      // oxlint-disable-next-line no-await-in-loop -- few
      await stage.sandbox.until((tasks) => tasks.every(({ status }) => status === 'succeeded'));

      const { mode, ratio, seconds, seed, generateAudio } = stage.sandbox.tasks[0]?.options ?? {};
      expect(stage.sandbox.tasks.at(-1)?.options).toMatchObject({
        mode,
        ratio,
        seconds,
        seed,
        generateAudio,
        isDraft: false,
        resolution,
        returnsLastFrame: true,
      });
      // oxlint-disable-next-line no-await-in-loop -- few
      expect(await stage.vendor.check(handle)).toMatchObject({
        status: 'succeeded',
        lastFrameUrl: expect.any(String),
        resolution,
      });
    }
  });
}

/** The route as the table writes it: below the base URL, with an id as `{id}`. */
function routeIn({ method, path, query }: VendorRequest, sandbox: VendorSandbox): string {
  const base = new URL(sandbox.url).pathname.replace(/\/$/, '');
  const ids = sandbox.tasks.map(({ id }) => id);
  const below = path.slice(base.length).split('/');
  const named = below.map((part) => (ids.includes(part) ? '{id}' : part)).join('/');
  return `${method} ${named}${'generation_id' in query ? '?generation_id={id}' : ''}`;
}

/** Returns every request that the catalogue allows for a model, each one change away from the plainest. */
function everythingOf({ subject }: Bench, model: ModelId): readonly VideoRequest[] {
  const { seconds } = modelOf(model);
  const requests = ROLES.flatMap((roles) => {
    const plain = plainRequest(subject.name, model, roles);
    return [
      plain,
      ...RESOLUTIONS.map((resolution) => ({ ...plain, resolution })),
      ...RATIOS.map((ratio) => ({ ...plain, ratio })),
      ...VENDOR_OPTIONS.map((option) => ({ ...plain, ...OPTION_CASES[option] })),
      ...Array.from({ length: seconds.most - seconds.least + 1 }, (_, index) => ({
        ...plain,
        length: { unit: 'seconds', seconds: seconds.least + index } as const,
      })),
    ];
  });
  return requests.filter(
    (request) => violationsOf(modelOf(model), optionsOf(request)).length === 0,
  );
}

function isPossible({ subject }: Bench, request: VideoRequest): boolean {
  const fits = violationsOf(modelOf(request.model), optionsOf(request)).length === 0;
  return fits && whyUnsupported(subject.name, request) === undefined;
}

/** Returns the vendor’s result, or `refused` when it was not called. */
async function outcomeOf(bench: Bench, stage: Stage, request: VideoRequest): Promise<unknown> {
  const asked = callsTo(stage, 'create');
  try {
    await stage.vendor.start(bench.submission(request));
  } catch (error) {
    const isOurs = error instanceof VendorError && error.kind === 'rejected' && error.isDefinite;
    if (isOurs && callsTo(stage, 'create') === asked) return 'refused';
    throw error;
  }
  return stage.sandbox.tasks.at(-1)?.options;
}

function expectedOutcome({ subject }: Bench, request: VideoRequest): unknown {
  return whyUnsupported(subject.name, request) === undefined ? expectedOptions(request) : 'refused';
}

function expectedOptions(request: VideoRequest): object {
  const { length, ratio, isDraft, tier, hasAudio } = request;
  return {
    mode: MODES_THERE[modeOf(request.inputs)],
    resolution: request.resolution,
    ...(ratio === 'adaptive' ? {} : { ratio }),
    ...(length.unit === 'seconds' ? { seconds: length.seconds } : {}),
    ...(length.unit === 'frames' ? { frames: length.frames } : {}),
    isCameraFixed: request.isCameraFixed === true,
    hasWatermark: request.hasWatermark,
    ...(hasAudio === undefined ? {} : { generateAudio: hasAudio }),
    isDraft: isDraft === true,
    serviceTier: tier ?? 'default',
  };
}
