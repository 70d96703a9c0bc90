/** What a draft says about the price of its final, and what the button under it costs. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { file } from '#sandbox/discord/discord.ts';
import type { Reply } from '#sandbox/discord/reply.ts';
import { SECOND } from '#src/clock.ts';
import { finalAction } from '#src/discord/messages/result-buttons.ts';

import { mp4File } from '../fakes/videos.ts';
import { expectPaid } from './assert-video.ts';
import { scenario, until, type Scenario, type VideoOptions } from './harness.ts';
import { disablePriceQuestion, moderator, readReply } from './moderator.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
/** 2.5 at BytePlus, 5 s of 16:9. */
const DRAFT_CREDITS = 52;
const FINAL_CREDITS = 287;
const FINAL = `Make final · 1080p · ${FINAL_CREDITS} cr`;
const DRAFT = { prompt: PROMPT, draft: true, model: '2.5' } as const;
/** Still has 1.5-pro, whose finals can have any size. */
const RESELLER = { dialect: 'powertokens' } as const;

/** Renders until the test ends it. */
const SLOW = { vendor: { renderMs: 60 * SECOND } } as const;

const bodySchema = z.record(z.string(), z.unknown());

async function makeDraft(s: Scenario, options: Partial<VideoOptions> = {}): Promise<Reply> {
  const reply = s.video({ ...DRAFT, ...options });
  await reply.until(({ media }) => media.length > 0);
  await s.job('delivered');
  return reply;
}

function labels(reply: Reply): string[] {
  return reply.message?.buttons.map(({ label }) => label) ?? [];
}

async function waitUntilDelivered(s: Scenario, count: number) {
  return until(
    s.ledgers.jobs,
    (jobs) => jobs.length === count && jobs.every(({ state }) => state === 'delivered'),
    (jobs) => jobs.map(({ state, failure }) => `${state} ${failure?.code ?? ''}`).join(', '),
  );
}

describe.concurrent('a draft of 2.5', () => {
  test('a draft of 2.5 shows both prices before it is made, and its 1080p final costs the one on its button', () =>
    scenario(SLOW, async (s) => {
      const reply = s.video(DRAFT);
      const { text } = await reply.until((message) => message.text.includes('A draft'));
      expect(text).toContain(`up to ${DRAFT_CREDITS} credits, held`);
      expect(text).toContain(`Its final costs extra: 1080p about ${FINAL_CREDITS} credits`);
      s.vendor.setRenderMs(0);
      await reply.until(({ media }) => media.length > 0);
      await s.job('delivered');
      expect(labels(reply)).toEqual([FINAL]);

      const made = s.alice.clicks(reply, FINAL);
      await made.until(({ media }) => media.length > 0);
      const [draft, final] = await waitUntilDelivered(s, 2);

      expect(draft?.holdCredits).toBe(DRAFT_CREDITS);
      expect(final?.holdCredits).toBe(FINAL_CREDITS);
      const task = s.vendor.tasks[1];
      expect(Object.keys(bodySchema.parse(task?.request)).toSorted()).toEqual([
        'content',
        'execution_expires_after',
        'model',
        'resolution',
        'return_last_frame',
        'safety_identifier',
        'watermark',
      ]);
      if (final !== undefined && task !== undefined) expectPaid(final, task);
    }));

  test('a price question about a draft names the price of its final too', () =>
    scenario({}, async (s) => {
      await readReply(moderator(s).runs('settings limits', { confirm_above: DRAFT_CREDITS - 1 }));
      const question = await s.video(DRAFT).until(({ buttons }) => buttons.length > 0);

      expect(question.text).toContain(`This draft costs up to ${DRAFT_CREDITS} credits`);
      expect(question.text).toContain(`1080p about ${FINAL_CREDITS} credits`);
      expect(await s.ledgers.jobs()).toEqual([]);
    }));

  test('a draft whose length the model chooses shows the maximum price of its final', () =>
    scenario({ ...SLOW, environment: { DEFAULT_GUILD_CREDITS: '1000' } }, async (s) => {
      await disablePriceQuestion(s);
      const reply = s.video({ ...DRAFT, duration: -1, seed: 0 });
      const { text } = await reply.until((message) => message.text.includes('A draft'));
      expect(text).toMatch(/1080p up to \d,\d{3} credits/);

      s.vendor.setRenderMs(0);
      await reply.until(({ media }) => media.length > 0);
      // The video is 4 s long.
      expect(labels(reply)).toEqual(['Make final · 1080p · 230 cr']);
    }));

  test('a draft from a reference video has a final that is billed for that video too', () =>
    scenario({ environment: { DEFAULT_GUILD_CREDITS: '1000' } }, async (s) => {
      const reference_video = file('waves.mp4', mp4File({ seconds: 6, hasAudio: true }));
      const reply = await makeDraft(s, { reference_video, ratio: '16:9' });
      s.alice.clicks(reply, 'Make final · 1080p');
      const [, final] = await waitUntilDelivered(s, 2);

      const task = s.vendor.tasks[1];
      if (final === undefined || task === undefined) throw new Error('There are two');
      // 6 s of reference and 5 s of video.
      expect(task.tokens).toBe(Math.floor((1920 * 1080 * (24 * 11 + 1)) / 1024));
      expectPaid(final, task);
      expect(final.holdCredits).toBe(final.costCredits);
      expect(final.inputs).toEqual([]);
    }));

  test('a draft is refused where the server allows no 1080p, and nothing is held', () =>
    scenario({}, async (s) => {
      await readReply(moderator(s).runs('settings limits', { max_resolution: '720p' }));
      const refusal = await readReply(s.video(DRAFT));

      expect(refusal).toContain(
        'The final of a 2.5 draft is 1080p, more than this server allows. Turn draft off',
      );
      expect(s.creates()).toEqual([]);
      expect(await s.ledgers.ledger()).toEqual([]);
    }));

  test('a draft is refused where its final exceeds the maximum cost of a video', () =>
    scenario({}, async (s) => {
      await readReply(moderator(s).runs('quota server', { max_cost: FINAL_CREDITS - 1 }));
      const refusal = await readReply(s.video(DRAFT));

      expect(refusal).toContain(
        `The 1080p final of this draft would cost ${FINAL_CREDITS} credits`,
      );
      expect(refusal).toContain(`may cost up to ${FINAL_CREDITS - 1}`);
      expect(s.creates()).toEqual([]);
      await readReply(moderator(s).runs('quota server', { max_cost: FINAL_CREDITS }));
      expect(labels(await makeDraft(s))).toEqual([FINAL]);
    }));
});

describe.concurrent('a draft by server default', () => {
  test('a draft by server default is made like any other, and shows the price of its final', () =>
    scenario({}, async (s) => {
      await readReply(moderator(s).runs('settings defaults', { draft: true, model: '2.5' }));
      const reply = s.video({ prompt: PROMPT });
      await reply.until(({ media }) => media.length > 0);

      expect(labels(reply)).toEqual([FINAL]);
    }));

  test.each([
    ['its final exceeds the maximum cost of a video', 'quota server', { max_cost: 100 }],
    ['its final is larger than the server allows', 'settings limits', { max_resolution: '720p' }],
  ] as const)(
    'a draft by server default becomes an ordinary video where %s',
    (_why, command, limit) =>
      scenario({}, async (s) => {
        await readReply(moderator(s).runs('settings defaults', { draft: true, model: '2.5' }));
        await readReply(moderator(s).runs(command, limit));
        await s
          .video({ prompt: PROMPT, resolution: '480p' })
          .until(({ media }) => media.length > 0);

        const [job] = await s.ledgers.jobs();
        expect(job?.request).toMatchObject({ model: '2.5', isDraft: false });
        expect(job?.finals).toBeUndefined();
      }),
  );
});

describe.concurrent('the buttons under a draft of 1.5-pro', () => {
  const draft = { prompt: PROMPT, draft: true, model: '1.5-pro' } as const;

  test('the buttons under a draft are those that the server allows, and no other size can be chosen', () =>
    scenario({ vendor: RESELLER }, async (s) => {
      await readReply(moderator(s).runs('settings limits', { max_resolution: '720p' }));
      const reply = await makeDraft(s, draft);
      expect(labels(reply)).toEqual(['Make final · 480p · 13 cr', 'Make final · 720p · 27 cr']);

      const [job] = await s.ledgers.jobs();
      const action = finalAction({ resolution: '1080p', isPrivate: false });
      const forged = s.alice.forgesClick(
        reply.message ?? s.alice.says(''),
        `job:${action}:${job?.id}`,
      );
      expect(await readReply(forged)).toContain('allow videos of at most 720p');
      expect(s.creates()).toHaveLength(1);
    }));

  test('the buttons under a draft are those that the member may spend on a single video', () =>
    scenario({ vendor: RESELLER }, async (s) => {
      await readReply(moderator(s).runs('quota server', { max_cost: 27 }));

      expect(labels(await makeDraft(s, draft))).toHaveLength(2);
    }));

  test('each button under a draft makes the size it names', () =>
    scenario({ vendor: RESELLER }, async (s) => {
      const reply = await makeDraft(s, draft);
      s.alice.clicks(reply, 'Make final · 1080p · 59 cr');
      const [, final] = await waitUntilDelivered(s, 2);

      expect(final?.request.resolution).toBe('1080p');
      expect(s.vendor.tasks[1]?.options.resolution).toBe('1080p');
    }));

  test('a button under a draft does nothing once the server forbids its size', () =>
    scenario({ vendor: RESELLER }, async (s) => {
      const reply = await makeDraft(s, draft);
      await readReply(moderator(s).runs('settings limits', { max_resolution: '720p' }));
      const before = await s.ledgers.serverBalance();

      const refusal = await readReply(s.alice.clicks(reply, 'Make final · 1080p'));

      expect(refusal).toContain('at most 720p');
      expect(await s.ledgers.serverBalance()).toBe(before);
    }));
});

describe.concurrent('the price on the button', () => {
  const pricesOf = (perMillionTokens: number) => ({
    PRICES: JSON.stringify({ byteplus: { '2.5': { perMillionTokens } } }),
  });

  test('the price on a button counts as confirmed: there is no question above the server’s limit', () =>
    scenario({}, async (s) => {
      const reply = await makeDraft(s);
      await readReply(moderator(s).runs('settings limits', { confirm_above: 1 }));
      s.alice.clicks(reply, FINAL);
      const [, final] = await waitUntilDelivered(s, 2);

      expect(final?.holdCredits).toBe(FINAL_CREDITS);
    }));

  test('a price that has risen is asked about, and is not held without a confirmation', () =>
    scenario({ environment: { DEFAULT_GUILD_CREDITS: '1000' } }, async (s) => {
      const reply = await makeDraft(s);
      const before = await s.ledgers.serverBalance();
      await s.stop();
      await s.start(pricesOf(14));
      const press = s.alice.clicks(reply, FINAL);
      const question = await press.until(({ buttons }) => buttons.length > 0);

      expect(question.isEphemeral).toBe(true);
      expect(question.text).toMatch(
        new RegExp(`has risen from ${FINAL_CREDITS}.*This final costs up to \\d{3} credits`),
      );
      expect(await s.ledgers.serverBalance()).toBe(before);
      expect(s.creates()).toHaveLength(1);
      const label = question.buttons[0]?.label ?? '';
      s.alice.clicks(press, label);
      const [, final] = await waitUntilDelivered(s, 2);
      expect(label).toBe(`Make it for ${final?.holdCredits} credits`);
      expect(final?.holdCredits).toBeGreaterThan(FINAL_CREDITS);

      const again = await readReply(s.alice.clicks(press, label));
      expect(again).toContain('was already made');
      expect(await readReply(s.alice.clicks(reply, FINAL))).toContain('was already made');
      expect(s.creates()).toHaveLength(2);
    }));

  test('a price that has fallen is held as it is now', () =>
    scenario({}, async (s) => {
      const reply = await makeDraft(s);
      await s.stop();
      await s.start(pricesOf(5));
      s.alice.clicks(reply, FINAL);
      const [, final] = await waitUntilDelivered(s, 2);

      expect(final?.holdCredits).toBeLessThan(FINAL_CREDITS);
    }));
});
