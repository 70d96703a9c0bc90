/**
 * A finished video whose delivery is uncertain or impossible: it is never shown twice, and never paid without
 * being there.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { RequestEntry } from '#sandbox/discord/journal.ts';
import type { MessageView } from '#sandbox/discord/message-view.ts';
import { HOUR, MINUTE, SECOND } from '#src/clock.ts';

import { findVideos } from './find-video.ts';
import {
  EDIT_BY_TOKEN,
  NEW_MESSAGE,
  passUntil,
  scenario,
  until,
  type Scenario,
  type ScenarioOptions,
} from './harness.ts';
import { USUAL_CREDITS } from './outcome.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const RENDERING: ScenarioOptions = { vendor: { renderMs: 24 * HOUR } };
const WITH_FILE = ({ files }: Pick<RequestEntry, 'files'>): boolean => files.length > 0;

/** A deleted message and an expired token: the video can only come in a new message. */
async function readyForNewMessage(s: Scenario): Promise<void> {
  const reply = s.video({ prompt: PROMPT, notify: 'none' });
  await reply.until(({ text }) => text.includes('Rendering'));
  s.clock.pass(16 * MINUTE);
  s.guild.deleteMessage({ id: reply.message?.id ?? '' });
}

/** The new message exists, and its response is lost. Discord forgets its nonce. */
async function loseNewMessage(s: Scenario): Promise<MessageView> {
  await readyForNewMessage(s);
  s.discord.inject({ route: NEW_MESSAGE, only: WITH_FILE, kind: 'cut', when: 'after' });
  s.vendor.setRenderMs(0);
  s.clock.pass(3 * SECOND);
  const lost = await s.guild.channel().until(({ media }) => media.length > 0);
  return lost;
}

function countLogged(s: Scenario, text: string): number {
  return s.lines.filter(({ msg }) => msg.includes(text)).length;
}

describe.concurrent('a new message whose response was lost', () => {
  test('a lost new message is found behind hundreds of others', () =>
    scenario(RENDERING, async (s) => {
      const lost = await loseNewMessage(s);
      for (let count = 0; count < 250; count += 1) s.bob.says(`message ${count}`);
      s.clock.pass(30 * MINUTE);
      await passUntil(s, 'delivered');

      const [job] = await s.ledgers.jobs();
      expect(job).toMatchObject({ deliveredAs: 'video', messageId: lost.id });
      expect(s.guild.channel().messages.filter(({ media }) => media.length > 0)).toHaveLength(1);
    }));

  test('a lost new message is not posted again while the channel is unreadable, and found afterwards', () =>
    scenario(RENDERING, async (s) => {
      await readyForNewMessage(s);
      s.guild.revokeBotPermission('videos', 'ReadMessageHistory');
      s.discord.inject({ route: NEW_MESSAGE, only: WITH_FILE, kind: 'cut', when: 'after' });
      s.vendor.setRenderMs(0);
      s.clock.pass(3 * SECOND);
      const lost = await s.guild.channel().until(({ media }) => media.length > 0);
      await until(
        () => {
          s.clock.pass(10 * MINUTE);
          return countLogged(s, 'not posting it again');
        },
        (times) => times > 2,
      );
      expect(s.guild.channel().messages).toHaveLength(1);

      s.guild.setBotPermissions('videos', [
        'ViewChannel',
        'SendMessages',
        'AttachFiles',
        'ReadMessageHistory',
      ]);
      await passUntil(s, 'delivered', MINUTE);
      const [job] = await s.ledgers.jobs();
      expect(job?.messageId).toBe(lost.id);
      expect(s.guild.channel().messages).toHaveLength(1);
    }));

  test('a lost new message in a channel unreadable for three days leads to an announced refund', () =>
    scenario(RENDERING, async (s) => {
      await readyForNewMessage(s);
      s.guild.revokeBotPermission('videos', 'ReadMessageHistory');
      s.discord.inject({ route: NEW_MESSAGE, only: WITH_FILE, kind: 'cut', when: 'before' });
      s.vendor.setRenderMs(0);
      // Time moves only once the video is stored, because its link would expire.
      await until(
        () => {
          s.clock.pass(SECOND);
          return s.requests(NEW_MESSAGE).length;
        },
        (sent) => sent > 0,
      );
      await until(
        () => {
          s.clock.pass(10 * MINUTE);
          return countLogged(s, 'not posting it again');
        },
        (times) => times > 0,
      );
      await passUntil(s, 'expired', 12 * HOUR);

      const told = await s.guild.channel().until(({ text }) => text.includes('No video'));
      expect(told.text).toContain('could not be posted here');
      expect(told.mentionsPinged).toEqual([s.alice.id]);
      expect(await s.ledgers.serverBalance()).toBe(0);
      expect(s.guild.channel().messages).toHaveLength(1);
    }));

  test('a lost new message is not confused with another member’s message', () =>
    scenario({ ...RENDERING, mayLeaveFaults: true }, async (s) => {
      await readyForNewMessage(s);
      let isDown = true;
      const only = (sent: Pick<RequestEntry, 'files'>): boolean => isDown && WITH_FILE(sent);
      s.discord.inject({ route: NEW_MESSAGE, only, kind: 'status', status: 503, times: 1000 });
      s.vendor.setRenderMs(0);
      s.clock.pass(3 * SECOND);
      const { id, result } = await s.job('succeeded');
      const link = `[Download](${result?.videoUrl ?? ''})`;
      await until(
        () => s.requests(NEW_MESSAGE).length,
        (sent) => sent > 0,
      );
      // The bot quotes prompts in its own messages.
      const forged = s.video({ prompt: `seedance-${id}.mp4 ${link}` }, s.bob);
      await forged.until(({ media }) => media.length > 0);
      s.bob.says(`seedance-${id}.mp4 ${link}`);
      isDown = false;
      await passUntil(s, 'delivered');

      const [job] = await s.ledgers.jobs();
      const withVideo = s.guild.channel().messages.filter(({ media }) => media.length > 0);
      expect(withVideo).toHaveLength(2);
      expect(job?.messageId).not.toBe(forged.message?.id);
      expect(withVideo.map((message) => message.id)).toContain(job?.messageId);
    }));
});

describe.concurrent('a video missing from the disk', () => {
  /** Fetched, refused by a Discord that is down, and then lost from the disk. */
  async function loseFile(s: Scenario): Promise<void> {
    s.discord.inject({ route: EDIT_BY_TOKEN, only: WITH_FILE, kind: 'status', status: 503 });
    await s.video({ prompt: PROMPT }).until(({ text }) => text.includes('Rendered'));
    await until(
      () => countLogged(s, 'step failed'),
      (failures) => failures > 0,
    );
    const { video } = await s.job('succeeded');
    await rm(join(s.environment['DATA_DIR'] ?? '', video?.file ?? '?'));
  }

  test('a missing video is fetched again and delivered, paid once', () =>
    scenario({}, async (s) => {
      await loseFile(s);
      await passUntil(s, 'delivered');

      expect(s.guild.channel().messages.filter(({ media }) => media.length > 0)).toHaveLength(1);
      expect(await s.ledgers.serverBalance()).toBe(-USUAL_CREDITS);
    }));

  test('a missing video costs nothing when its link has expired meanwhile', () =>
    scenario({}, async (s) => {
      await loseFile(s);
      s.clock.pass(25 * HOUR);
      await passUntil(s, 'expired');

      expect(await s.ledgers.serverBalance()).toBe(0);
    }));
});

describe.concurrent('a job without an open delivery route', () => {
  test('a private video waits until its member accepts direct messages again', () =>
    scenario(RENDERING, async (s) => {
      s.alice.takesDirectMessages(false);
      const reply = s.video({ prompt: PROMPT, private: true });
      const shown = await reply.until(({ text }) => text.includes('Rendering'));
      s.clock.pass(16 * MINUTE);
      s.vendor.setRenderMs(0);
      await until(
        () => {
          s.clock.pass(3 * SECOND);
          return countLogged(s, 'Discord refused a finished video');
        },
        (times) => times > 1,
      );
      expect(findVideos(s, reply, shown.id)).toEqual([]);
      expect(await s.ledgers.serverBalance()).toBe(-USUAL_CREDITS);

      s.alice.takesDirectMessages(true);
      await passUntil(s, 'delivered');
      expect(findVideos(s, reply, shown.id)).toEqual(['video in direct']);
      expect(s.guild.channel().messages).toEqual([]);
    }));

  test('a public video comes by direct message to a member who chose that', () =>
    scenario(RENDERING, async (s) => {
      const reply = s.video({ prompt: PROMPT, notify: 'dm' });
      const shown = await reply.until(({ text }) => text.includes('Rendering'));
      s.clock.pass(16 * MINUTE);
      s.guild.revokeBotPermission('videos', 'ViewChannel');
      s.vendor.setRenderMs(0);
      await passUntil(s, 'delivered');

      expect(findVideos(s, reply, shown.id)).toEqual(['video in direct']);
      expect(countLogged(s, 'job changed elsewhere')).toBe(0);
    }));

  test('a video is never charged for an expired link when no route opens in time', () =>
    scenario(
      { ...RENDERING, discord: { attachmentSizeLimitBytes: 10_000 }, ffmpegPath: '/nowhere' },
      async (s) => {
        const reply = s.video({ prompt: PROMPT });
        await reply.until(({ text }) => text.includes('Rendering'));
        s.clock.pass(16 * MINUTE);
        s.guild.revokeBotPermission('videos', 'ViewChannel');
        s.vendor.setRenderMs(0);
        await until(
          () => {
            s.clock.pass(3 * SECOND);
            return countLogged(s, 'Discord refused a finished video');
          },
          (times) => times > 1,
        );
        s.clock.pass(25 * HOUR);
        s.guild.setBotPermissions('videos', ['ViewChannel', 'SendMessages', 'AttachFiles']);
        await passUntil(s, 'expired', HOUR);

        expect(
          s.guild
            .channel()
            .messages.map(({ text }) => text)
            .join(),
        ).not.toContain('Download');
        expect(await s.ledgers.serverBalance()).toBe(0);
      },
    ));

  test('a failure is announced by direct message to a member who asked in private', () =>
    scenario(RENDERING, async (s) => {
      await s
        .video({ prompt: PROMPT, private: true })
        .until(({ text }) => text.includes('Rendering'));
      s.clock.pass(16 * MINUTE);
      s.vendor.inject({ on: 'list', kind: 'fail-task', code: 'InternalServiceError' });
      s.clock.pass(3 * SECOND);

      const told = await s.alice.untilDirectMessage(({ text }) => text.includes('No video'));
      expect(told.text).toContain('Nothing was charged');
      expect(s.guild.channel().messages).toEqual([]);
    }));
});
