/** The last step, whatever Discord does: the video appears in exactly one message, and nobody is left waiting. */
import { describe, expect, test } from 'vitest';

import type { Fault } from '#sandbox/discord/faults.ts';
import type { Reply } from '#sandbox/discord/reply.ts';
import { HOUR, MINUTE, SECOND } from '#src/clock.ts';

import {
  CALLBACK,
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

/** A job that the vendor renders until the test says otherwise. */
async function rendering(s: Scenario): Promise<Reply> {
  const reply = s.video({ prompt: PROMPT });
  await reply.until(({ text }) => text.includes('Rendering'));
  return reply;
}

function finish(s: Scenario): void {
  s.vendor.setRenderMs(0);
  s.clock.pass(3 * SECOND);
}

/** A finished job whose video the bot is fetching: the next edit is the one that brings it. */
async function aboutToDeliver(s: Scenario): Promise<void> {
  s.vendor.inject({ on: 'video', kind: 'slow', ms: 400 });
  await s.video({ prompt: PROMPT }).until(({ text }) => text.includes('Rendered'));
}

function statuses(s: Scenario, route: string): (number | undefined)[] {
  return s.requests(route).map(({ status }) => status);
}

describe.concurrent('after the token of the interaction has died', () => {
  test('without a word, the own token of the bot goes on with the same message', () =>
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

  test('the refusal costs the bot nothing: its own token still works', () =>
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

  test('by the clock, the dead token is not even tried', () =>
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

  test('a failure is told in the same message as well', () =>
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

describe.concurrent('a message that was deleted', () => {
  test('is replaced by one new message with the video, which mentions the member alone', () =>
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

  test('is replaced by one that says why there is no video', () =>
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
  ] as const)('is replaced once, though the answer to the new one was $kind', (fault) =>
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

describe.concurrent('a video over the upload limit', () => {
  test('becomes a link with its expiry, in the same message', () =>
    scenario({ discord: { attachmentSizeLimitBytes: SMALL_LIMIT_BYTES } }, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      const done = await reply.until(({ text }) => text.includes('Download'));
      const { deliveredAs } = await s.job('delivered');

      expect(deliveredAs).toBe('link');
      expect(done.text).toMatch(/before the link dies <t:\d+:R>/);
      const link = /\[Download it\]\((\S+)\)/.exec(done.text)?.[1] ?? '';
      const video = Buffer.from(await (await fetch(link)).arrayBuffer());
      expect(video.subarray(4, 8).toString('latin1')).toBe('ftyp');
      expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, videos: [0] });
      expect(s.requests(EDIT_BY_TOKEN).every(({ files }) => files.length === 0)).toBe(true);
    }));

  test('becomes a link too when Discord says so only afterwards', () =>
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

  test('is held to the limit of the way it takes: the member’s own for the token only', () =>
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

describe.concurrent('a channel that allows the bot too little', () => {
  test('to attach files gets a link', () =>
    scenario(RENDERING, async (s) => {
      const reply = await rendering(s);
      s.clock.pass(16 * MINUTE);
      s.guild.revokeBotPermission('videos', 'AttachFiles');
      finish(s);

      const done = await reply.until(({ text }) => text.includes('Download'));
      await s.job('delivered');
      expect(done.text).not.toContain('larger');
      expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, videos: [0] });
    }));

  test('to send messages gets the video by an edit all the same', () =>
    scenario(RENDERING, async (s) => {
      const reply = await rendering(s);
      s.clock.pass(16 * MINUTE);
      s.guild.revokeBotPermission('videos', 'SendMessages');
      finish(s);
      await reply.until(({ media }) => media.length > 0);
      await s.job('delivered');

      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }));

  test('to be seen gets the video as soon as it can be', () =>
    scenario(RENDERING, async (s) => {
      const reply = await rendering(s);
      s.clock.pass(16 * MINUTE);
      s.guild.revokeBotPermission('videos', 'ViewChannel');
      finish(s);
      await until(
        () => s.requests(EDIT_BY_BOT),
        (edits) => edits.some(({ code, files }) => code === 50_001 && files.length > 0),
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

  test('for three days gives the credits back', () =>
    scenario(RENDERING, async (s) => {
      await rendering(s);
      s.clock.pass(16 * MINUTE);
      s.guild.revokeBotPermission('videos', 'ViewChannel');
      finish(s);
      await s.job('succeeded');
      await until(
        async () => {
          s.clock.pass(12 * HOUR);
          return s.books.jobs();
        },
        ([job]) => job?.state === 'expired',
      );

      expect(await s.books.serverBalance()).toBe(0);
      expect(await s.books.vendorBook()).toMatchObject([{ state: 'billed' }]);
    }));

  test('words, by its own rules, is shown the video without them', () =>
    scenario({ mayLeaveFaults: true }, async (s) => {
      // Each first try is refused, as it holds the prompt; each second one passes.
      for (let edit = 0; edit < 8; edit += 1) {
        s.discord.inject({ route: EDIT_BY_TOKEN, kind: 'status', status: 400, code: 200_000 });
        s.discord.inject({ route: EDIT_BY_TOKEN, kind: 'slow', delayMs: 0 });
      }
      const reply = s.video({ prompt: PROMPT });
      const done = await reply.until(({ media }) => media.length > 0);
      await s.job('delivered');

      expect(done.text).toContain('Seedance 1.5-pro');
      expect(reply.versions.map(({ text }) => text).join('\n')).not.toContain(PROMPT);
      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }));
});

describe.concurrent('a Discord in a bad minute', () => {
  test.each([
    { ...INJECTED_500, times: 2 },
    { kind: 'status', status: 503 },
    { kind: 'rate-limit', retryAfterMs: 300 },
    { kind: 'rate-limit', retryAfterMs: 300, scope: 'shared' },
    { kind: 'cut', when: 'before' },
    { kind: 'cut', when: 'after' },
    { kind: 'malformed' },
    { kind: 'slow', delayMs: 700 },
  ] as const)('that meets the last edit with $kind $status $scope $when gets one video', (fault) =>
    scenario({}, async (s) => {
      await aboutToDeliver(s);
      s.discord.inject({ route: EDIT_BY_TOKEN, ...fault });
      await s.job('delivered');

      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
      expect(s.requests(NEW_MESSAGE)).toEqual([]);
    }),
  );

  test('that drops progress edits does not lose the job', () =>
    scenario({ mayLeaveFaults: true }, async (s) => {
      s.discord.inject({ route: EDIT_BY_TOKEN, ...INJECTED_500, times: 3 });
      s.video({ prompt: PROMPT });
      await s.job('delivered');

      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }));

  test('that cuts the gateway replays the command, and the job is made', () =>
    scenario({}, async (s) => {
      s.discord.inject({ kind: 'drop-connection' });
      s.video({ prompt: PROMPT });
      await s.job('delivered');

      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }));

  test('that tells of a command twice gets one job', () =>
    scenario({}, async (s) => {
      s.discord.inject({ kind: 'duplicate-interaction' });
      const reply = s.video({ prompt: PROMPT });
      await s.job('delivered');

      expect(reply.deliveryTries).toBe(2);
      expect(reply.visible).toHaveLength(1);
      expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, creates: 1 });
    }));

  test('that hears the acknowledgement too late gets no job, and nothing is held', () =>
    scenario({ discord: { acknowledgeWithinMs: 200 } }, async (s) => {
      s.discord.inject({ route: CALLBACK, kind: 'slow', delayMs: 400 });
      s.video({ prompt: PROMPT });
      await until(
        () => s.lines.some(({ msg }) => msg.includes('no longer takes an answer')),
        (isTold) => isTold,
      );

      expect(s.requests(CALLBACK)).toMatchObject([{ code: 10_062 }]);
      expect(await s.books.jobs()).toEqual([]);
      expect(await s.books.ledger()).toEqual([]);
      expect(s.creates()).toEqual([]);
    }));

  test.each<Omit<Extract<Fault, { route: unknown }>, 'route'>>([
    { kind: 'cut', when: 'before' },
    { kind: 'cut', when: 'after' },
    { ...INJECTED_500 },
  ])('that meets the acknowledgement with $kind $when still gets the job', (fault) =>
    scenario({}, async (s) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a fault without its route
      s.discord.inject({ route: CALLBACK, ...fault } as Fault);
      const reply = s.video({ prompt: PROMPT });
      const done = await reply.until(({ media }) => media.length > 0);
      await s.job('delivered');

      expect(done.media).toHaveLength(1);
      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }),
  );
});

describe.concurrent('what a member writes', () => {
  test.each([
    '@everyone @here look at this',
    'hello <@1> and <@&2> in <#3> </video:4> <t:0:R> <:smile:5>',
    'read [the rules](https://example.com/trap) at https://example.com',
    '**Done.** # Big\n> quote\n-# Seedance 1.5-pro · 0 credits\n- item',
    '\\*\\*bold\\*\\* \\<@1> \\[a](https://example.com)',
    '\u202Edesrever\u2066 zero\u200Bwidth ||hidden|| `code` ```block``` ~~gone~~ __under__',
  ])('stays words: %j', (prompt) =>
    scenario({}, async (s) => {
      const written = prompt.replaceAll('<@1>', `<@${s.bob.id}>`);
      const reply = s.video({ prompt: written });
      await s.job('delivered');

      const texts = reply.versions.flatMap(({ text }) => text.split('\n'));
      const quotes = texts.filter((line) => line.startsWith('> '));
      expect(reply.versions.flatMap(({ mentionsPinged }) => mentionsPinged)).toEqual([]);
      expect(new Set(quotes).size).toBe(1);
      for (const quote of quotes) expect(activeMarkup(quote.slice(2))).toEqual([]);
      // The bot's own lines are all there is besides the quote.
      const done = (reply.message?.text ?? '').split('\n');
      expect(done).toHaveLength(2);
      expect(done[1]).toMatch(/^-# Seedance 1\.5-pro · .* · 27 credits$/);
    }),
  );
});

/** Characters that format, mention or link when no backslash disarms them, and those nobody sees. */
function activeMarkup(text: string): string[] {
  const disarmed = text.replace(/\\[^\p{L}\p{N}\s]/gu, '');
  return disarmed.match(/[\\*_~`|<>[\]#]|@(?=everyone|here)|\p{Cf}/gu) ?? [];
}
