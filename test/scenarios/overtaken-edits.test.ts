/**
 * Discord executes an edit whose connection was cut, even after later ones: the content that it
 * overwrites is restored.
 */
import { describe, expect, test } from 'vitest';

import type { RequestEntry } from '#sandbox/discord/journal.ts';
import type { Reply } from '#sandbox/discord/reply.ts';
import { HOUR, MINUTE, SECOND } from '#src/clock.ts';

import {
  EDIT_BY_TOKEN,
  passUntil,
  scenario,
  until,
  type Scenario,
  type ScenarioOptions,
  type VideoOptions,
} from './harness.ts';
import { USUAL_CREDITS } from './outcome.ts';

const RENDERING: ScenarioOptions = { vendor: { renderMs: 24 * HOUR } };
const ORDER: VideoOptions = { prompt: 'A paper boat drifts across a quiet bay', notify: 'none' };

const saysRendering = ({ body }: Pick<RequestEntry, 'body'>): boolean =>
  JSON.stringify(body ?? {}).includes('**Rendering**');

interface Overtaken {
  readonly reply: Reply;
  /** Discord executes the old edit; resolves when it has overwritten the newest one. */
  overtakes(): Promise<void>;
}

/** An edit is in progress at Discord while its sender continues. */
async function orderWithEditUnderWay(s: Scenario, options = ORDER): Promise<Overtaken> {
  const released = Promise.withResolvers<void>();
  s.discord.inject({
    route: EDIT_BY_TOKEN,
    only: saysRendering,
    kind: 'late',
    until: released.promise,
  });
  const reply = s.video(options);
  await reply.until(({ text }) => text.includes('Rendering'));
  return {
    reply,
    async overtakes() {
      released.resolve();
      await reply.until(({ text }) => text.includes('Rendering'));
    },
  };
}

/** Waits until each message shows the end of its job, and was verified once more. */
async function waitUntilVerified(s: Scenario): Promise<void> {
  const open = s.ledgers.database
    .selectFrom('jobs')
    .select('id')
    .where(({ eb, or, ref }) =>
      or([eb('shown_version', '<', ref('version')), eb('verify_at', 'is not', null)]),
    );
  await until(
    async () => {
      s.clock.pass(SECOND);
      return open.execute();
    },
    (rows) => rows.length === 0,
  );
}

/** What is visible of a video, and what it has cost the server. */
async function outcomeOf(s: Scenario, { message }: Reply) {
  return {
    videos: message?.media.length,
    isRendering: message?.text.includes('Rendering'),
    credits: await s.ledgers.serverBalance(),
  };
}
const SEEN_AND_PAID_ONCE = { videos: 1, isRendering: false, credits: 0 - USUAL_CREDITS };

describe.concurrent('a late edit', () => {
  test.for([
    ['public', ORDER],
    ['private', { ...ORDER, private: true }],
  ] as const)('a late edit overwrites a %s video, which is restored', async ([, options]) =>
    scenario(RENDERING, async (s) => {
      const { reply, overtakes } = await orderWithEditUnderWay(s, options);
      s.vendor.setRenderMs(0);
      await passUntil(s, 'delivered');
      await overtakes();
      expect(reply.message?.media).toEqual([]);

      await waitUntilVerified(s);

      expect(await outcomeOf(s, reply)).toEqual(SEEN_AND_PAID_ONCE);
      expect(s.lines.map(({ msg }) => msg)).toContain(
        'finished video overwritten by an older edit; restoring it',
      );
    }),
  );

  test('a late edit overwrites a video whose token has expired, which the bot’s token restores', () =>
    scenario(RENDERING, async (s) => {
      const { reply, overtakes } = await orderWithEditUnderWay(s);
      s.vendor.setRenderMs(0);
      await passUntil(s, 'delivered');
      await overtakes();
      s.clock.pass(16 * MINUTE);

      await waitUntilVerified(s);

      expect(await outcomeOf(s, reply)).toEqual(SEEN_AND_PAID_ONCE);
      expect(s.guild.channel().messages).toHaveLength(1);
    }));

  test('a late edit overwrites a video, which the next process restores', () =>
    scenario(RENDERING, async (s) => {
      const { reply, overtakes } = await orderWithEditUnderWay(s);
      s.vendor.setRenderMs(0);
      await passUntil(s, 'delivered');
      await s.stop();
      await overtakes();

      await s.start();
      await waitUntilVerified(s);

      expect(await outcomeOf(s, reply)).toEqual(SEEN_AND_PAID_ONCE);
    }));

  test('a late edit overwrites a refund, which is shown again', () =>
    scenario(RENDERING, async (s) => {
      const { reply, overtakes } = await orderWithEditUnderWay(s);
      s.vendor.inject({ on: 'list', kind: 'fail-task', code: 'InternalServiceError' });
      await passUntil(s, 'failed');
      await reply.until(({ text }) => text.includes('Nothing was charged'));
      await overtakes();

      await waitUntilVerified(s);

      expect(reply.message?.text).toContain('Nothing was charged');
      expect(await s.ledgers.serverBalance()).toBe(0);
    }));
});

describe.concurrent('the verification of a message', () => {
  test('verification leaves an intact video unchanged', () =>
    scenario({}, async (s) => {
      const reply = s.video(ORDER);
      await s.job('delivered');
      const before = s.requests(EDIT_BY_TOKEN).length;

      await waitUntilVerified(s);

      expect(await outcomeOf(s, reply)).toEqual(SEEN_AND_PAID_ONCE);
      expect(s.requests(EDIT_BY_TOKEN)).toHaveLength(before);
    }));

  test('verification posts nothing for a deleted message', () =>
    scenario({}, async (s) => {
      const reply = s.video(ORDER);
      await s.job('delivered');
      s.guild.deleteMessage({ id: reply.message?.id ?? '' });

      await waitUntilVerified(s);

      expect(s.guild.channel().messages).toEqual([]);
      expect(await s.ledgers.serverBalance()).toBe(0 - USUAL_CREDITS);
    }));

  test('verification is repeated after a fault of Discord', () =>
    scenario(RENDERING, async (s) => {
      const { reply, overtakes } = await orderWithEditUnderWay(s);
      s.vendor.setRenderMs(0);
      await passUntil(s, 'delivered');
      await overtakes();
      const route = 'GET /webhooks/:app/:token/messages/@original';
      s.discord.inject({ route, kind: 'status', status: 503, times: 2 });
      s.discord.inject({ route: EDIT_BY_TOKEN, kind: 'cut', when: 'before' });

      await waitUntilVerified(s);

      expect(await outcomeOf(s, reply)).toEqual(SEEN_AND_PAID_ONCE);
    }));
});
