import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { loadCommands } from '#src/discord/command-loader.ts';
import { ConfigError } from '#src/errors.ts';

const COMMANDS = fileURLToPath(new URL('../../../commands', import.meta.url));

/** Returns the source of a command file. */
function commandFile({ name = 'hello', description = 'Says hello', rest = '' } = {}): string {
  return `export default {
  data: { name: ${JSON.stringify(name)}, description: ${JSON.stringify(description)} },
  async execute() {},
  ${rest}
};`;
}

async function load(files: Record<string, string>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'seedance-commands-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return [...(await loadCommands(folder)).keys()];
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the command loader', () => {
  test('the loader returns every command of the bot under its file name', async () => {
    const commands = await loadCommands(COMMANDS);

    expect([...commands.keys()]).toEqual(expect.arrayContaining(['credits', 'models', 'video']));
    for (const [name, command] of commands) expect(command.data.name).toBe(name);
  });

  test('the loader reads TypeScript files and ignores the others', async () => {
    expect(await load({ 'hello.ts': commandFile(), 'readme.md': '# Commands' })).toEqual(['hello']);
  });

  test.each([
    ['exports nothing', 'export {};'],
    ['has no description', commandFile({ description: '' })],
    ['has a name that Discord does not accept', commandFile({ name: 'Hello World' })],
    ['has nothing to execute', `export default { data: { name: 'hello', description: 'Hi' } };`],
    ['has an autocomplete that is not a function', commandFile({ rest: 'autocomplete: 3,' })],
  ])('a file that %s stops the start with its path', async (_, text) => {
    const loading = load({ 'hello.ts': text });

    await expect(loading).rejects.toThrow(ConfigError);
    await expect(loading).rejects.toThrow(/hello\.ts/);
  });

  test('a file named for another command stops the start', async () => {
    await expect(load({ 'goodbye.ts': commandFile() })).rejects.toThrow(
      /goodbye\.ts: holds the command \/hello; name the file hello\.ts/,
    );
  });

  test('a file that cannot be loaded as a module stops the start with its path', async () => {
    await expect(load({ 'hello.ts': 'export default {' })).rejects.toThrow(/hello\.ts/);
  });
});
