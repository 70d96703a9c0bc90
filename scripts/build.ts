/**
 * `npm run build`: the bot as plain JavaScript in `dist/`, for the container image. Loading Node's type
 * stripper costs about 27 MB of memory that a running bot keeps, and time at each start; a checkout runs
 * without this step. Types are stripped in place, so lines and columns in stack traces stay those of the source.
 */
import { cp, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** In the image there is no sandbox and no test. */
const SOURCES = ['src/**/*.ts', 'commands/*.ts'];
/** Imports of our own files by relative path; `#src/…` is mapped in the `package.json` of `dist/`. */
const RELATIVE_IMPORT = /((?:\bfrom|\bimport)\s*\(?\s*)(['"])(\.{1,2}\/[^'"\n]+)\.ts\2/g;
const PACKAGE = { private: true, type: 'module', imports: { '#src/*.ts': './src/*.js' } };

/** Replaces `dist/` with a new build. @returns the number of files built */
export async function build(outDir = join(ROOT, 'dist')): Promise<number> {
  await rm(outDir, { recursive: true, force: true });
  const names = await Array.fromAsync(glob(SOURCES, { cwd: ROOT }));
  await Promise.all(names.map(async (name) => buildFile(name, outDir)));
  await writeFile(join(outDir, 'package.json'), `${JSON.stringify(PACKAGE, undefined, 2)}\n`);
  await cp(join(ROOT, 'LICENSE'), join(outDir, 'LICENSE'));
  await cp(join(ROOT, 'locales'), join(outDir, 'locales'), { recursive: true });
  return names.length;
}

async function buildFile(name: string, outDir: string): Promise<void> {
  const source = await readFile(join(ROOT, name), 'utf8');
  const target = join(outDir, name.replace(/\.ts$/, '.js'));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, javaScriptOf(source));
}

/** @throws SyntaxError for TypeScript that has to be compiled, such as an enum: `erasableSyntaxOnly` forbids it */
function javaScriptOf(source: string): string {
  return stripTypeScriptTypes(source).replaceAll(RELATIVE_IMPORT, '$1$2$3.js$2');
}

if (import.meta.main) process.stdout.write(`${await build()} files built in dist/\n`);
