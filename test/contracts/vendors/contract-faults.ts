import { expect, test } from 'vitest';

import type { VendorFault } from '#sandbox/vendor/vendor.ts';

import { type Bench, callsTo, waitForStatus } from './bench.ts';

const SHORT_MS = 300;

const FAULTS = [
  [{ kind: 'lost-answer' }, 'unavailable'],
  [{ kind: 'cut' }, 'unavailable'],
  [{ kind: 'hang' }, 'timeout'],
  [{ kind: 'malformed' }, 'bad-response'],
  [{ kind: 'oversized' }, 'bad-response'],
  // A gateway’s response, not the vendor’s own.
  [{ kind: 'status', status: 502, code: 'upstream_error' }, 'unavailable'],
  [{ kind: 'status', status: 504, code: 'do_request_failed' }, 'unavailable'],
  [{ kind: 'proxy-answer', status: 303, body: '' }, 'bad-response'],
  [{ kind: 'proxy-answer', status: 400, body: '' }, 'bad-response'],
  [{ kind: 'proxy-answer', status: 404, body: '<html>Not found</html>' }, 'bad-response'],
  [{ kind: 'proxy-answer', status: 403, body: 'Access denied' }, 'unavailable'],
  [{ kind: 'proxy-answer', status: 200, body: '' }, 'bad-response'],
  [{ kind: 'proxy-answer', status: 200, body: '<html>Welcome</html>' }, 'bad-response'],
  [{ kind: 'proxy-answer', status: 200, body: '{"ok":true}' }, 'bad-response'],
] as const;

/** Responses that were lost or broken. */
export function testFaults(bench: Bench): void {
  test.each(FAULTS)(
    'a create call that ends in %j has an unknown outcome and is not repeated',
    async (fault, kind) => {
      const stage = await bench.stage({ timeoutMs: fault.kind === 'hang' ? SHORT_MS : 10_000 });
      stage.sandbox.inject({ on: 'create', ...fault });

      const error = await bench.failureOf(bench.started(stage));

      expect(error).toMatchObject({ kind, operation: 'create', isDefinite: false });
      expect(callsTo(stage, 'create')).toBe(1);
    },
  );

  test('a create call with a picture has an unknown outcome after a fault and is not repeated', async () => {
    const stage = await bench.stage();
    stage.sandbox.inject({ on: 'create', kind: 'lost-answer' });

    const error = await bench.failureOf(
      bench.started(stage, bench.submission({ inputs: ['first_frame'] })),
    );

    expect(error).toMatchObject({ isDefinite: false });
    expect(stage.sandbox.tasks).toHaveLength(1);
    // The next body does not wait for the lost one for ever.
    await bench.started(stage, bench.submission({ inputs: ['first_frame'] }));
  });

  test.each(FAULTS)(
    'a status call that ends in %j leaves the next one unaffected',
    async (fault, kind) => {
      const stage = await bench.stage({ timeoutMs: fault.kind === 'hang' ? SHORT_MS : 10_000 });
      const handle = await bench.started(stage);
      await waitForStatus(stage, 'succeeded');
      stage.sandbox.inject({ on: 'retrieve', ...fault });

      const error = await bench.failureOf(stage.vendor.check(handle));

      expect(error).toMatchObject({ kind, operation: 'retrieve' });
      expect((await stage.vendor.check(handle)).status).toBe('succeeded');
    },
  );

  test('a slow vendor is awaited', async () => {
    const stage = await bench.stage();
    const slow = { kind: 'slow', ms: 100 } as const;
    const routes: ReadonlyArray<VendorFault['on']> = ['create', 'retrieve'];
    for (const on of routes) stage.sandbox.inject({ on, ...slow });

    const handle = await bench.started(stage);

    expect(['queued', 'running', 'succeeded']).toContain((await stage.vendor.check(handle)).status);
  });

  test('an abort ends a call at once', async () => {
    const stage = await bench.stage();
    const stop = new AbortController();
    stage.sandbox.inject({ on: 'create', kind: 'hang' });

    const call = stage.vendor.start(bench.submission(), stop.signal);
    await expect.poll(() => callsTo(stage, 'create')).toBe(1);
    stop.abort();

    expect(await bench.failureOf(call)).toMatchObject({ kind: 'unavailable', isDefinite: false });
  });
}
