/** Jobs whose vendors no longer serve their model. */
import { afterEach, describe, expect, test } from 'vitest';

import type { ModelId, TypedOption } from '#src/catalogue/request.ts';
import type { VendorName } from '#src/catalogue/vendors.ts';
import { HOUR, MINUTE } from '#src/clock.ts';
import { VendorError, type VendorErrorKind } from '#src/errors.ts';
import type { Order } from '#src/jobs/acceptance/accept-job.ts';
import type { Job } from '#src/jobs/record/job.ts';

import { databaseKinds } from '../databases/database.ts';
import { JobsSetup, type JobsSetupOptions } from '../fakes/jobs-setup.ts';
import type { FakeVendor } from '../fakes/vendor.ts';

describe.each(databaseKinds())('a job whose model is withdrawn on %s', (kind) => {
  let setup: JobsSetup;
  let withdrawn: Set<string>;
  afterEach(async () => setup.close());

  async function open(options: JobsSetupOptions = {}): Promise<void> {
    withdrawn = new Set();
    const withdrawals = {
      isWithdrawn: (vendor: VendorName, model: ModelId) => withdrawn.has(`${vendor} ${model}`),
    };
    setup = await JobsSetup.open({ kind, withdrawals, ...options });
  }

  /** From now on the vendor refuses the model, and the refusal withdraws it. */
  function retire(vendor: FakeVendor, model: ModelId): void {
    const { start } = vendor;
    Object.assign(vendor, {
      start: async (...call: Parameters<typeof start>) => {
        if (call[0].request.model !== model) return start(...call);
        withdrawn.add(`${vendor.name} ${model}`);
        throw new VendorError({
          vendor: vendor.name,
          kind: 'model-unavailable',
          operation: 'create',
          code: 'ModelNotOpen',
          isDefinite: true,
        });
      },
    });
  }

  /** The vendor refuses every task for its own reason. */
  function refuse(vendor: FakeVendor, refusedAs: VendorErrorKind): void {
    Object.assign(vendor, {
      start: async () => {
        throw new VendorError({
          vendor: vendor.name,
          kind: refusedAs,
          operation: 'create',
          isDefinite: true,
        });
      },
    });
  }

  function anOrder(typedOptions: readonly TypedOption[], changes: Partial<Order> = {}): Order {
    const order = setup.anOrder({
      request: { model: '2.0-mini', hasAudio: true, isCameraFixed: undefined, tier: undefined },
    });
    return { ...order, typedOptions, ...changes };
  }

  async function ended(job: Job): Promise<Job> {
    const isOver = (found: Job): boolean => found.video !== undefined || found.state === 'failed';
    await setup.clock.advanceUntil(async () => isOver(await setup.find(job.id)));
    return setup.find(job.id);
  }

  test('a job with an open model is made with the next model', async () => {
    await open();
    retire(setup.vendor, '2.0-mini');
    const { jobs } = setup.start();
    const job = await jobs.accept(anOrder([]));

    const made = await ended(job);

    expect(made).toMatchObject({
      request: { model: '1.0-pro-fast', prompt: job.request.prompt, seed: job.request.seed },
      replacedModel: '2.0-mini',
      holdCredits: job.holdCredits,
    });
    expect(made.video).toBeDefined();
    expect(made.submissions.map(({ model }) => model)).toEqual(['2.0-mini', '1.0-pro-fast']);
    expect((await setup.book(job)).map(({ state }) => state)).toEqual(['not-billed', 'billed']);
    // Planned again in the step that met the refusal, not in a later one.
    const steps = await setup.database
      .selectFrom('job_events')
      .select('kind')
      .where('job_id', '=', job.id)
      .execute();
    expect(steps.map((step) => step.kind)).not.toContain('replanned');
  });

  test('a job keeps its typed options: sound is not dropped for another model', async () => {
    await open();
    retire(setup.vendor, '2.0-mini');
    const { jobs } = setup.start();
    const job = await jobs.accept(anOrder(['hasAudio']));

    const end = await ended(job);

    // The models with sound cost more than the hold.
    expect(end).toMatchObject({ state: 'failed', failure: { reason: 'model-unavailable' } });
    expect(end.alternative?.request).toMatchObject({ model: '2.0-fast', hasAudio: true });
    expect(end.alternative?.credits).toBeGreaterThan(job.holdCredits);
    expect(await setup.credits()).toEqual({ held: 0, used: 0 });
  });

  test('a job with a typed model keeps it and changes the vendor', async () => {
    await open({ vendors: [{ name: 'byteplus' }, { name: 'aimlapi' }] });
    const [byteplus, aimlapi] = setup.vendors;
    if (byteplus === undefined || aimlapi === undefined) throw new Error('two vendors');
    retire(byteplus, '2.0-mini');
    const { jobs } = setup.start();
    const job = await jobs.accept(anOrder(['model']));

    const made = await ended(job);

    expect(made.video).toBeDefined();
    expect(made.request.model).toBe('2.0-mini');
    expect(made.submissions.map(({ vendor }) => vendor)).toEqual(['byteplus', 'aimlapi']);
  });

  test('a job with a typed model that no vendor has is released with the nearest other model', async () => {
    await open();
    retire(setup.vendor, '2.0-mini');
    const { jobs } = setup.start();
    const job = await jobs.accept(anOrder(['model']));

    const end = await ended(job);

    expect(end).toMatchObject({
      state: 'failed',
      failure: { reason: 'model-unavailable' },
      // It keeps the sound, which 1.0 pro fast does not support.
      alternative: { request: { model: '2.0-fast', hasAudio: true } },
    });
    expect(await setup.credits()).toEqual({ held: 0, used: 0 });
    expect(await setup.book(job)).toEqual([
      { vendor: 'byteplus', state: 'not-billed', credits: 0 },
    ]);
  });

  test.each(['rejected', 'out-of-funds', 'auth'] as const)(
    'a job is made with another model when the other vendor of its model refused as %s, before or after',
    async (kindOfRefusal) => {
      for (const order of [
        ['byteplus', 'aimlapi'],
        ['aimlapi', 'byteplus'],
      ] as const) {
        // oxlint-disable-next-line no-await-in-loop -- one room at a time
        await open({ vendors: order.map((name) => ({ name })) });
        const [first, second] = setup.vendors;
        if (first === undefined || second === undefined) throw new Error('two vendors');
        const byName = new Map(setup.vendors.map((vendor) => [vendor.name, vendor]));
        retire(byName.get('byteplus') ?? first, '2.0-mini');
        refuse(byName.get('aimlapi') ?? second, kindOfRefusal);
        const { jobs } = setup.start();
        // oxlint-disable-next-line no-await-in-loop -- one room at a time
        const made = await ended(await jobs.accept(anOrder([])));

        expect(made.video).toBeDefined();
        expect(made.request.model).toBe('1.0-pro-fast');
        expect(made.submissions.map(({ vendor }) => vendor)).toEqual([...order, 'byteplus']);
        // oxlint-disable-next-line no-await-in-loop -- one room at a time
        await setup.close();
      }
      await open();
    },
  );

  test('a job is not offered again to a vendor that refused it for its own reason', async () => {
    await open({ vendors: [{ name: 'aimlapi' }, { name: 'byteplus' }] });
    const [aimlapi, byteplus] = setup.vendors;
    if (byteplus === undefined || aimlapi === undefined) throw new Error('two vendors');
    retire(byteplus, '2.0-mini');
    refuse(aimlapi, 'rejected');
    const { jobs } = setup.start();

    const end = await ended(await jobs.accept(anOrder(['model'])));

    expect(end).toMatchObject({ state: 'failed', failure: { reason: 'model-unavailable' } });
    expect(end.alternative?.request.model).toBe('2.0-fast');
  });

  test('a job that only one vendor can make is never changed', async () => {
    await open();
    retire(setup.vendor, '2.0-mini');
    const { jobs } = setup.start();
    const job = await jobs.accept(anOrder([], { onlyVendor: 'byteplus' }));

    const end = await ended(job);

    expect(end).toMatchObject({ state: 'failed', failure: { reason: 'model-unavailable' } });
    expect(end.alternative).toBeUndefined();
  });

  test('a waiting job is planned again when another job met the refusal', async () => {
    await open();
    const first = setup.create();
    const job = await first.jobs.accept(anOrder([]));
    withdrawn.add('byteplus 2.0-mini');
    first.jobs.start();

    const made = await ended(job);

    expect(made.request.model).toBe('1.0-pro-fast');
    expect(made.submissions.map(({ model }) => model)).toEqual(['1.0-pro-fast']);
  });

  test('a job is planned again by the next process after a kill', async () => {
    await open();
    const first = setup.create();
    const job = await first.jobs.accept(anOrder([]));
    first.kill();
    withdrawn.add('byteplus 2.0-mini');
    setup.start();

    expect((await ended(job)).request.model).toBe('1.0-pro-fast');
  });

  test('a job is released when no vendor is left', async () => {
    await open();
    const first = setup.create();
    const job = await first.jobs.accept(anOrder([]));
    setup.vendor.failures.clear();
    Object.assign(withdrawn, { has: () => true });
    first.jobs.start();

    const end = await ended(job);

    expect(end).toMatchObject({ state: 'failed', failure: { reason: 'model-unavailable' } });
    expect(end.alternative).toBeUndefined();
    expect(await setup.credits()).toEqual({ held: 0, used: 0 });
  });

  test('an old record counts as having every option typed', async () => {
    await open();
    retire(setup.vendor, '2.0-mini');
    const { jobs } = setup.start();
    const { typedOptions: _unknown, ...order } = anOrder([]);
    const job = await jobs.accept(order);

    expect((await ended(job)).state).toBe('failed');
    await setup.clock.advance(MINUTE);
    expect(setup.vendor.count('start')).toBe(0);
    await setup.clock.advance(HOUR);
  });
});
