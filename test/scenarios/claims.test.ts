/** Each request is handled once, or answered as failed: when it is duplicated, late, or its bot dies. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';
import type { Reply } from '#sandbox/discord/reply.ts';

import { pngImage } from '../fakes/images.ts';
import { withoutSpaceIn, writeUnlocked } from './failing-database.ts';
import { CALLBACK, scenario, until, type Scenario } from './harness.ts';
import { DELIVERED, outcomeOf, USUAL_CREDITS } from './outcome.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const PICTURE = 'GET /ephemeral-attachments/:channel/:file/:name';
/** Discord has the acknowledgement; the bot, which retries by itself, gets 40060. */
const LOST_ANSWER = { route: CALLBACK, kind: 'cut', when: 'after', how: 'reset' } as const;

const READ_REPLY = 'GET /webhooks/:app/:token/messages/@original';

const claims = (s: Scenario) => s.ledgers.database.selectFrom('claims').selectAll().execute();

/** Every claim of every bot is finished. */
async function waitUntilAllFinished(s: Scenario, count = 1): Promise<void> {
  await until(
    () => claims(s),
    (rows) => rows.length === count && rows.every((row) => row.finished_at !== null),
  );
}

/** Nothing is held, and no vendor was called. */
async function expectNothingDone(s: Scenario): Promise<void> {
  expect(await s.ledgers.jobs()).toEqual([]);
  expect(await s.ledgers.ledger()).toEqual([]);
  expect(s.creates()).toEqual([]);
}

describe.concurrent('a duplicated event', () => {
  test('a duplicated command makes one video, and shows no error', () =>
    scenario({}, async (s) => {
      s.discord.inject({ kind: 'duplicate-interaction' });
      const reply = s.video({ prompt: PROMPT, first_frame: file('sea.png', pngImage()) });
      await s.job('delivered');
      await waitUntilAllFinished(s);

      expect(reply.deliveryTries).toBe(2);
      expect(reply.visible).toHaveLength(1);
      expect(reply.versions.map(({ text }) => text).join('\n')).not.toMatch(/wrong|charged/);
      expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, creates: 1 });
    }));

  test('a duplicated price confirmation makes one video', () =>
    scenario({}, async (s) => {
      const mia = s.guild.member('mia', { permissions: ['ManageGuild'] });
      await mia.runs('settings limits', { confirm_above: USUAL_CREDITS - 1 }).refusal();
      const asked = s.video({ prompt: PROMPT });
      const { buttons } = await asked.until((message) => message.buttons.length > 0);
      s.discord.inject({ kind: 'duplicate-interaction' });
      const yes = s.alice.clicks(asked, buttons[0]?.label ?? '');
      await s.job('delivered');
      await waitUntilAllFinished(s, 2);

      expect(yes.visible).toHaveLength(1);
      expect(await s.ledgers.jobs()).toHaveLength(1);
      expect(s.creates()).toHaveLength(1);
    }));
});

describe.concurrent('acknowledgements', () => {
  test.each([true, false])(
    'a lost response to an acknowledgement still opens the reply, private: %s',
    (isPrivate) =>
      scenario({}, async (s) => {
        s.discord.inject(LOST_ANSWER);
        const reply = s.video({ prompt: PROMPT, private: isPrivate });
        const done = await reply.until(({ media }) => media.length > 0);
        const job = await s.job('delivered');

        expect(s.requests(CALLBACK)).toMatchObject([{ fault: 'cut' }, { code: 40_060 }]);
        expect(done).toMatchObject({ id: job.messageId, isEphemeral: isPrivate });
        expect(job.isEphemeral).toBe(isPrivate);
        expect(s.creates()).toHaveLength(1);
      }),
  );

  test.each([true, false])(
    'a refusal after a lost response to an acknowledgement leaves nothing public, private: %s',
    (isPrivate) =>
      scenario({ environment: { DEFAULT_MEMBER_CREDITS: '1' } }, async (s) => {
        s.discord.inject(LOST_ANSWER);
        const reply = s.video({ prompt: PROMPT, private: isPrivate });

        expect(await reply.refusal()).toContain('credits');
        // A private reply shows the refusal itself; a public one is deleted.
        expect(reply.message === undefined).toBe(!isPrivate);
        expect(s.guild.channel().messages.filter(({ isEphemeral }) => !isEphemeral)).toEqual([]);
        await waitUntilAllFinished(s);
        await expectNothingDone(s);
      }),
  );

  test('a reply that cannot be found after a lost response ends in a refusal', () =>
    scenario({}, async (s) => {
      s.discord.inject(LOST_ANSWER);
      s.discord.inject({ route: READ_REPLY, kind: 'status', status: 404, code: 10_008 });
      const reply = s.video({ prompt: PROMPT });

      expect(await reply.refusal()).toContain('Nothing was charged');
      expect(reply.message).toBeUndefined();
      await waitUntilAllFinished(s);
      await expectNothingDone(s);
    }));

  test('a late acknowledgement drops the command', () =>
    scenario({}, async (s) => {
      s.discord.inject({ route: CALLBACK, kind: 'slow', delayMs: 3_500 });
      s.video({ prompt: PROMPT });
      await until(
        () => s.requests(CALLBACK),
        ([request]) => request?.fault === 'slow',
      );
      await until(
        () => claims(s),
        (rows) => rows.length === 1,
      );
      s.clock.pass(3_500);
      await waitUntilAllFinished(s);

      expect(s.requests(CALLBACK)).toMatchObject([{ code: 10_062 }]);
      await expectNothingDone(s);
    }));

  test('a command that a resumed connection delivers too late is dropped', () =>
    scenario({ discord: { acknowledgeWithinMs: 100 } }, async (s) => {
      s.discord.inject({ kind: 'drop-connection' });
      const reply = s.video({ prompt: PROMPT });
      await waitUntilAllFinished(s);

      expect(reply.visible).toEqual([]);
      expect(s.requests(CALLBACK)).toMatchObject([{ code: 10_062 }]);
      await expectNothingDone(s);
    }));
});

describe.concurrent('a bot that stops while it fetches a picture', () => {
  async function fetching(s: Scenario, isPrivate = false): Promise<Reply> {
    s.discord.inject({ route: PICTURE, kind: 'hang', when: 'before' });
    const first = file('sea.png', pngImage());
    const reply = s.video({ prompt: PROMPT, first_frame: first, private: isPrivate });
    await until(
      () => s.requests(PICTURE),
      ([request]) => request?.fault === 'hang',
    );
    return reply;
  }

  test.each([
    { how: 'kill', isPrivate: false },
    { how: 'kill', isPrivate: true },
    // It waits for running work, and stops after 8 s.
    { how: 'stop', isPrivate: false },
  ] as const)(
    'a request interrupted by $how is answered at the next start, private: $isPrivate',
    ({ how, isPrivate }) =>
      scenario({ bot: 'aside' }, async (s) => {
        const reply = await fetching(s, isPrivate);
        await s[how]();
        await s.start();
        const told = await reply.until(({ text }) => text !== '');

        expect(told.text).toContain('restarted before it accepted this. Nothing was charged');
        expect(told.isEphemeral).toBe(isPrivate);
        await waitUntilAllFinished(s);
        await expectNothingDone(s);

        const again = s.video({ prompt: PROMPT });
        await again.until(({ media }) => media.length > 0);
        await s.job('delivered');
        expect(s.creates()).toHaveLength(1);
      }),
  );

  test('an interrupted request is answered as soon as Discord can be reached', () =>
    scenario({ bot: 'aside' }, async (s) => {
      const reply = await fetching(s);
      await s.kill();
      const route = 'PATCH /webhooks/:app/:token/messages/@original';
      s.discord.inject({ route, kind: 'status', status: 503 });
      await s.start();

      expect((await reply.until(({ text }) => text !== '')).text).toContain('restarted');
      expect(s.requests(route)).toMatchObject([{ status: 503 }, { status: 200 }]);
      await waitUntilAllFinished(s);
    }));
});

describe.concurrent('a database that accepts no claim', () => {
  test('a command that could not be claimed is answered, charges nothing, and can be repeated', () =>
    scenario({}, async (s) => {
      await writeUnlocked(s.ledgers, async (database) =>
        sql`alter table claims rename to claims_away`.execute(database),
      );
      const sentence = await s.video({ prompt: PROMPT }).refusal();
      const isPrivate = await s.video({ prompt: PROMPT, private: true }).refusal();
      await expectNothingDone(s);
      await writeUnlocked(s.ledgers, async (database) =>
        sql`alter table claims_away rename to claims`.execute(database),
      );
      expect(s.guild.channel().messages).toEqual([]);

      expect(sentence).toContain('was not started. Nothing was charged. Try again');
      expect(isPrivate).toBe(sentence);
      await s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);
      await s.job('delivered');
    }));

  // The library repeats a reset call by itself; the bot has to repeat a closed one.
  test.each([
    { how: 'reset', isPrivate: false },
    { how: 'reset', isPrivate: true },
    { how: 'end', isPrivate: false },
    { how: 'end', isPrivate: true },
  ] as const)(
    'a command that could not be claimed is answered even when the response to its acknowledgement was lost: $how, private: $isPrivate',
    ({ how, isPrivate }) =>
      scenario({}, async (s) => {
        await using _trap = await withoutSpaceIn(s.ledgers, 'claims');
        s.discord.inject({ ...LOST_ANSWER, how });
        const reply = s.video({ prompt: PROMPT, private: isPrivate });

        expect(await reply.refusal()).toContain('was not started. Nothing was charged');
        expect(reply.visible.map(({ isLoading }) => isLoading)).toEqual([false]);
        await expectNothingDone(s);
      }),
  );

  test('a command that could not be claimed is ignored when another process has acknowledged it', () =>
    scenario({}, async (s) => {
      await using _trap = await withoutSpaceIn(s.ledgers, 'claims');
      s.discord.inject({ route: CALLBACK, kind: 'status', status: 400, code: 40_060 });
      const reply = s.video({ prompt: PROMPT });
      await until(
        () => s.lines.filter(({ msg }) => msg.includes('left to another handler')),
        (lines) => lines.length > 0,
      );

      expect(reply.visible).toEqual([]);
      expect(s.requests(CALLBACK)).toHaveLength(1);
    }));
});
