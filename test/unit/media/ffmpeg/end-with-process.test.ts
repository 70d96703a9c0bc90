/** A video that is being encoded when the bot ends: the encoder ends with the bot, whatever ended it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { temporaryFolder } from '../../../fakes/temporary-folder.ts';
import { fakeFfmpeg, isProcess, until } from './fake-ffmpeg.ts';
import { GIVE_VIDEO, HANG, fitterWith } from './fitting-setup.ts';

const RUN_FFMPEG = new URL('../../../../src/media/ffmpeg/run-ffmpeg.ts', import.meta.url).href;

interface Encoding extends AsyncDisposable {
  readonly bot: ChildProcess;
  readonly ended: Promise<unknown>;
  /** The encoder’s. */
  readonly pid: number;
}

/** A process that encodes, and then runs `next`. */
async function encoding(next = ''): Promise<Encoding> {
  const folder = await temporaryFolder();
  const ffmpeg = await fakeFfmpeg(folder.path, HANG);
  const script = join(folder.path, 'bot.ts');
  const out = join(folder.path, 'out.mp4');
  const started = join(folder.path, 'started');
  await writeFile(
    script,
    `import { existsSync, writeFileSync } from 'node:fs';
import { runFfmpeg } from '${RUN_FFMPEG}';
runFfmpeg('${ffmpeg.path}', ['${out}'], new AbortController().signal).catch(() => {});
writeFileSync('${started}', '');
const timer = setInterval(() => {
  if (!existsSync('${out}')) return;
  clearInterval(timer);
  ${next};
}, 5);
`,
  );
  const bot = spawn(process.execPath, [script], { stdio: 'ignore' });
  const ended = once(bot, 'exit');
  await until(async () => existsSync(started) && (await ffmpeg.pids()).length === 1);
  const [pid = 0] = await ffmpeg.pids();
  return {
    bot,
    ended,
    pid,
    async [Symbol.asyncDispose]() {
      bot.kill('SIGKILL');
      if (isProcess(pid)) process.kill(pid, 'SIGKILL');
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('the encoder at the end of the bot', () => {
  test.for(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'the encoder ends with a bot that ends by %s',
    async (signal) => {
      await using encoder = await encoding();
      expect(isProcess(encoder.pid)).toBe(true);

      encoder.bot.kill(signal);

      await encoder.ended;
      await expect(until(() => !isProcess(encoder.pid))).resolves.toBeUndefined();
    },
  );

  test.for([
    ['an uncaught error', `throw new Error('unexpected')`],
    ['an unhandled rejection', `Promise.reject(new Error('unexpected'))`],
    ['its own exit', 'process.exit(0)'],
    ['an abort', 'process.abort()'],
  ] as const)('the encoder ends with a bot that ends by %s', async ([, next]) => {
    await using encoder = await encoding(next);

    await encoder.ended;
    await expect(until(() => !isProcess(encoder.pid))).resolves.toBeUndefined();
  });
});

test('an encoder that has ended leaves no watcher and no listener behind', async () => {
  const listeners = process.listenerCount('exit');
  await using setup = await fitterWith(GIVE_VIDEO);

  await setup.fit();

  expect(process.listenerCount('exit')).toBe(listeners);
  await expect(until(async () => (await watchers()) === 0)).resolves.toBeUndefined();
});

/** Returns how many shells of this process wait for an encoder, where the system lists processes. */
async function watchers(): Promise<number> {
  const ids = await readdir('/proc').catch(() => []);
  const told = await Promise.all(
    ids
      .filter((id) => /^\d+$/.test(id))
      .map(async (id) => [await commandOf(id), await parentOf(id)]),
  );
  return told.filter(
    ([command, parent]) => command?.includes('read -r pid') && parent === String(process.pid),
  ).length;
}

async function commandOf(id: string): Promise<string> {
  return readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
}

async function parentOf(id: string): Promise<string | undefined> {
  const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
  return /^PPid:\s+(\d+)$/m.exec(status)?.[1];
}
