/** Requests to Discord over real sockets: the outcome of one delays no other, and is reported to its caller. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ComponentType, MessageFlags } from 'discord.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startDiscord, type DiscordSandbox } from '#sandbox/discord/discord.ts';
import type { RequestEntry } from '#sandbox/discord/journal.ts';
import { HOUR, MINUTE, SECOND } from '#src/clock.ts';
import type { MessageBody } from '#src/discord/messages/job-message.ts';
import { createMessenger, type UploadFile } from '#src/discord/rest/messenger.ts';
import type { MessageSearch } from '#src/discord/rest/search-messages.ts';
import { createLogger } from '#src/logger.ts';

import { temporaryFolder } from '../../../fakes/temporary-folder.ts';
import { movableClock } from '../../../scenarios/clock.ts';

const EDIT = 'PATCH /channels/:channel/messages/:message';
const CREATE = 'POST /channels/:channel/messages';
const READ = 'GET /channels/:channel/messages';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let file: UploadFile;

beforeAll(async () => {
  folder = await temporaryFolder();
  const path = join(folder.path, 'clip.mp4');
  await writeFile(path, Buffer.alloc(2000));
  file = { path, fileName: 'clip.mp4', bytes: 2000, guildId: '100' };
});
afterAll(async () => folder[Symbol.asyncDispose]());

function messageWith(content: string): MessageBody {
  return {
    flags: MessageFlags.IsComponentsV2,
    components: [{ type: ComponentType.TextDisplay, content }],
    allowed_mentions: { parse: [] },
  };
}

const WITH_CLIP: MessageBody = {
  ...messageWith(''),
  components: [
    { type: ComponentType.MediaGallery, items: [{ media: { url: 'attachment://clip.mp4' } }] },
  ],
};

async function stage(options: { uploadTimeoutMs?: number } = {}) {
  const clock = movableClock();
  const discord = await startDiscord({ clock });
  const guild = discord.addGuild({ name: 'Film club', channels: ['busy', 'calm'] });
  const lines: string[] = [];
  const messenger = createMessenger({
    apiUrl: discord.apiUrl,
    token: discord.token,
    applicationId: () => discord.applicationId,
    userId: () => discord.applicationId,
    clock,
    logger: createLogger('info', { write: (line) => void lines.push(line) }),
    ...options,
  });
  const posted = async (channel: string, nonce: string) => {
    const channelId = guild.channel(channel).id;
    return { channelId, ...(await messenger.create(channelId, messageWith(nonce), { nonce })) };
  };
  return { clock, discord, guild, lines, messenger, posted, [Symbol.asyncDispose]: discord.close };
}

function requests(discord: DiscordSandbox, route: string): RequestEntry[] {
  return discord.journal.flatMap((entry) =>
    entry.kind === 'request' && `${entry.method} ${entry.route}` === route ? [entry] : [],
  );
}

describe('a channel whose edits Discord has rate-limited for a minute', () => {
  test('edits in a rate-limited channel fail at once without a request, while other channels continue', async () => {
    await using s = await stage();
    const busy = await s.posted('busy', 'a');
    const calm = await s.posted('calm', 'b');
    s.discord.inject({ route: EDIT, kind: 'rate-limit', retryAfterMs: MINUTE });
    const refused = await Promise.allSettled([s.messenger.editByBot(busy, messageWith('first'))]);

    const waiting = Array.from({ length: 40 }, async () =>
      s.messenger.editByBot(busy, messageWith('more')),
    );
    const others = await Promise.allSettled(waiting);
    await s.messenger.editByBot(calm, messageWith('calm'));

    const reasons = [...refused, ...others].map((one) => 'reason' in one && one.reason);
    expect(reasons).toMatchObject(reasons.map(() => ({ kind: 'discord-busy' })));
    expect(requests(s.discord, EDIT).map(({ status }) => status)).toEqual([429, 200]);

    s.clock.pass(MINUTE + SECOND);
    await s.messenger.editByBot(busy, messageWith('later'));
    expect(s.guild.channel('busy').messages[0]?.text).toBe('later');
  });

  test('a rate limit on edits does not stop new messages', async () => {
    await using s = await stage();
    const busy = await s.posted('busy', 'a');
    s.discord.inject({ route: EDIT, kind: 'rate-limit', retryAfterMs: MINUTE });
    await expect(s.messenger.editByBot(busy, messageWith('x'))).rejects.toThrow(
      'Discord rate limit',
    );

    await expect(s.posted('busy', 'b')).resolves.toHaveProperty('messageId');
  });

  test('the rate limit on edits of old messages (30046) counts as a rate limit', async () => {
    await using s = await stage();
    const busy = await s.posted('busy', 'a');
    s.discord.inject({ route: EDIT, kind: 'status', status: 429, code: 30_046 });

    await expect(s.messenger.editByBot(busy, messageWith('x'))).rejects.toMatchObject({
      kind: 'discord-busy',
    });
    s.clock.pass(2 * SECOND);
    await s.messenger.editByBot(busy, messageWith('y'));
    expect(requests(s.discord, EDIT)).toHaveLength(2);
  });
});

test('a global limit holds back all calls with the bot’s token, and no others', async () => {
  await using s = await stage();
  const calm = await s.posted('calm', 'a');
  s.discord.inject({ route: EDIT, kind: 'rate-limit', retryAfterMs: MINUTE, scope: 'global' });
  await expect(s.messenger.editByBot(calm, messageWith('x'))).rejects.toThrow('Discord rate limit');

  await expect(s.posted('busy', 'b')).rejects.toMatchObject({ kind: 'discord-busy' });
  // The token is unknown here, which is Discord’s own response.
  await expect(s.messenger.editByToken('unknown', messageWith('x'))).rejects.toMatchObject({
    code: 10_015,
  });
});

describe('a 401', () => {
  test('a 401 for the bot’s token is logged as an error, pauses requests for a while and then expires', async () => {
    await using s = await stage();
    const calm = await s.posted('calm', 'a');
    s.discord.inject({ route: EDIT, kind: 'status', status: 401 });
    await expect(s.messenger.editByBot(calm, messageWith('x'))).rejects.toMatchObject({
      status: 401,
    });
    await expect(s.messenger.editByBot(calm, messageWith('y'))).rejects.toMatchObject({
      kind: 'discord-busy',
    });

    s.clock.pass(31 * SECOND);
    await s.messenger.editByBot(calm, messageWith('z'));

    expect(s.guild.channel('calm').messages[0]?.text).toBe('z');
    expect(requests(s.discord, EDIT).map(({ status }) => status)).toEqual([401, 200]);
    const loud = s.lines.filter((line) => line.includes('DISCORD_TOKEN'));
    expect(loud).toHaveLength(1);
    expect(s.lines.join('')).not.toContain(s.discord.token);
  });

  test('a 401 for an interaction’s token does not affect the bot’s token', async () => {
    await using s = await stage();
    const route = 'PATCH /webhooks/:app/:token/messages/@original';
    s.discord.inject({ route, kind: 'status', status: 401, code: 50_027 });
    await expect(s.messenger.editByToken('dead', messageWith('x'))).rejects.toMatchObject({
      code: 50_027,
    });

    await expect(s.posted('calm', 'a')).resolves.toHaveProperty('messageId');
    expect(s.lines).toEqual([]);
  });
});

test.each([
  { what: 'a channel', kind: 'rate-limit', retryAfterMs: MINUTE },
  { what: 'everything', kind: 'rate-limit', retryAfterMs: SECOND, scope: 'global' },
  { what: 'the token', kind: 'status', status: 401 },
] as const)(
  'a pause that Discord asked for does not grow when the clock is set back: $what',
  async ({ what: _what, ...fault }) => {
    await using s = await stage();
    const calm = await s.posted('calm', 'a');
    s.discord.inject({ route: EDIT, ...fault });
    await expect(s.messenger.editByBot(calm, messageWith('x'))).rejects.toBeInstanceOf(Error);
    await expect(s.messenger.editByBot(calm, messageWith('y'))).rejects.toMatchObject({
      kind: 'discord-busy',
    });

    s.clock.pass(-6 * HOUR);

    // The library observes a global limit as well, for a second of real time.
    const edit = async (): Promise<void> => {
      s.clock.pass(SECOND);
      await s.messenger.editByBot(calm, messageWith('z'));
    };
    await expect.poll(edit, { timeout: 10 * SECOND }).toBeUndefined();
    expect(s.guild.channel('calm').messages[0]?.text).toBe('z');
  },
);

describe('a fault of Discord', () => {
  test.each([
    { kind: 'status', status: 502 },
    { kind: 'cut', when: 'after', how: 'reset' },
  ] as const)(
    'a fault of Discord ($kind) is reported at once without a second request',
    async (fault) => {
      await using s = await stage();
      s.discord.inject({ route: CREATE, ...fault });

      await expect(s.posted('calm', 'a')).rejects.toThrow(Error);
      expect(requests(s.discord, CREATE)).toHaveLength(1);
    },
  );
});

describe('an upload', () => {
  test('an upload that takes too long is aborted and not sent again by itself', async () => {
    await using s = await stage({ uploadTimeoutMs: 200 });
    s.discord.inject({ route: CREATE, kind: 'hang', when: 'after' });
    const { id } = s.guild.channel('calm');

    await expect(s.messenger.create(id, WITH_CLIP, { nonce: 'n', file })).rejects.toThrow(/abort/i);
    expect(requests(s.discord, CREATE)).toHaveLength(1);
    await s.messenger.create(id, WITH_CLIP, { nonce: 'n', file });
    expect(s.guild.channel('calm').messages).toHaveLength(1);
  });

  test('a running upload does not delay text messages in the same channel', async () => {
    await using s = await stage({ uploadTimeoutMs: 500 });
    const first = await s.posted('calm', 'a');
    const second = await s.posted('calm', 'b');
    s.discord.inject({ route: EDIT, kind: 'hang', when: 'before' });

    const uploading = s.messenger.editByBot(first, WITH_CLIP, file).then(
      () => 'uploaded',
      () => 'given up',
    );
    await expect.poll(() => requests(s.discord, EDIT).length).toBe(1);
    await s.messenger.editByBot(second, messageWith('words'));
    const wordsAreThere = s.guild.channel('calm').messages[1]?.text;

    expect(wordsAreThere).toBe('words');
    await expect(uploading).resolves.toBe('given up');
  });
});

describe('the search for one of the bot’s own messages', () => {
  const search = (clock: { now(): number }): MessageSearch => ({
    fromMs: clock.now() - MINUTE,
    toMs: clock.now() + MINUTE,
    isIt: ({ components }) => JSON.stringify(components).includes('the one'),
  });

  test('the search continues past the first hundred messages', async () => {
    await using s = await stage();
    const chatter = s.guild.member('bob');
    const span = search(s.clock);
    for (let count = 0; count < 130; count += 1) chatter.says(`message ${count}`);
    const { channelId, messageId } = await s.posted('busy', 'the one');
    for (let count = 0; count < 130; count += 1) chatter.says(`message ${count}`);

    expect(await s.messenger.find(channelId, span)).toMatchObject({
      kind: 'found',
      message: { id: messageId },
    });
    expect(requests(s.discord, READ)).toHaveLength(2);
  });

  test('the search stops at the end of its time span', async () => {
    await using s = await stage();
    const span = search(s.clock);
    s.clock.pass(2 * MINUTE);
    for (let count = 0; count < 250; count += 1) s.guild.member('bob').says('later');
    const { channelId } = await s.posted('busy', 'other');

    expect(await s.messenger.find(channelId, span)).toEqual({ kind: 'not-there' });
    expect(requests(s.discord, READ)).toHaveLength(1);
  });

  test('the search accepts only messages of the bot itself', async () => {
    await using s = await stage();
    const { channelId } = await s.posted('busy', 'other');
    s.guild.member('robot', { isBot: true }).says('', {
      components: [{ type: ComponentType.TextDisplay, content: 'the one' }],
    });

    expect(await s.messenger.find(channelId, search(s.clock))).toEqual({ kind: 'not-there' });
  });

  test.each(['ReadMessageHistory', 'ViewChannel'] as const)(
    'the search reports that the bot lacks %s instead of finding nothing',
    async (permission) => {
      await using s = await stage();
      const { channelId } = await s.posted('busy', 'the one');
      s.guild.revokeBotPermission('busy', permission);

      expect(await s.messenger.find(channelId, search(s.clock))).toEqual({ kind: 'unreadable' });
    },
  );

  test('the search finds nothing in an empty channel that it may read', async () => {
    await using s = await stage();

    expect(await s.messenger.find(s.guild.channel('busy').id, search(s.clock))).toEqual({
      kind: 'not-there',
    });
  });
});
