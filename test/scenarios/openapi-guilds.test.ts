/**
 * The property of `openapi.test.ts` for servers in the login: whatever Discord omits, members are
 * served, and `/settings check` does not report unknown facts as missing.
 */
import { describe, expect, test } from 'vitest';

import type { Json } from '#sandbox/discord/store.ts';

import { LEVELS } from './bot-log.ts';
import { openApiFile, scenario, type Scenario } from './harness.ts';
import { readFieldCatalog, type SchemaNames, type Variation } from './openapi-fields.ts';
import { answerTo } from './openapi-plays.ts';

const file = openApiFile();
const TIMEOUT_MS = 600_000;
const EVENT = 'GUILD_CREATE';
const UNREADABLE = 'Discord event unreadable; other events are not affected';
const UNCHECKED = /not everything could be checked/;

const GUILD_SCHEMAS: SchemaNames = {
  '': 'GuildResponse',
  'channels.*': 'GuildChannelResponse',
  'members.*': 'GuildMemberResponse',
};

/** What a member reads in a server that came with these changes. */
async function readIn(s: Scenario, changes?: Variation['changes']) {
  if (changes !== undefined) s.discord.inject({ kind: 'absent-fields', event: EVENT, ...changes });
  const guild = s.discord.addGuild({ name: 'Book club', channels: ['videos'] });
  const olga = guild.member('olga', { permissions: ['ManageGuild'] });
  const [credits, check] = await Promise.all([
    answerTo(olga.runs('credits', {})),
    answerTo(olga.runs('settings check', {})),
  ]);
  return { credits: String(credits['told']), check: String(check['told']) };
}

test('servers are checked against Discord’s OpenAPI file', ({ skip }) => {
  if (file === undefined) skip('DISCORD_OPENAPI_FILE is not set: no field of it is tried');
  expect(file).toBeDefined();
});

describe.runIf(file !== undefined)('incomplete servers', { timeout: TIMEOUT_MS }, () => {
  test.for([true, false])(
    'the bot starts whatever field a server lacks, where the file allows it: %s',
    async (isAllowed) => {
      expect.hasAssertions();
      await scenario({ pace: 0.4 }, async (s) => {
        const catalog = await readFieldCatalog(file ?? '');
        const sent: Json[] = [];
        const stop = s.discord.onPayload((name, payload) => {
          if (name === EVENT) sent.push(payload);
        });
        const usual = await readIn(s);
        stop();
        const variations = catalog
          .variationsOf(sent[0], GUILD_SCHEMAS)
          .filter((one) => one.isAllowed === isAllowed);
        expect(variations.length).toBeGreaterThan(30);

        const wrong: unknown[] = [];
        for (const { name, changes } of variations) {
          // oxlint-disable-next-line no-await-in-loop -- one server after the other
          const { credits, check } = await readIn(s, changes);
          const isCheckRight = check === usual.check || UNCHECKED.test(check);
          if (credits !== usual.credits || !isCheckRight) wrong.push({ name, credits, check });
        }
        expect(wrong).toEqual([]);
        const errors = s.lines.filter(({ level }) => level >= LEVELS.error);
        const isExpected = ({ msg }: { msg?: unknown }) => !isAllowed && msg === UNREADABLE;
        expect(errors.filter((line) => !isExpected(line))).toEqual([]);
        expect(s.discord.refusedRequests).toEqual([]);
      });
    },
  );
});
