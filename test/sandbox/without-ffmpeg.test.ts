/** On a machine without ffmpeg. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

const run = promisify(execFile);
/** Well below the 60 s that a rendering may take. */
const AT_ONCE_MS = 20_000;

const ffmpeg = fileURLToPath(new URL('../../sandbox/vendor/results/ffmpeg.ts', import.meta.url));
const demo = fileURLToPath(new URL('../../sandbox/demo/demo.ts', import.meta.url));

test('a failed search for ffmpeg keeps no process alive', async () => {
  const program = `
    const { Ffmpeg } = await import(${JSON.stringify(ffmpeg)});
    console.log(await new Ffmpeg().isPresent());
  `;
  const options = { env: { PATH: '' }, timeout: AT_ONCE_MS };

  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], options);

  expect(stdout.trim()).toBe('false');
});

test('the demo prints its usage', async () => {
  const { stdout } = await run(process.execPath, [demo, '--help'], { timeout: AT_ONCE_MS });

  expect(stdout).toContain('npm run demo');
  expect(stdout).toContain('--vendor');
});
