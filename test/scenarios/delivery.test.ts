/** The last step, whatever Discord does: the video appears in exactly one message, and every member gets a result. */
import { describe, expect, test } from 'vitest';

import type { Reply } from '#sandbox/discord/reply.ts';
import { HOUR, MINUTE, SECOND } from '#src/clock.ts';

import {
  EDIT_BY_BOT,
  EDIT_BY_TOKEN,
  NEW_MESSAGE,
  scenario,
  until,
  type Scenario,
  type ScenarioOptions,
} from './harness.ts';
import { DELIVERED, outcomeOf } from './outcome.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const RENDERING: ScenarioOptions = { vendor: { renderMs: 24 * HOUR } };
/** Below the 28 kB of the sandbox's stored clip. */
const SMALL_LIMIT_BYTES = 10_000;
const INJECTED_500 = { kind: 'status', status: 500 } as const;

/** A job that the vendor renders until the test ends it. */
async function rendering(s: Scenario): Promise<Reply> {
  const reply = s.video({ prompt: PROMPT });
  await reply.until(({ text }) => text.includes('Rendering'));
  return reply;
}

function finish(s: Scenario): void {
  s.vendor.setRenderMs(0);
  s.clock.pass(3 * SECOND);
}

function statuses(s: Scenario, route: string): (number | undefined)[] {
  return s.requests(route).map(({ status }) => status);
}

describe.concurrent('an expired interaction token', () => {
  test('the bot’s own token continues with the same message without further notice', () =>
    scenario({ ...RENDERING, discord: { interactionTokenLifeMs: 5 * MINUTE } }, async (s) => {
      const reply = await rendering(s);
      s.clock.pass(6 * MINUTE);
      finish(s);
      const done = await reply.until(({ media }) => media.length > 0);
      await s.job('delivered');

      expect(done.id).toBe(reply.message?.id);
      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
      expect(s.requests(EDIT_BY_TOKEN).filter(({ code }) => code === 50_027)).toHaveLength(1);
    }));

  test('a refused interaction token does not affect the bot’s own token', () =>
    scenario({ ...RENDERING, discord: { interactionTokenLifeMs: 5 * MINUTE } }, async (s) => {
      const first = await rendering(s);
      s.clock.pass(6 * MINUTE);
      finish(s);
      await first.until(({ media }) => media.length > 0);
      const second = s.video({ prompt: 'A second boat, some time later' }, s.bob);

      expect((await second.until(({ media }) => media.length > 0)).media).toHaveLength(1);
      expect(await s.bob.runs('credits').refusal()).toContain('credits');
      const byBot = s.discord.journal.filter(
        (entry) => entry.kind === 'request' && entry.path.startsWith('/channels'),
      );
      expect(byBot).toMatchObject(byBot.map(() => ({ status: 200 })));
    }));

  test('a token known to be expired is not tried', () =>
    scenario(RENDERING, async (s) => {
      const reply = await rendering(s);
      s.clock.pass(16 * MINUTE);
      finish(s);
      await reply.until(({ media }) => media.length > 0);
      await s.job('delivered');

      expect(statuses(s, EDIT_BY_TOKEN)).not.toContain(401);
      expect(statuses(s, EDIT_BY_BOT)).toContain(200);
      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }));

  test('a failure is shown in the same message after the token has expired', () =>
    scenario(RENDERING, async (s) => {
      const reply = await rendering(s);
      s.clock.pass(16 * MINUTE);
      s.vendor.inject({ on: 'list', kind: 'fail-task', code: 'InternalServiceError' });
      s.clock.pass(3 * SECOND);

      const over = await reply.until(({ text }) => text.includes('No video'));
      expect(over.text).toContain('Nothing was charged');
      expect(s.requests(NEW_MESSAGE)).toEqual([]);
    }));
});

describe.concurrent('a deleted message', () => {
  test('a deleted message is replaced by one new message with the video, which mentions only the member', () =>
    scenario(RENDERING, async (s) => {
      const reply = await rendering(s);
      s.guild.deleteMessage({ id: reply.message?.id ?? '' });
      finish(s);
      await s.job('delivered');

      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
      const [message] = s.guild.channel().messages;
      expect(message?.mentionsPinged).toEqual([s.alice.id]);
      expect(message?.text).toContain(`<@${s.alice.id}>`);
      expect((await s.job('delivered')).messageId).toBe(message?.id);
    }));

  test('a deleted message is replaced by one that explains why there is no video', () =>
    scenario(RENDERING, async (s) => {
      const reply = await rendering(s);
      s.guild.deleteMessage({ id: reply.message?.id ?? '' });
      s.vendor.inject({ on: 'list', kind: 'fail-task', code: 'InternalServiceError' });
      s.clock.pass(3 * SECOND);

      const over = await s.guild.channel().until(({ text }) => text.includes('No video'));
      expect(over.mentionsPinged).toEqual([s.alice.id]);
      expect(s.guild.channel().messages).toHaveLength(1);
    }));

  test.each([
    { kind: 'cut', when: 'after' },
    { kind: 'cut', when: 'before' },
    { ...INJECTED_500 },
    { kind: 'malformed' },
  ] as const)(
    'a deleted message is replaced once even when the response to the new one was $kind',
    (fault) =>
      scenario(RENDERING, async (s) => {
        const reply = await rendering(s);
        s.guild.deleteMessage({ id: reply.message?.id ?? '' });
        s.discord.inject({ route: NEW_MESSAGE, ...fault });
        finish(s);
        await s.job('delivered');

        expect(await outcomeOf(s)).toMatchObject(DELIVERED);
      }),
  );
});

describe.concurrent('a new message whose response was lost long ago', () => {
  test.each([
    ['video', {}],
    ['link', { attachmentSizeLimitBytes: SMALL_LIMIT_BYTES }],
  ] as const)('a lost new message is found by its %s, and no other is sent', (as, discord) =>
    scenario({ ...RENDERING, discord }, async (s) => {
      const reply = await rendering(s);
      s.guild.deleteMessage({ id: reply.message?.id ?? '' });
      // The link comes second, after the file was refused as too large.
      if (as === 'link') s.discord.inject({ route: NEW_MESSAGE, kind: 'slow', delayMs: 0 });
      s.discord.inject({ route: NEW_MESSAGE, kind: 'cut', when: 'after' });
      finish(s);
      const sent = await s.guild.channel().until(() => true);
      s.clock.pass(HOUR);
      const job = await s.job('delivered');

      expect(job).toMatchObject({ deliveredAs: as, messageId: sent.id });
      expect(s.guild.channel().messages).toHaveLength(1);
    }),
  );
});

describe.concurrent('a video over the upload limit', () => {
  test('a video over the upload limit becomes a link with its expiry, in the same message', () =>
    scenario({ discord: { attachmentSizeLimitBytes: SMALL_LIMIT_BYTES } }, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      const done = await reply.until(({ text }) => text.includes('Download'));
      const { deliveredAs } = await s.job('delivered');

      expect(deliveredAs).toBe('link');
      expect(done.text).toMatch(/link expires <t:\d+:R>/);
      const link = /\[Download\]\((\S+)\)/.exec(done.text)?.[1] ?? '';
      const video = Buffer.from(await (await fetch(link)).arrayBuffer());
      expect(video.subarray(4, 8).toString('latin1')).toBe('ftyp');
      expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, videos: [0] });
      expect(s.requests(EDIT_BY_TOKEN).every(({ files }) => files.length === 0)).toBe(true);
    }));

  test('a video becomes a link when Discord refuses its size only afterwards', () =>
    scenario(
      { ...RENDERING, discord: { attachmentSizeLimitBytes: SMALL_LIMIT_BYTES } },
      async (s) => {
        const reply = await rendering(s);
        s.clock.pass(16 * MINUTE);
        finish(s);
        await reply.until(({ text }) => text.includes('Download'));
        await s.job('delivered');

        expect(statuses(s, EDIT_BY_BOT)).toContain(413);
        expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, videos: [0] });
      },
    ));

  test('a video is held to the limit of its route: the member’s own applies to the token only', () =>
    scenario(
      {
        ...RENDERING,
        discord: { attachmentSizeLimitBytes: SMALL_LIMIT_BYTES },
        alice: { attachmentSizeLimitBytes: 50_000_000 },
      },
      async (s) => {
        const reply = await rendering(s);
        finish(s);

        expect((await reply.until(({ media }) => media.length > 0)).media).toHaveLength(1);
        await s.job('delivered');
      },
    ));
});

describe.concurrent('a channel with too few permissions', () => {
  test('a channel without file permission gets a link', () =>
    scenario(RENDERING, async (s) => {
      const reply = await rendering(s);
      s.clock.pass(16 * MINUTE);
      s.guild.revokeBotPermission('videos', 'AttachFiles');
      finish(s);

      const done = await reply.until(({ text }) => text.includes('Download'));
      await s.job('delivered');
      expect(done.text).not.toContain('too large');
      expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, videos: [0] });
    }));

  test('a channel without message permission gets the video by an edit', () =>
    scenario(RENDERING, async (s) => {
      const reply = await rendering(s);
      s.clock.pass(16 * MINUTE);
      s.guild.revokeBotPermission('videos', 'SendMessages');
      finish(s);
      await reply.until(({ media }) => media.length > 0);
      await s.job('delivered');

      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }));

  test('a hidden channel gets the video as soon as it is visible', () =>
    scenario(RENDERING, async (s) => {
      const reply = await rendering(s);
      s.clock.pass(16 * MINUTE);
      s.guild.revokeBotPermission('videos', 'ViewChannel');
      finish(s);
      await until(
        () => s.requests(NEW_MESSAGE),
        (tries) => tries.some(({ code }) => code === 50_001),
      );
      s.guild.setBotPermissions('videos', ['ViewChannel', 'SendMessages', 'AttachFiles']);
      await until(
        () => {
          s.clock.pass(10 * SECOND);
          return reply.message?.media.length;
        },
        (videos) => videos === 1,
      );

      await s.job('delivered');
      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }));

  test('a channel without permissions for three days leads to a refund', () =>
    scenario(RENDERING, async (s) => {
      await rendering(s);
      s.clock.pass(16 * MINUTE);
      s.guild.revokeBotPermission('videos', 'ViewChannel');
      finish(s);
      await until(
        () => s.requests(NEW_MESSAGE),
        (tries) => tries.some(({ code }) => code === 50_001),
      );
      await until(
        async () => {
          s.clock.pass(12 * HOUR);
          return s.ledgers.jobs();
        },
        ([job]) => job?.state === 'expired',
      );

      expect(await s.ledgers.serverBalance()).toBe(0);
      expect(await s.ledgers.vendorLedger()).toMatchObject([{ state: 'billed' }]);
    }));

  test('a channel whose rules refuse the prompt gets the video without it', () =>
    scenario({ mayLeaveFaults: true }, async (s) => {
      // Each first attempt is refused because it contains the prompt; each second one passes.
      for (let edit = 0; edit < 8; edit += 1) {
        s.discord.inject({ route: EDIT_BY_TOKEN, kind: 'status', status: 400, code: 200_000 });
        s.discord.inject({ route: EDIT_BY_TOKEN, kind: 'slow', delayMs: 0 });
      }
      const reply = s.video({ prompt: PROMPT });
      const done = await reply.until(({ media }) => media.length > 0);
      await s.job('delivered');

      expect(done.text).toContain('Seedance 2.0-mini');
      expect(reply.versions.map(({ text }) => text).join('\n')).not.toContain(PROMPT);
      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }));
});
