import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import packageFile from '../../package.json' with { type: 'json' };

test('the container image starts the bot with the flags of npm start', async () => {
  const dockerfile = await readFile(new URL('../../Dockerfile', import.meta.url), 'utf8');
  const command: unknown = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? 'null');
  const checkout = packageFile.scripts.start.replace('src/main.ts', 'dist/src/main.js');

  expect(command).toEqual(checkout.split(' '));
});
