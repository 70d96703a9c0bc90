/** A cheap draft, and the final that one button makes from it: the same task, not a new result. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { file } from '#sandbox/discord/discord.ts';
import type { Reply } from '#sandbox/discord/reply.ts';
import { DAY, SECOND } from '#src/clock.ts';

import { pngImage } from '../fakes/images.ts';
import { expectPaid } from './assert-video.ts';
import { scenario, until, type Scenario, type VideoOptions } from './harness.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
/** One of the buttons under a draft of 1.5-pro. */
const MAKE_FINAL = 'Make final · 720p';
/** A reseller that still has 1.5-pro; `draft-prices.test.ts` covers the drafts of 2.5. */
const RESELLER = { dialect: 'powertokens' } as const;

const finalSchema = z.looseObject({ content: z.array(z.unknown()) });

async function makeDraft(s: Scenario, options: Omit<VideoOptions, 'prompt'> = {}): Promise<Reply> {
  const reply = s.video({ prompt: PROMPT, draft: true, model: '1.5-pro', ...options });
  await reply.until(({ media }) => media.length > 0);
  await s.job('delivered');
  return reply;
}

async function waitUntilBothDelivered(s: Scenario) {
  const jobs = await until(
    () => s.ledgers.jobs(),
    (all) => all.length === 2 && all.every(({ state }) => state === 'delivered'),
    (all) => all.map(({ state, failure }) => `${state} ${failure?.code ?? ''}`).join(', '),
  );
  const [draft, final] = jobs;
  if (draft === undefined || final === undefined) throw new Error('Not reached: there are two');
  return { draft, final };
}

describe.concurrent('a draft', () => {
  test('a draft is requested at 480p without unsupported options, and costs a part', () =>
    scenario({ vendor: RESELLER }, async (s) => {
      const reply = await makeDraft(s);

      const [task] = s.vendor.tasks;
      expect(task?.request).toMatchObject({
        draft: true,
        resolution: '480p',
        return_last_frame: false,
      });
      const whole = Math.floor((864 * 496 * 121) / 1024);
      expect(task?.tokens).toBe(Math.floor((864 * 496 * 121 * 6) / 10_240));
      expect(task?.tokens).toBeLessThan(whole);
      expect(reply.message?.buttons.map(({ label }) => label)).toEqual([
        'Make final · 480p · 13 cr',
        'Make final · 720p · 27 cr',
        'Make final · 1080p · 59 cr',
      ]);
      const job = await s.job('delivered');
      if (task !== undefined) expectPaid(job, task);
    }));

  test('a silent draft costs seven tenths', () =>
    scenario({ vendor: RESELLER }, async (s) => {
      await makeDraft(s, { audio: false });

      const [task] = s.vendor.tasks;
      expect(task?.tokens).toBe(Math.floor((864 * 496 * 121 * 7) / 10_240));
      if (task !== undefined) expectPaid(await s.job('delivered'), task);
    }));

  test('a draft whose length the model chose has a final of that length', () =>
    scenario({ vendor: RESELLER }, async (s) => {
      const reply = await makeDraft(s, { duration: -1, seed: 2 });
      s.alice.clicks(reply, MAKE_FINAL);
      const { final } = await waitUntilBothDelivered(s);

      expect(s.vendor.tasks.map(({ options }) => options.seconds)).toEqual([6, 6]);
      expect(final.request.length).toEqual({ unit: 'seconds', seconds: 6 });
      expect(final.costCredits).toBe(final.holdCredits);
    }));
});

describe.concurrent('the final of a draft', () => {
  test('a final is the complete task at the same vendor, in its own message', () =>
    scenario({ vendor: RESELLER }, async (s) => {
      const picture = file('boat.png', pngImage({ width: 480, height: 800 }));
      const reply = await makeDraft(s, { first_frame: picture, duration: 6, camera_fixed: true });
      const made = s.alice.clicks(reply, MAKE_FINAL);
      const message = await made.until(({ media }) => media.length > 0);
      const { draft, final } = await waitUntilBothDelivered(s);

      const [first, second] = s.vendor.tasks;
      const body = finalSchema.parse(second?.request);
      expect(body.content).toEqual([{ type: 'draft_task', draft_task: { id: first?.id } }]);
      for (const decided of [
        'ratio',
        'duration',
        'seed',
        'camera_fixed',
        'generate_audio',
        'draft',
      ]) {
        expect(body).not.toHaveProperty(decided);
      }
      expect(body).toMatchObject({ resolution: '720p', return_last_frame: true });
      expect(second?.options).toMatchObject({
        seed: first?.options.seed,
        ratio: '9:16',
        seconds: 6,
        isCameraFixed: true,
        isDraft: false,
      });
      expect(final.submissions[0]?.vendor).toBe(draft.submissions[0]?.vendor);
      expect(final.onlyVendor).toBe('powertokens');
      expect(message.id).not.toBe(reply.message?.id);
      expect(message.buttons).toEqual([]);
      expect(message.text).toContain(PROMPT);
      if (second !== undefined) expectPaid(final, second);
      expect(final.holdCredits).toBe(final.costCredits);
      const spent = (draft.costCredits ?? 0) + (final.costCredits ?? 0);
      expect(await s.ledgers.serverBalance()).toBe(-spent);
    }));

  test('a final is made only for the member who owns its draft', () =>
    scenario({ vendor: RESELLER }, async (s) => {
      const reply = await makeDraft(s);
      const message = reply.message;
      if (message === undefined) throw new Error('The draft was delivered');
      const refusal = await s.bob.clicks(message, MAKE_FINAL).refusal();

      expect(refusal).toContain('Only the member who asked');
      expect(s.creates()).toHaveLength(1);
      expect(await s.ledgers.jobs()).toHaveLength(1);
      expect(s.guild.channel().messages).toHaveLength(1);
    }));

  test('a final can be made after a restart, and days later', () =>
    scenario({ vendor: RESELLER }, async (s) => {
      const reply = await makeDraft(s);
      await s.stop();
      s.clock.pass(6 * DAY);
      await s.start();
      s.alice.clicks(reply, MAKE_FINAL);

      await waitUntilBothDelivered(s);
      expect(s.vendor.tasks).toHaveLength(2);
    }));

  test('a final fails without a charge once the vendor has forgotten the draft', () =>
    scenario({ vendor: RESELLER }, async (s) => {
      const reply = await makeDraft(s);
      const before = await s.ledgers.serverBalance();
      s.clock.pass(8 * DAY);
      const refusal = await s.alice.clicks(reply, MAKE_FINAL).refusal();

      expect(refusal).toContain('keeps drafts for 7 days');
      expect(await s.ledgers.serverBalance()).toBe(before);
      expect(s.vendor.tasks).toHaveLength(1);
    }));

  test('the final of a private draft is private', () =>
    scenario({ vendor: RESELLER }, async (s) => {
      const reply = await makeDraft(s, { private: true });
      const made = s.alice.clicks(reply, MAKE_FINAL);
      const message = await made.until(({ media }) => media.length > 0);
      const { final } = await waitUntilBothDelivered(s);

      expect(message.isEphemeral).toBe(true);
      expect(final).toMatchObject({ isPrivate: true, isEphemeral: true });
      expect(s.guild.channel().messages).toEqual([]);
    }));

  test('a final has its own hold: without credits it is refused', () =>
    scenario({ vendor: RESELLER, environment: { DEFAULT_GUILD_CREDITS: '20' } }, async (s) => {
      const reply = await makeDraft(s);
      const refusal = await s.alice.clicks(reply, MAKE_FINAL).refusal();

      expect(refusal).toContain('costs 27 credits');
      expect(s.creates()).toHaveLength(1);
    }));
});

describe.concurrent('a second press on Make final', () => {
  test('a second press on Make final makes no second final, and links to the running one', () =>
    scenario({ vendor: { ...RESELLER, renderMs: 60 * SECOND } }, async (s) => {
      s.vendor.setRenderMs(0);
      const reply = await makeDraft(s);
      const before = await s.ledgers.serverBalance();
      s.vendor.setRenderMs(60 * SECOND);
      const presses = [s.alice.clicks(reply, MAKE_FINAL), s.alice.clicks(reply, MAKE_FINAL)];
      const answers = await Promise.all(
        presses.map(async (press) => press.until(({ isLoading }) => !isLoading)),
      );

      const refusals = answers.filter(({ isEphemeral }) => isEphemeral);
      const [made] = answers.filter(({ isEphemeral }) => !isEphemeral);
      expect(refusals).toHaveLength(1);
      expect(refusals[0]?.text).toMatch(/^The final of this draft is already being made: https:/);
      expect(refusals[0]?.text).toContain(`/${made?.id}`);
      const { final } = await finalOf(s);
      expect(await s.ledgers.serverBalance()).toBe(before - final.holdCredits);
      s.vendor.setRenderMs(0);
      await waitUntilBothDelivered(s);
      expect(s.creates()).toHaveLength(2);
    }));

  test('a later press on Make final links to the finished one, and costs nothing', () =>
    scenario({ vendor: RESELLER }, async (s) => {
      const reply = await makeDraft(s);
      const made = s.alice.clicks(reply, MAKE_FINAL);
      const { id } = await made.until(({ media }) => media.length > 0);
      await waitUntilBothDelivered(s);
      const spent = await s.ledgers.serverBalance();
      const answer = await s.alice.clicks(reply, MAKE_FINAL).refusal();

      expect(answer).toMatch(/^The final of this draft was already made: https:/);
      expect(answer).toContain(`/${id}`);
      expect(await s.ledgers.serverBalance()).toBe(spent);
      expect(s.creates()).toHaveLength(2);
    }));

  test('a second private press on Make final is answered without a link, because none works', () =>
    scenario({ vendor: RESELLER }, async (s) => {
      const reply = await makeDraft(s, { private: true });
      s.alice.clicks(reply, MAKE_FINAL);
      await waitUntilBothDelivered(s);
      const answer = await s.alice.clicks(reply, MAKE_FINAL).refusal();

      expect(answer).toContain('already made: in the private reply');
    }));

  test('a press on Make final after a failed final makes another', () =>
    scenario({ vendor: RESELLER }, async (s) => {
      const reply = await makeDraft(s);
      s.vendor.inject({ on: 'create', kind: 'fail-task', code: 'InternalServiceError' });
      s.alice.clicks(reply, MAKE_FINAL);
      await until(s.ledgers.jobs, (jobs) => jobs.some(({ state }) => state === 'failed'));
      s.alice.clicks(reply, MAKE_FINAL);
      const jobs = await until(
        s.ledgers.jobs,
        (all) => all.length === 3 && all.every(({ state }) => state !== 'running'),
      );

      await until(s.ledgers.jobs, (all) => all.at(-1)?.state === 'delivered');
      expect(jobs.map(({ request }) => request.draftTaskId !== undefined)).toEqual([
        false,
        true,
        true,
      ]);
      const answer = await s.alice.clicks(reply, MAKE_FINAL).refusal();
      expect(answer).toContain('already made');
    }));
});

describe.concurrent('the create call of a final', () => {
  test('a lost create response of a final is found by its draft, and nothing is sent twice', () =>
    scenario({ vendor: RESELLER }, async (s) => {
      const reply = await makeDraft(s);
      s.vendor.inject({ on: 'create', kind: 'lost-answer' });
      s.alice.clicks(reply, MAKE_FINAL);
      const { draft, final } = await waitUntilBothDelivered(s);

      expect(s.creates()).toHaveLength(2);
      expect(s.vendor.tasks).toHaveLength(2);
      expect(final.request.draftTaskId).toBe(draft.submissions[0]?.taskId);
      expect(final.submissions[0]?.taskId).toBe(s.vendor.tasks[1]?.id);
      expect(s.lines.some(({ msg }) => msg === 'lost task found')).toBe(true);
    }));

  test('a lost create response of a rendering final is found by its tags', () =>
    scenario({ vendor: { ...RESELLER, renderMs: 60 * SECOND } }, async (s) => {
      s.vendor.setRenderMs(0);
      const reply = await makeDraft(s);
      s.vendor.setRenderMs(60 * SECOND);
      s.vendor.inject({ on: 'create', kind: 'lost-answer' });
      s.alice.clicks(reply, MAKE_FINAL);
      await until(s.ledgers.jobs, (jobs) => jobs.some(({ state }) => state === 'running'));
      s.vendor.setRenderMs(0);
      const { final } = await waitUntilBothDelivered(s);

      expect(s.vendor.tasks).toHaveLength(2);
      expect(final.submissions[0]?.taskId).toBe(s.vendor.tasks[1]?.id);
    }));
});

async function finalOf(s: Scenario) {
  const jobs = await s.ledgers.jobs();
  const final = jobs.find(({ request }) => request.draftTaskId !== undefined);
  if (final === undefined) throw new Error('There is no final');
  return { final };
}
