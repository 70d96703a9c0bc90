/** The library’s own client keeps its token after a single 401 from Discord. */
import { expect, test } from 'vitest';

import { startDiscord } from '#sandbox/discord/discord.ts';
import { createClient, login } from '#src/discord/client.ts';
import { createLogger } from '#src/logger.ts';

const COMMANDS = 'PUT /applications/:app/commands';

test('a 401 costs one call, is logged as an error, and does not block the next call', async () => {
  await using discord = await startDiscord();
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => void lines.push(line) });
  const client = createClient(discord.apiUrl, logger);
  try {
    const { application } = await login(client, discord);
    discord.inject({ route: COMMANDS, kind: 'status', status: 401 });
    await expect(application.commands.set([])).rejects.toMatchObject({ status: 401 });

    await expect(application.commands.set([])).resolves.toHaveProperty('size', 0);
    expect(lines.filter((line) => line.includes('DISCORD_TOKEN'))).toHaveLength(1);
    expect(lines.join('')).not.toContain(discord.token);
  } finally {
    await client.destroy();
  }
});

test('a destroyed client keeps no token', async () => {
  await using discord = await startDiscord();
  const client = createClient(discord.apiUrl, createLogger('silent'));
  const { application } = await login(client, discord);
  discord.inject({ route: COMMANDS, kind: 'status', status: 401 });
  const refused = application.commands.set([]);
  await expect(refused).rejects.toMatchObject({ status: 401 });
  await client.destroy();

  await expect(client.rest.get('/users/@me')).rejects.toThrow('Expected token');
});
