import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Created by programs or by operators: a checkout has none of them. */
const NOT_IN_A_CHECKOUT = new Set([
  '.git',
  'node_modules',
  'data',
  'demo-videos',
  'coverage',
  'dist',
]);

const FILE = String.raw`[\w@.-]+(?:\/[\w@.-]+)*\.(?:ts|json|jsonc|md|html|css|mp4)`;
const FOLDER = String.raw`[\w@.-]+(?:\/[\w@.-]+)*\/`;
/** A file by its extension, a folder by its slash; no part of a URL, of a route or of an absolute path. */
const PATH = new RegExp(
  String.raw`(?<![\w@./:*{-])(?:\.\/)?(?<path>${FILE}|${FOLDER})(?![\w@/*<{…-])`,
  'g',
);

const TREE = treeOf(ROOT);
const DOCUMENTS = TREE.filter(
  (path) => path.endsWith('.md') && path !== 'CHANGELOG.md' && !path.startsWith('test/'),
);

/** Every file and folder of the checkout, folders with a slash at the end. */
function treeOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !NOT_IN_A_CHECKOUT.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      const name = relative(ROOT, path).replaceAll('\\', '/');
      return entry.isDirectory() ? [`${name}/`, ...treeOf(path)] : [name];
    });
}

/** Documents name a file in full, or by its last parts when the folder is clear from the context. */
function isInTree(path: string): boolean {
  const name = path.split('/')[0] ?? '';
  return NOT_IN_A_CHECKOUT.has(name) || TREE.some((each) => `/${each}`.endsWith(`/${path}`));
}

function pathsIn(document: string): string[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const paths = [...text.matchAll(PATH)].flatMap(({ groups }) => groups?.['path'] ?? []);
  // A relative link may leave its folder.
  return paths.map((path) => path.replace(/^(?:\.\.\/)+/, ''));
}

test.each(DOCUMENTS)('%s names no missing file or folder', (document) => {
  expect(pathsIn(document).filter((path) => !isInTree(path))).toEqual([]);
});

test('paths are found in prose, in links, in tables and in maps', () => {
  const paths = pathsIn('sandbox/README.md');

  expect(paths).toContain('page/message/');
  expect(paths).toContain('world.ts');
  expect(pathsIn('CONTRIBUTING.md')).toEqual(
    expect.arrayContaining(['docs/architecture.md', 'src/catalogue/vendors.ts', 'locales/en-US/']),
  );
  expect(isInTree('src/vendors/vendor.ts')).toBe(true);
  expect(isInTree('src/vendors/no-such-file.ts')).toBe(false);
});
