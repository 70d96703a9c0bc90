/** Failures at the vendor: each time the credits are refunded or settled exactly, and nothing is made twice. */
import { describe, expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';

import { passUntil, scenario, until, type Scenario } from './harness.ts';
import { DELIVERED, outcomeOf, REFUNDED } from './outcome.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const LONG_MS = 10 * MINUTE;

async function waitForRefund(
  s: Scenario,
  state: 'failed' | 'expired' | 'cancelled',
): Promise<void> {
  await s.job(state);
  await s.guild.channel().until(({ text }) => text.includes('Nothing was charged'));
}

describe.concurrent('a refusal by the vendor', () => {
  test('a refused prompt tells the member to change it', () =>
    scenario({}, async (s) => {
      s.vendor.inject({
        on: 'create',
        kind: 'status',
        status: 400,
        code: 'InputTextSensitiveContentDetected',
      });
      s.video({ prompt: PROMPT });
      await waitForRefund(s, 'failed');

      expect(await outcomeOf(s)).toMatchObject({
        ...REFUNDED,
        vendorLedger: ['not-billed 0'],
        text: expect.stringContaining('Describe it in other words'),
      });
      expect(s.vendor.tasks).toEqual([]);
    }));

  test('a refused finished video costs nothing', () =>
    scenario({}, async (s) => {
      s.vendor.inject({
        on: 'create',
        kind: 'fail-task',
        code: 'OutputVideoSensitiveContentDetected',
      });
      s.video({ prompt: PROMPT });
      await waitForRefund(s, 'failed');

      expect(await outcomeOf(s)).toMatchObject({
        ...REFUNDED,
        vendorLedger: ['not-billed 0'],
        text: expect.stringContaining('content check'),
      });
    }));

  test('a fault of the vendor during rendering costs nothing', () =>
    scenario({}, async (s) => {
      s.vendor.inject({ on: 'create', kind: 'fail-task', code: 'InternalServiceError' });
      s.video({ prompt: PROMPT });
      await waitForRefund(s, 'failed');

      expect(await outcomeOf(s)).toMatchObject({
        ...REFUNDED,
        vendorLedger: ['not-billed 0'],
        text: expect.stringContaining('failed while rendering'),
      });
    }));

  test('a refused parameter ends the job, because a retry would not help', () =>
    scenario({}, async (s) => {
      s.vendor.inject({ on: 'create', kind: 'status', status: 400, code: 'InvalidParameter' });
      s.video({ prompt: PROMPT });
      await waitForRefund(s, 'failed');

      expect(await outcomeOf(s)).toMatchObject({
        ...REFUNDED,
        vendorLedger: ['not-billed 0'],
        text: expect.stringContaining('did not accept this request'),
      });
    }));

  test('a refused key is reported to the operator, not to the member', () =>
    scenario({}, async (s) => {
      s.vendor.inject({ on: 'create', kind: 'status', status: 401, code: 'AuthenticationError' });
      s.video({ prompt: PROMPT });
      await waitForRefund(s, 'failed');

      expect(await outcomeOf(s)).toMatchObject({
        ...REFUNDED,
        vendorLedger: ['not-billed 0'],
        text: expect.stringContaining('Try again later'),
      });
      expect(s.guild.channel().messages[0]?.text).not.toMatch(/key/i);
      expect(s.lines.filter(({ level }) => level >= 50).map(({ msg }) => msg)).toEqual([
        expect.stringContaining('check the key'),
      ]);
    }));
});

describe.concurrent('a task that ends without a video', () => {
  test('a task that exceeds the vendor’s time limit is refunded', () =>
    scenario({}, async (s) => {
      s.vendor.inject({ on: 'create', kind: 'expire-task' });
      s.video({ prompt: PROMPT });
      await waitForRefund(s, 'expired');

      expect(await outcomeOf(s)).toMatchObject({
        ...REFUNDED,
        vendorLedger: ['not-billed 0'],
        text: expect.stringContaining('did not finish in time'),
      });
    }));

  test('a task cancelled in the vendor’s console is refunded', () =>
    scenario({ vendor: { queueMs: LONG_MS } }, async (s) => {
      s.video({ prompt: PROMPT });
      await s.job('queued');
      await fetch(`${s.vendor.url}/contents/generations/tasks/${s.vendor.tasks[0]?.id}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${s.vendor.key}` },
      });
      s.clock.pass(3 * SECOND);
      await waitForRefund(s, 'cancelled');

      expect(await outcomeOf(s)).toMatchObject({
        ...REFUNDED,
        vendorLedger: ['not-billed 0'],
        text: expect.stringContaining('cancelled it before rendering'),
      });
    }));

  test('a task unknown to the vendor is refunded after two checks a minute apart', () =>
    scenario({ vendor: { renderMs: LONG_MS } }, async (s) => {
      s.video({ prompt: PROMPT });
      await s.job('running');
      s.vendor.inject({ on: 'retrieve', kind: 'forget-task' });
      s.vendor.inject({ on: 'list', kind: 'forget-task' });
      s.clock.pass(3 * SECOND);
      await until(s.ledgers.jobs, ([job]) => job?.missingSinceMs !== undefined);
      s.clock.pass(50 * SECOND);
      await s.job('running');
      s.clock.pass(10 * SECOND);
      await waitForRefund(s, 'expired');

      expect(await outcomeOf(s)).toMatchObject({
        ...REFUNDED,
        vendorLedger: ['lost 39'],
        text: expect.stringContaining('no longer knows this job'),
      });
    }));
});

describe.concurrent('a create call with an unknown outcome', () => {
  test.each(['lost-answer', 'malformed', 'oversized'] as const)(
    'a create call of the kind %s is searched for, and its one task becomes the video',
    (kind) =>
      scenario({}, async (s) => {
        s.vendor.inject({ on: 'create', kind });
        s.video({ prompt: PROMPT });

        await s.job('delivered');
        expect(await outcomeOf(s)).toMatchObject(DELIVERED);
        expect(s.creates()).toHaveLength(1);
        expect(s.lines.some(({ msg }) => msg.includes('create outcome unknown'))).toBe(true);
      }),
  );

  test('a create call without a task is searched for four times, then refunded, and kept in the vendor ledger', () =>
    scenario({}, async (s) => {
      s.vendor.inject({ on: 'create', kind: 'cut' });
      s.video({ prompt: PROMPT });
      await passUntil(s, 'failed');
      await waitForRefund(s, 'failed');

      expect(s.vendor.journal.filter(({ route }) => route === 'list')).toHaveLength(4);
      expect(await outcomeOf(s)).toMatchObject({
        ...REFUNDED,
        vendorLedger: ['lost 39'],
        text: expect.stringContaining('did not reach the video service'),
      });
      expect(
        s.lines.some(({ level, msg }) => level >= 50 && msg.includes('lost task not found')),
      ).toBe(true);
    }));

  test('a create call that a gateway answers as down is not repeated either', () =>
    scenario({}, async (s) => {
      s.vendor.inject({ on: 'create', kind: 'status', status: 502, code: 'BadGateway' });
      s.video({ prompt: PROMPT });
      await passUntil(s, 'failed');
      await waitForRefund(s, 'failed');

      expect(await outcomeOf(s)).toMatchObject({
        ...REFUNDED,
        vendorLedger: ['lost 39'],
        text: expect.stringContaining('Try again'),
      });
    }));
});

describe.concurrent('a vendor with temporary faults', () => {
  test('a vendor is called again after the pause it asked for', () =>
    scenario({}, async (s) => {
      s.vendor.inject({
        on: 'create',
        kind: 'status',
        status: 429,
        code: 'ModelAccountRpmRateLimitExceeded',
        headers: { 'retry-after': '30' },
      });
      s.video({ prompt: PROMPT });
      await until(
        s.ledgers.jobs,
        ([job]) => job?.state === 'accepted' && job.submissions.length === 1,
      );
      s.clock.pass(29 * SECOND);
      expect(s.creates()).toHaveLength(1);
      s.clock.pass(SECOND);

      const job = await s.job('delivered');
      expect(s.vendor.tasks).toHaveLength(1);
      expect(await s.ledgers.serverBalance()).toBe(-(job.costCredits ?? 0));
      expect(await s.ledgers.vendorLedger()).toMatchObject([
        { state: 'not-billed', credits: 0 },
        { state: 'billed', credits: 39 },
      ]);
    }));

  test('a vendor that answers status calls with 5xx keeps its jobs', () =>
    scenario({ vendor: { renderMs: LONG_MS } }, async (s) => {
      s.video({ prompt: PROMPT });
      await s.job('running');
      s.vendor.inject({ on: 'list', kind: 'status', status: 503, code: 'ServiceDown', times: 3 });
      s.vendor.setRenderMs(0);
      await passUntil(s, 'delivered');

      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
      expect(s.lines.filter(({ msg }) => msg.includes('vendor poll failed'))).toHaveLength(3);
    }));

  test.each([
    { kind: 'malformed' },
    { kind: 'oversized' },
    { kind: 'cut' },
    { kind: 'lost-answer' },
    { kind: 'unknown-status', word: 'pondering' },
    { kind: 'status', status: 429, code: 'AccountRateLimitExceeded' },
  ] as const)('a vendor whose list is $kind once keeps its jobs', (fault) =>
    scenario({ vendor: { renderMs: LONG_MS } }, async (s) => {
      s.video({ prompt: PROMPT });
      await s.job('running');
      s.vendor.inject({ on: 'list', ...fault });
      s.vendor.setRenderMs(0);
      await passUntil(s, 'delivered');

      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }),
  );
});
