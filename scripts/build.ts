/**
 * `npm run build`: bundles the bot into `dist/`, for the container image. Finding, reading and compiling
 * some 1,700 modules takes most of a start from a checkout, and loading Node's type stripper costs about
 * 27 MB. Names, line breaks and source maps are kept, so that a stack trace can be traced back.
 */
import { cp, glob, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { rolldown, type InputOptions } from 'rolldown';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Started or imported by path. The image contains no sandbox and no test. */
const ENTRIES = [
  'src/main.ts',
  'src/operator/vendors.ts',
  'src/operator/vendor-ledger.ts',
  'commands/*.ts',
];
/** Loaded by a worker thread, from beside the chunk that starts it: see `chart-drawer.ts`. */
const CHART_WORKER = { 'src/report-chart': 'src/discord/charts/report-chart.ts' };

/** Left in `node_modules`: they bring a native library, fonts, and the script of a worker thread. */
const NOT_BUNDLED = ['@resvg/resvg-js', 'dejavu-fonts-ttf', 'tinypool'];
/** Loaded by discord.js, ws and pg when installed, which they are not here. */
const OPTIONAL = ['zlib-sync', 'bufferutil', 'utf-8-validate', 'pg-native'];

const PACKAGE = { private: true, type: 'module' };

/**
 * Replaces `outDir` with a new build.
 *
 * @returns the number of files written
 * @throws Error for any warning of the bundler, such as an unresolved import
 */
export async function build(outDir = join(ROOT, 'dist')): Promise<number> {
  await rm(outDir, { recursive: true, force: true });
  await using bundle = await rolldown({
    cwd: ROOT,
    input: { ...(await entries()), ...CHART_WORKER },
    external: [...NOT_BUNDLED, ...OPTIONAL],
    platform: 'node',
    onLog: refuseWarnings,
  });
  const { output } = await bundle.write({
    dir: outDir,
    // The folder `commands` beside `src`, as in the checkout: the bot looks for it there.
    entryFileNames: '[name].js',
    chunkFileNames: 'src/[name].js',
    comments: { legal: true, annotation: false, jsdoc: false },
    keepNames: true,
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
  await writeFile(join(outDir, 'package.json'), `${JSON.stringify(PACKAGE, undefined, 2)}\n`);
  await cp(join(ROOT, 'LICENSE'), join(outDir, 'LICENSE'));
  return output.length;
}

/** By the path in `dist/`, without its extension. */
async function entries(): Promise<Record<string, string>> {
  const paths = await Array.fromAsync(glob(ENTRIES, { cwd: ROOT }));
  return Object.fromEntries(paths.map((path) => [path.replace(/\.ts$/, ''), path]));
}

const refuseWarnings: NonNullable<InputOptions['onLog']> = (level, log) => {
  // How discord.js runs code in other shards (`Client#_eval`), which this bot never calls.
  const isKnown = log.code === 'EVAL' && log.message.includes('node_modules/discord.js/');
  if (level === 'warn' && !isKnown) throw new Error(log.message);
};

if (import.meta.main) process.stdout.write(`${await build()} files built in dist/\n`);
