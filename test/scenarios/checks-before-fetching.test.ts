/** What is refused before any byte of a member’s files is fetched. */
import { describe, expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';

import { mp4File } from '../fakes/videos.ts';
import { scenario, type Scenario } from './harness.ts';
import { moderator, readReply } from './moderator.ts';
import { paddedPng } from './pictures.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const MEGABYTE = 1_000_000;

/** How often the bot requested a member’s file from Discord. */
function countFetches(s: Scenario): number {
  return s.discord.journal.filter(
    (entry) => entry.kind === 'request' && entry.route.includes('attachments/:channel'),
  ).length;
}

const references = (byteLength: number) => {
  const picture = file('boat.png', paddedPng(byteLength));
  return { reference_1: picture, reference_2: picture, reference_3: picture, reference_4: picture };
};

describe.concurrent('checks before a file is fetched', () => {
  test('a server without credits is told so before a file is fetched', () =>
    scenario({ environment: { DEFAULT_GUILD_CREDITS: '0' } }, async (s) => {
      const orders = Array.from({ length: 10 }, () =>
        s.video({ prompt: PROMPT, ...references(2 * MEGABYTE) }),
      );
      const sentences = await Promise.all(orders.map(async (order) => order.refusal()));

      for (const sentence of sentences) expect(sentence).toContain('this server has 0 left');
      expect(countFetches(s)).toBe(0);
    }));

  test('a member without credits is told so before a file is fetched, and others are not', () =>
    scenario({}, async (s) => {
      await readReply(moderator(s).runs('quota user', { user: s.alice.id, credits: 1 }));
      const first_frame = file('boat.png', paddedPng(MEGABYTE));

      const sentence = await s.video({ prompt: PROMPT, first_frame }).refusal();
      expect(sentence).toContain('you have 1 left');
      expect(countFetches(s)).toBe(0);
      await s.video({ prompt: PROMPT, first_frame }, s.bob).until(({ media }) => media.length > 0);
      expect(countFetches(s)).toBe(1);
    }));

  test('pictures that are too large together are refused by their stated sizes', () =>
    scenario({}, async (s) => {
      const sentence = await s.video({ prompt: PROMPT, ...references(29 * MEGABYTE) }).refusal();

      expect(sentence).toBe(
        'The pictures are 116 MB together; the limit is 45 MB. Send smaller ones.',
      );
      expect(countFetches(s)).toBe(0);
    }));

  test('one file that is too large keeps the others from being fetched', () =>
    scenario({}, async (s) => {
      const reference_1 = file('small.png', paddedPng(MEGABYTE));
      const reference_2 = file('large.png', paddedPng(31 * MEGABYTE));
      const sentence = await s.video({ prompt: PROMPT, reference_1, reference_2 }).refusal();

      expect(sentence).toContain('The reference image 2 is too large');
      expect(countFetches(s)).toBe(0);
    }));

  test('a full queue is reported before a file is fetched', () =>
    scenario({ vendor: { renderMs: 3_600_000 } }, async (s) => {
      await readReply(moderator(s).runs('quota server', { at_once: 1, waiting: 0 }));
      await s.video({ prompt: PROMPT }).until(({ text }) => text.includes('Rendering'));
      const first_frame = file('boat.png', paddedPng(MEGABYTE));

      const sentence = await s.video({ prompt: PROMPT, first_frame }, s.bob).refusal();
      expect(sentence).toContain('queue is full');
      expect(countFetches(s)).toBe(0);
    }));

  test('an unfetched reference video counts with the shortest possible length', () =>
    scenario({}, async (s) => {
      const reference_video = file('waves.mp4', mp4File({ seconds: 2 }));
      const model = '2.0-mini';
      const made = s.video({ prompt: PROMPT, model, reference_video });
      await made.until(({ media }) => media.length > 0);
      const { holdCredits = 0 } = (await s.ledgers.jobs())[0] ?? {};
      await readReply(moderator(s).runs('quota user', { user: s.bob.id, credits: holdCredits }));

      const affordable = s.video({ prompt: PROMPT, model, reference_video }, s.bob);
      await affordable.until(({ media }) => media.length > 0);
      const fetchedBefore = countFetches(s);
      const sentence = await s.video({ prompt: PROMPT, model, reference_video }, s.bob).refusal();
      expect(sentence).toContain('you have 0 left');
      expect(countFetches(s)).toBe(fetchedBefore);
    }));
});
