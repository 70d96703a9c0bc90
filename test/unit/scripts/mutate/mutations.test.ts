/** The mutations that `npm run mutate` makes. */
import { describe, expect, test } from 'vitest';

import { mutationsOf } from '../../../../scripts/mutate/mutations.ts';

/** The mutations of a function’s body, by kind. */
function changed(body: string): string[] {
  const source = `async function f(a: number, b: number) {\n  ${body}\n}\n`;
  return mutationsOf('src/x.ts', source).map(({ kind, mutated }) => {
    const inner = mutated.split('\n').slice(1, -2).join('\n').trim();
    return `${kind}: ${inner}`;
  });
}

describe('mutations', () => {
  test.each([
    ['return a < b;', ['operator: return a <= b;']],
    ['return a >= b;', ['operator: return a > b;']],
    ['return a === b;', ['operator: return a !== b;']],
    ['return a && b;', ['operator: return a || b;']],
    ['return a - b;', ['operator: return a + b;']],
    ['return a ?? b;', ['default only: return b;']],
    ['return !a;', ['negation: return a;']],
    ['return 1_000;', ['constant: return 1001;']],
    ['return true;', ['boolean: return false;']],
    ['return a ? b : a;', ['negated condition: return !(a) ? b : a;']],
    ['if (a) return b;', ['removed statement: {}', 'negated condition: if (!(a)) return b;']],
    ['if (a) return b; else return a;', ['negated condition: if (!(a)) return b; else return a;']],
    ['await a();', ['removed statement: ;', 'removed await: a();']],
    ['return g(a, b);', ['removed argument: return g(a);']],
    ['return Math.min(a);', ['call: return Math.max(a);']],
    ['return a.filter(b);', ['removed call: return a;']],
    ['return { a, ...b };', ['removed field: return {  ...b };', 'removed field: return { a,  };']],
    ['return [a, b];', ['removed element: return [ b];', 'removed element: return [a, ];']],
  ])('the code %j has its mutations', (body, expected) => {
    expect(changed(body).toSorted()).toEqual(expected.toSorted());
  });

  test('a mutated query drops a condition, or compares otherwise', () => {
    expect(changed("return q.where('at', '<', a).orderBy('at');")).toEqual(
      expect.arrayContaining([
        "removed call: return q.where('at', '<', a);",
        "removed call: return q.orderBy('at');",
        "operator: return q.where('at', '<=', a).orderBy('at');",
      ]),
    );
  });

  test('a mutated switch drops a case when there is a default', () => {
    const cases = 'case 1: return a;';

    expect(changed(`switch (a) { ${cases} default: return b; }`)).toContain(
      'removed case: switch (a) {  default: return b; }',
    );
    expect(changed(`switch (a) { ${cases} }`).join()).not.toContain('removed case');
  });
});

test.each([
  ['a log line', "logger.info({ a: 1 }, 'x');"],
  ['a custom log line', "this.#logger.warn({ a: 1 }, 'x');"],
  ['the message of an error', 'throw new Error(`${a + 1}`);'],
  ['a composed text', "return 'a' + b;"],
  ['a type', 'let c: 1 | 2;'],
])('%s is not mutated', (_what, body) => {
  expect(changed(body)).toEqual([]);
});

test('a mutation reports its position and change, in characters and not bytes', () => {
  const source =
    '/** “Quoted” – and dashed. */\nconst LIMIT = 3; // ’\nexport const far = LIMIT < 4;\n';

  expect(mutationsOf('src/x.ts', source)).toMatchObject([
    { line: 2, kind: 'constant', before: 'LIMIT = 3', after: 'LIMIT = 4' },
    { line: 3, kind: 'operator', before: 'LIMIT < 4', after: 'LIMIT <= 4' },
    { line: 3, kind: 'constant', before: 'LIMIT < 4', after: 'LIMIT < 5' },
  ]);
});
