/** `npm run playground`: the whole bot in a browser, without Discord. */
import { parseArgs } from 'node:util';

import colours from 'picocolors';

import { startPlayground } from './start.ts';

const DEFAULT_PORT = 8484;
const HELP = `Usage: npm run playground [-- --port NUMBER]

Starts a Discord and a video service on this machine, the bot, and a page to use it in the browser.
  --port NUMBER   of the page; ${DEFAULT_PORT} unless that is taken
  --help          this text`;

const { values } = parseArgs({ options: { port: { type: 'string' }, help: { type: 'boolean' } } });
if (values.help === true) console.log(HELP);
else await run(values.port);

async function run(port: string | undefined): Promise<void> {
  const playground = await start(port);
  console.log(`${colours.bold('The playground is open:')} ${colours.cyan(playground.url)}`);
  console.log('Type / in the page, choose /video, and send it. Nothing leaves this machine.');
  if (playground.standIns !== undefined) console.log(colours.yellow(playground.standIns));
  console.log(colours.dim('Ctrl+C ends it.'));
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  await asked;
  await playground.close();
}

/** On the default port, or on any free one when that is in use and none was chosen. */
async function start(port: string | undefined) {
  if (port !== undefined) return startPlayground({ port: Number(port) });
  try {
    return await startPlayground({ port: DEFAULT_PORT });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    return startPlayground();
  }
}
