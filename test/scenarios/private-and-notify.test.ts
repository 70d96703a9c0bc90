/** What only one member may see, and how members are notified of finished videos. */
import { describe, expect, test } from 'vitest';

import type { Reply } from '#sandbox/discord/reply.ts';
import { HOUR, MINUTE, SECOND } from '#src/clock.ts';

import { NEW_MESSAGE, scenario, until, type Scenario, type VideoOptions } from './harness.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const RENDERING = { vendor: { renderMs: 24 * HOUR } };

async function rendering(s: Scenario, options: Omit<VideoOptions, 'prompt'>): Promise<Reply> {
  const reply = s.video({ prompt: PROMPT, ...options });
  await reply.until(({ text }) => text.includes('Rendering'));
  return reply;
}

async function finishAfter(s: Scenario, ms: number) {
  s.clock.pass(ms);
  s.vendor.setRenderMs(0);
  s.clock.pass(3 * SECOND);
  return s.job('delivered');
}

function publicMessages(s: Scenario) {
  return s.guild.channel().messages;
}

/** Everything that the bot has done about the job, so that "none came" is not a race. */
async function isShown(s: Scenario): Promise<void> {
  await until(
    async () =>
      s.ledgers.database.selectFrom('jobs').select(['version', 'shown_version']).execute(),
    (rows) => rows.every((row) => row.version === row.shown_version),
  );
}

describe.concurrent('a private video', () => {
  test('a private video is visible to the member alone, from the first message to the video', () =>
    scenario({}, async (s) => {
      const reply = s.video({ prompt: PROMPT, private: true });
      const done = await reply.until(({ media }) => media.length > 0);
      await s.job('delivered');

      expect(done.isEphemeral).toBe(true);
      expect(reply.versions.every(({ flags }) => (flags & 64) !== 0)).toBe(true);
      expect(publicMessages(s)).toEqual([]);
      expect(s.alice.directMessages).toEqual([]);
      expect(s.requests(NEW_MESSAGE)).toEqual([]);
    }));

  test('a private video comes only by direct message once the token has expired', () =>
    scenario(RENDERING, async (s) => {
      await rendering(s, { private: true });
      const job = await finishAfter(s, 16 * MINUTE);

      const withVideo = s.alice.directMessages.filter(({ media }) => media.length > 0);
      expect(withVideo).toHaveLength(1);
      expect(job).toMatchObject({ deliveredAs: 'video', messageId: withVideo[0]?.id });
      await isShown(s);
      expect(publicMessages(s)).toEqual([]);
      expect(s.alice.directMessages).toHaveLength(1);
    }));

  test('a private video waits for a member who accepts no direct messages', () =>
    scenario(RENDERING, async (s) => {
      s.alice.takesDirectMessages(false);
      await rendering(s, { private: true });
      s.clock.pass(16 * MINUTE);
      s.vendor.setRenderMs(0);
      s.clock.pass(3 * SECOND);
      await s.job('succeeded');
      await until(
        () => s.lines.filter(({ msg }) => /no way|refused a finished video/i.test(msg)),
        (seen) => seen.length > 0,
      );

      expect(publicMessages(s)).toEqual([]);
      expect(s.alice.directMessages).toEqual([]);
    }));

  test('a private video with notify none is not sent by direct message', () =>
    scenario(RENDERING, async (s) => {
      await rendering(s, { private: true, notify: 'none' });
      s.clock.pass(16 * MINUTE);
      s.vendor.setRenderMs(0);
      s.clock.pass(3 * SECOND);
      await s.job('succeeded');
      await until(
        () =>
          s.lines.some(({ err }) => JSON.stringify(err ?? '').includes('no delivery route open')),
        Boolean,
      );

      expect(publicMessages(s)).toEqual([]);
      expect(s.alice.directMessages).toEqual([]);
    }));

  test('a failed private video is reported in private, even after the token has expired', () =>
    scenario(RENDERING, async (s) => {
      await rendering(s, { private: true });
      s.clock.pass(16 * MINUTE);
      s.vendor.inject({ on: 'list', kind: 'fail-task', code: 'InternalServiceError' });
      s.clock.pass(3 * SECOND);
      await s.job('failed');
      await isShown(s);

      expect(publicMessages(s)).toEqual([]);
      expect(await s.ledgers.serverBalance()).toBe(0);
    }));

  test('a private video is never announced in public, however long it took', () =>
    scenario(RENDERING, async (s) => {
      await rendering(s, { private: true });
      await finishAfter(s, 2 * MINUTE);
      await isShown(s);

      expect(publicMessages(s)).toEqual([]);
    }));

  test('a video is private where Discord itself makes every reply ephemeral', () =>
    scenario(RENDERING, async (s) => {
      s.alice.forcesEphemeral(true);
      await rendering(s, {});
      await finishAfter(s, 16 * MINUTE);

      expect((await s.job('delivered')).isEphemeral).toBe(true);
      expect(publicMessages(s)).toEqual([]);
      expect(s.alice.directMessages.filter(({ media }) => media.length > 0)).toHaveLength(1);
    }));
});

describe.concurrent('a video that took over a minute', () => {
  test('a slow video is announced by one short message that mentions the member and links the result', () =>
    scenario(RENDERING, async (s) => {
      const reply = await rendering(s, {});
      await finishAfter(s, 2 * MINUTE);
      const notice = await s.guild.channel().until(({ text }) => text.includes('is ready'));
      await isShown(s);

      expect(notice.media).toEqual([]);
      expect(notice.mentionsPinged).toEqual([s.alice.id]);
      expect(notice.text).toContain(`/${notice.channelId}/${reply.message?.id}`);
      expect(notice.text).not.toContain(PROMPT);
      expect(publicMessages(s)).toHaveLength(2);
      expect(s.alice.directMessages).toEqual([]);
    }));

  test('a slow video is announced by direct message to a member who chose that', () =>
    scenario(RENDERING, async (s) => {
      const reply = await rendering(s, { notify: 'dm' });
      await finishAfter(s, 2 * MINUTE);
      const notice = await s.alice.untilDirectMessage(({ text }) => text.includes('is ready'));
      await isShown(s);

      expect(notice.text).toContain(reply.message?.id);
      expect(notice.media).toEqual([]);
      expect(publicMessages(s)).toHaveLength(1);
      expect(s.alice.directMessages).toHaveLength(1);
    }));

  test('a slow video is not announced to a member who chose none', () =>
    scenario(RENDERING, async (s) => {
      await rendering(s, { notify: 'none' });
      await finishAfter(s, 2 * MINUTE);
      await isShown(s);

      expect(publicMessages(s)).toHaveLength(1);
      expect(s.alice.directMessages).toEqual([]);
    }));

  test('a slow video is delivered even when the direct message is refused', () =>
    scenario(RENDERING, async (s) => {
      s.alice.takesDirectMessages(false);
      await rendering(s, { notify: 'dm' });
      const job = await finishAfter(s, 2 * MINUTE);
      await isShown(s);

      expect(job.deliveredAs).toBe('video');
      expect(publicMessages(s)).toHaveLength(1);
    }));

  test('a slow video is announced once even when the response to the notice was lost', () =>
    scenario(RENDERING, async (s) => {
      await rendering(s, {});
      s.discord.inject({ route: NEW_MESSAGE, kind: 'cut', when: 'after' });
      await finishAfter(s, 2 * MINUTE);
      await isShown(s);

      expect(publicMessages(s)).toHaveLength(2);
    }));

  test('a slow video in a new message needs no further notice', () =>
    scenario(RENDERING, async (s) => {
      const reply = await rendering(s, {});
      s.guild.deleteMessage({ id: reply.message?.id ?? '' });
      await finishAfter(s, 2 * MINUTE);
      await isShown(s);

      expect(publicMessages(s)).toHaveLength(1);
      expect(publicMessages(s)[0]?.mentionsPinged).toEqual([s.alice.id]);
    }));
});

describe.concurrent('a quick video', () => {
  test.each(['mention', 'dm', 'none'])(
    'a quick video needs no notice, whatever notify says: %s',
    (notify) =>
      scenario({}, async (s) => {
        await s.video({ prompt: PROMPT, notify }).until(({ media }) => media.length > 0);
        await s.job('delivered');
        await isShown(s);

        expect(publicMessages(s)).toHaveLength(1);
        expect(s.alice.directMessages).toEqual([]);
      }),
  );
});
