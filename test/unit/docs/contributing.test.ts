import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { VENDOR_NAMES, VENDORS } from '#src/catalogue/vendors.ts';
import { CAPABILITIES } from '#src/vendors/capabilities.ts';

const ROOT = new URL('../../../', import.meta.url);
const MOST_PLACES_OF_A_VENDOR = 5;

function read(document: string): string {
  return readFileSync(new URL(document, ROOT), 'utf8');
}

/** Returns the lines below a heading of CONTRIBUTING.md, up to the next one. */
function section(heading: string): string[] {
  const [, after = ''] = read('CONTRIBUTING.md').split(`\n## ${heading}\n`);
  return (after.split('\n## ')[0] ?? '').split('\n');
}

describe('CONTRIBUTING.md', () => {
  const answers = section('Where is it?').filter((line) => line.includes('?'));

  test('CONTRIBUTING.md answers ten questions of newcomers', () => {
    expect(answers).toHaveLength(10);
  });

  test.each(answers)('CONTRIBUTING.md answers with one path that exists: %s', (answer) => {
    const paths = [...answer.matchAll(/`([^`]+)`/g)].map(([, path]) => path ?? '');

    expect(paths).toHaveLength(1);
    expect(paths.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
  });

  test('adding a vendor takes at most five places', () => {
    const places = section('Add a vendor').filter((line) => /^\d+\. /.test(line));

    expect(places.length).toBeGreaterThan(0);
    expect(places.length).toBeLessThanOrEqual(MOST_PLACES_OF_A_VENDOR);
  });
});

describe('the templates for operators', () => {
  const others = VENDOR_NAMES.filter((name) => name !== 'ark');

  test.each(others)('the templates name %s, and how it gets files', (name) => {
    const { title } = VENDORS[name];
    const files = CAPABILITIES[name].inputsAs === 'url' ? 'by link' : 'in the request';

    expect(read('PRIVACY.md')).toContain(`| ${title} | ${files} |`);
    expect(read('TERMS.md').replaceAll(/\s+/g, ' ')).toContain(title);
  });
});

test('.node-version is the Node that the project brings', () => {
  const { devDependencies } = JSON.parse(read('package.json'));

  expect(read('.node-version').trim()).toBe(devDependencies.node);
});

test('the pre-commit hook exists where CONTRIBUTING.md says', () => {
  expect(read('CONTRIBUTING.md')).toContain('git config core.hooksPath .githooks');
  expect(existsSync(fileURLToPath(new URL('.githooks/pre-commit', ROOT)))).toBe(true);
});
