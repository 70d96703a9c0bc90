/** The log lines and metrics that docs/operations.md explains are those that the code has. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const SOURCE = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(ROOT, 'src', name), 'utf8'))
  .join('\n');

/** The first cells of the tables, such as `disk full: free space for DATA_DIR …`. */
const NAMES = [
  ...readFileSync(join(ROOT, 'docs/operations.md'), 'utf8').matchAll(/^\| `([^`]+)`/gm),
].map(([, name = '']) => name);

/** A line of the log may go on after “…”, a metric’s labels are in braces, and * stands for any ending. */
function quoted(name: string): string {
  return name.replace(/\s*…$|\{.*\}$|\*$/, '');
}

test('the tables name log lines and metrics', () => {
  expect(NAMES.length).toBeGreaterThan(20);
});

test.each(NAMES)('the code has what docs/operations.md calls %s', (name) => {
  expect(SOURCE.includes(quoted(name))).toBe(true);
});
