/** The bot stops, orderly or killed, and starts again: each job continues and is delivered once, or refunded. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';

import { HOUR, MINUTE, SECOND } from '#src/clock.ts';

import { whileLocked, withoutSpaceIn } from './failing-database.ts';
import { writeUnlocked } from './failing-database.ts';
import {
  EDIT_BY_TOKEN,
  passUntil,
  scenario,
  until,
  type Scenario,
  type ScenarioOptions,
} from './harness.ts';
import { DELIVERED, outcomeOf } from './outcome.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const SLOW_VENDOR = { vendor: { queueMs: HOUR, renderMs: HOUR } } as const;

async function requestedOf(s: Scenario, route: string): Promise<void> {
  await until(
    () => s.vendor.journal.some((request) => request.route === route),
    (isAsked) => isAsked,
  );
}

interface Pause {
  readonly state: string;
  readonly world: ScenarioOptions;
  /** Brings a job into the state, and keeps it there. */
  readonly reach: (s: Scenario) => Promise<void>;
  /** Lets it continue once the bot runs again. */
  readonly release?: (s: Scenario) => void;
}

const PAUSES: readonly Pause[] = [
  {
    state: 'accepted',
    world: {},
    async reach(s) {
      const headers = { 'retry-after': '600' };
      s.vendor.inject({
        on: 'create',
        kind: 'status',
        status: 429,
        code: 'ServerOverloaded',
        headers,
      });
      s.video({ prompt: PROMPT });
      await until(
        s.ledgers.jobs,
        ([job]) => job?.state === 'accepted' && job.submissions.length > 0,
      );
    },
    release: (s) => s.clock.pass(10 * MINUTE),
  },
  {
    state: 'queued',
    world: SLOW_VENDOR,
    async reach(s) {
      s.video({ prompt: PROMPT });
      await s.job('queued');
    },
    release(s) {
      s.clock.pass(HOUR);
      s.vendor.setRenderMs(0);
    },
  },
  {
    state: 'running',
    world: { vendor: { renderMs: HOUR } },
    async reach(s) {
      s.video({ prompt: PROMPT });
      await s.job('running');
    },
    release(s) {
      s.vendor.setRenderMs(0);
      s.clock.pass(3 * SECOND);
    },
  },
  {
    state: 'succeeded, and not fetched yet',
    world: {},
    async reach(s) {
      s.vendor.inject({ on: 'video', kind: 'hang' });
      s.video({ prompt: PROMPT });
      await requestedOf(s, 'video');
    },
  },
  {
    state: 'succeeded, and fetched, while Discord does not take it',
    world: { mayLeaveFaults: true },
    async reach(s) {
      s.vendor.inject({ on: 'video', kind: 'slow', ms: 300 });
      await s.video({ prompt: PROMPT }).until(({ text }) => text.includes('Rendered'));
      s.discord.inject({ route: EDIT_BY_TOKEN, kind: 'status', status: 503, times: 2 });
      await until(s.ledgers.jobs, ([job]) => job?.video !== undefined);
    },
  },
];

describe.concurrent('an orderly restart', () => {
  test.each(PAUSES)('a job that is $state continues after a restart', ({ world, reach, release }) =>
    scenario(world, async (s) => {
      await reach(s);
      await s.stop();
      await s.start();
      release?.(s);
      await passUntil(s, 'delivered');

      const { vendorLedger, ...rest } = await outcomeOf(s);
      expect(rest).toMatchObject({ videos: [1], balance: -39, tasks: 1 });
      expect(vendorLedger.filter((line) => line === 'billed 39')).toHaveLength(1);
    }),
  );

  test('a button shown before a restart works', () =>
    scenario(SLOW_VENDOR, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      const queued = await reply.until(({ text }) => text.includes('Queued'));
      await s.stop();
      await s.start();
      s.alice.clicks(queued, 'Cancel');

      expect((await reply.until(({ text }) => text.includes('Cancelled'))).text).toContain(
        'Nothing',
      );
      expect(await s.ledgers.serverBalance()).toBe(0);
    }));

  test('a restart finds the job of a message that was deleted meanwhile', () =>
    scenario({ vendor: { renderMs: HOUR } }, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      await s.job('running');
      await s.stop();
      s.guild.deleteMessage({ id: reply.message?.id ?? '' });
      s.clock.pass(20 * MINUTE);
      await s.start();
      s.vendor.setRenderMs(0);
      await passUntil(s, 'delivered');

      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }));
});

const KILLED = { bot: 'aside' } as const;

describe.concurrent('a killed process', () => {
  test('a process killed once the vendor has the task makes no second one', () =>
    scenario(KILLED, async (s) => {
      s.video({ prompt: PROMPT });
      await s.vendor.until((tasks) => tasks.length === 1);
      await s.kill();
      await s.start();
      await s.job('delivered');

      expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, creates: 1 });
    }));

  test('a process killed during the create call finds the task by its tags', () =>
    scenario(KILLED, async (s) => {
      s.vendor.inject({ on: 'list', kind: 'hang' });
      s.vendor.inject({ on: 'create', kind: 'lost-answer' });
      s.video({ prompt: PROMPT });
      await requestedOf(s, 'list');
      const [before] = await s.ledgers.jobs();
      await s.kill();
      await s.start();
      await s.job('delivered');

      expect(before?.state).toBe('submitting');
      expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, creates: 1 });
    }));

  test('a process killed while it fetches the video fetches it again', () =>
    scenario(KILLED, async (s) => {
      s.vendor.inject({ on: 'video', kind: 'hang' });
      s.video({ prompt: PROMPT });
      await requestedOf(s, 'video');
      await s.kill();
      await s.start();
      await s.job('delivered');

      expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, creates: 1 });
    }));

  test.each(['before', 'after'] as const)(
    'a process killed during the upload, %s Discord has it, shows the video once',
    (when) =>
      scenario(KILLED, async (s) => {
        s.vendor.inject({ on: 'video', kind: 'slow', ms: 400 });
        await s.video({ prompt: PROMPT }).until(({ text }) => text.includes('Rendered'));
        s.discord.inject({ route: EDIT_BY_TOKEN, kind: 'hang', when });
        await until(
          () => s.requests(EDIT_BY_TOKEN),
          (edits) => edits.some(({ fault, files }) => fault === 'hang' && files.length > 0),
        );
        await s.kill();
        await s.start();
        await s.job('delivered');

        expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, creates: 1 });
      }),
  );

  test('a process killed during a new message finds it instead of sending another', () =>
    scenario({ ...KILLED, vendor: { renderMs: HOUR } }, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      await reply.until(({ text }) => text.includes('Rendering'));
      s.guild.deleteMessage({ id: reply.message?.id ?? '' });
      s.discord.inject({ route: 'POST /channels/:channel/messages', kind: 'hang', when: 'after' });
      s.vendor.setRenderMs(0);
      const sent = await s.guild.channel().until(({ media }) => media.length > 0);
      await s.kill();
      await s.start();
      const job = await s.job('delivered');

      expect(job.messageId).toBe(sent.id);
      expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, creates: 1 });
    }));
});

describe.concurrent('a failing database', () => {
  test('a failing database spends nothing: the member is told, nothing is held, no vendor is called', () =>
    scenario({}, async (s) => {
      await writeUnlocked(s.ledgers, async (database) =>
        sql`alter table ledger rename to ledger_away`.execute(database),
      );
      const sentence = await s.video({ prompt: PROMPT }).refusal();
      const credits = await s.alice.runs('credits').refusal();
      await writeUnlocked(s.ledgers, async (database) =>
        sql`alter table ledger_away rename to ledger`.execute(database),
      );

      expect(sentence).toContain('Something went wrong on our side. Nothing was charged');
      expect(credits).toContain('Something went wrong on our side');
      const references = [sentence, credits].map((text) => /`([0-9a-z]+)`/.exec(text)?.[1]);
      expect(s.lines.filter(({ level }) => level >= 50)).toMatchObject(
        references.map((reference) => ({ reference })),
      );
      expect(await s.ledgers.jobs()).toEqual([]);
      expect(await s.ledgers.ledger()).toEqual([]);
      expect(s.creates()).toEqual([]);
      expect(s.guild.channel().messages).toEqual([]);
    }));

  test('a database that fails after a job was accepted delays it until it can be recorded', () =>
    scenario({}, async (s) => {
      {
        await using _full = await withoutSpaceIn(s.ledgers, 'vendor_ledger');
        s.video({ prompt: PROMPT });
        await until(
          () => s.lines.filter(({ msg }) => msg.includes('step failed')).length,
          (failures) => failures > 0,
        );
        expect(s.creates()).toEqual([]);
      }
      await passUntil(s, 'delivered');

      expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, creates: 1 });
    }));

  test('a locked database charges nobody', () =>
    scenario(KILLED, async (s) => {
      // By then its loops have had their first turn: a lock blocks the whole process for some seconds.
      await s.alice.runs('credits').refusal();
      const sentence = await whileLocked(s.ledgers, () => s.video({ prompt: PROMPT }).refusal());

      expect(sentence).toContain('Nothing was charged');
      expect(await s.ledgers.jobs()).toEqual([]);
      expect(s.creates()).toEqual([]);
    }));
});
