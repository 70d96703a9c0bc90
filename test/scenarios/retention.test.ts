/** After RETENTION_DAYS no prompt is left in the database, nor 30 days after a server removed the bot. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { sql } from 'kysely';
import { expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';
import { DAY, HOUR } from '#src/clock.ts';

import { pngImage } from '../fakes/images.ts';
import { scenario, until, type Scenario } from './harness.ts';

const PROMPT = 'A paper boat that carries a secret across the bay';

/** Every table that contains the text anywhere. */
async function tablesWith(s: Scenario, text: string): Promise<string[]> {
  const { database } = s.ledgers;
  const tables = await database.introspection.getTables();
  const found = tables.map(async ({ name }) => {
    const { rows } = await sql`select * from ${sql.table(name)}`.execute(database);
    return JSON.stringify(rows).includes(text) ? [name] : [];
  });
  return (await Promise.all(found)).flat();
}

/** Lets housekeeping run until no table contains the text. */
async function waitUntilForgotten(s: Scenario, text: string): Promise<void> {
  await until(
    async () => {
      s.clock.pass(HOUR);
      return tablesWith(s, text);
    },
    (tables) => tables.length === 0,
  );
}

async function storedFiles(s: Scenario): Promise<string[]> {
  const folders = ['inputs', 'videos'].map((name) => join(s.environment['DATA_DIR'] ?? '', name));
  return (await Promise.all(folders.map(async (folder) => readdir(folder)))).flat();
}

test.concurrent('a prompt leaves every table after the retention time, and the payments stay', () =>
  scenario({ environment: { RETENTION_DAYS: '2' } }, async (s) => {
    const reply = s.video({ prompt: PROMPT, first_frame: file('boat.png', pngImage()) });
    await reply.until(({ media }) => media.length > 0);
    await s.job('delivered');
    const ledger = await s.ledgers.ledger();
    s.clock.pass(2 * DAY - HOUR);
    expect(await tablesWith(s, PROMPT)).toEqual(['jobs']);

    await waitUntilForgotten(s, PROMPT);
    expect(await s.job('delivered')).toMatchObject({ request: { prompt: '' } });
    expect(await s.ledgers.ledger()).toEqual(ledger);
    await until(
      async () => {
        s.clock.pass(HOUR);
        return storedFiles(s);
      },
      (files) => files.length === 0,
    );
    // The card is not written again without its prompt.
    expect(reply.message?.text).toContain('secret');
  }));

test.concurrent('a price question keeps no prompt beyond its hour', () =>
  scenario({ environment: { DEFAULT_GUILD_CREDITS: '1000' } }, async (s) => {
    const asked = s.video({ prompt: PROMPT, model: '2.0', duration: 15, resolution: '1080p' });
    await asked.refusal();
    expect(await tablesWith(s, PROMPT)).toEqual(['documents']);

    await waitUntilForgotten(s, PROMPT);
  }));

test.concurrent('Make final explains that the prompt of its draft is gone', () =>
  scenario({ environment: { RETENTION_DAYS: '1', DEFAULT_GUILD_CREDITS: '1000' } }, async (s) => {
    const reply = s.video({ prompt: PROMPT, model: '2.5', draft: true, duration: 4 });
    const card = await reply.until(({ media }) => media.length > 0);
    await s.job('delivered');
    s.clock.pass(DAY + 2 * HOUR);
    await until(
      () => tablesWith(s, PROMPT),
      (tables) => tables.length === 0,
    );
    const [button] = card.buttons.filter(({ label }) => label?.includes('1080p'));
    const sentence = await s.alice.clicks(reply, button?.label ?? 'Make final').refusal();

    expect(sentence).toContain('no longer kept');
    expect(await s.ledgers.jobs()).toHaveLength(1);
  }));

test.concurrent('a server that removed the bot loses its prompts and files after 30 days, and no other does', () =>
  scenario({ environment: { RETENTION_DAYS: '90' } }, async (s) => {
    const first_frame = file('boat.png', pngImage());
    const kept = 'A boat in a club that keeps the bot';
    const elsewhere = s.discord.addGuild({ name: 'Another club' }).member('carl');
    const done = [
      s.video({ prompt: PROMPT, first_frame }),
      s.video({ prompt: kept, first_frame }, elsewhere),
    ].map(async (reply) => reply.until(({ media }) => media.length > 0));
    await Promise.all(done);
    await until(s.ledgers.jobs, (jobs) => jobs.every(({ state }) => state === 'delivered'));
    s.guild.removeBot();
    await until(
      async () => s.ledgers.database.selectFrom('guilds').selectAll().execute(),
      (guilds) => guilds.some(({ left_at: leftAtMs }) => leftAtMs !== null),
    );
    s.clock.pass(30 * DAY - HOUR);
    expect(await tablesWith(s, PROMPT)).toEqual(['jobs']);

    await waitUntilForgotten(s, PROMPT);
    await until(
      async () => s.ledgers.database.selectFrom('file_uses').select('guild_id').execute(),
      (uses) => uses.every(({ guild_id: guildId }) => guildId !== s.guild.id),
    );
    expect(await tablesWith(s, kept)).toEqual(['jobs']);
    expect((await storedFiles(s)).length).toBeGreaterThan(0);
  }));
