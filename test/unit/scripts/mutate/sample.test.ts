/** Which mutations are sampled, which tests run for them, and which are known to be equivalent. */
import { existsSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { Equivalents } from '../../../../scripts/mutate/equivalents.ts';
import { mutationsOf } from '../../../../scripts/mutate/mutations.ts';
import { drawSample } from '../../../../scripts/mutate/sample.ts';
import { TestChoice } from '../../../../scripts/mutate/test-choice.ts';
import { TOPICS } from '../../../../scripts/mutate/topics.ts';

const SOURCE = 'export const far = (a: number) => a < 4 && a > 2;\n';
const all = mutationsOf('src/x.ts', SOURCE);

describe('the mutation sample', () => {
  test('the sample is the same for the same seed, and differs for another', () => {
    expect(drawSample(all, '1')).toEqual(drawSample(all, '1'));
    expect(drawSample(all, '1').map(({ after }) => after)).not.toEqual(
      drawSample(all, '2').map(({ after }) => after),
    );
    expect(new Set(drawSample(all, '1'))).toEqual(new Set(all));
  });

  test('the sample keeps its order when mutations elsewhere are added or removed', () => {
    const others = mutationsOf('src/y.ts', SOURCE);
    const own = drawSample([...others, ...all], '1').filter(({ file }) => file === 'src/x.ts');

    expect(own).toEqual(drawSample(all, '1'));
  });
});

test('a mutation is equivalent when the page lists its file, original and replacement', () => {
  const equivalents = new Equivalents(
    ['Text.', '- `src/x.ts`: `` a < 4 `` → `` a <= 4 ``: it is never 4.', ''].join('\n'),
  );

  expect(equivalents.size).toBe(1);
  expect(all.filter((one) => equivalents.has(one))).toMatchObject([{ after: 'a <= 4' }]);
});

describe('the tests chosen for a file', () => {
  const choice = new TestChoice(
    new Map([
      ['src/jobs/queue/fair-queue.ts', ''],
      ['src/quota/quota.ts', "import { line } from '../jobs/queue/fair-queue.ts';\n"],
      ['src/far.ts', "import type { Queue } from './jobs/queue/fair-queue.ts';\n"],
      [
        'test/unit/jobs/queue/fair-queue.test.ts',
        "import {\n  line,\n} from '#src/jobs/queue/fair-queue.ts';\n",
      ],
      ['test/unit/quota/quota.test.ts', "import { quota } from '#src/quota/quota.ts';\n"],
      ['test/unit/far.test.ts', "import { far } from '#src/far.ts';\n"],
      ['test/integration/quota-queue.test.ts', "import { quota } from '#src/quota/quota.ts';\n"],
      ['test/contracts/leases.test.ts', "import { quota } from '#src/quota/quota.ts';\n"],
    ]),
  );

  test('the nearest tests come first, then contracts of its name and scenarios of its folder', () => {
    const [unit, contracts, scenarios] = choice.batchesFor('src/jobs/queue/fair-queue.ts');

    expect(unit?.tests).toEqual([
      'test/unit/jobs/queue/fair-queue.test.ts',
      'test/unit/quota/quota.test.ts',
    ]);
    expect(contracts?.tests).toEqual(['test/integration/quota-queue.test.ts']);
    expect(scenarios?.tests).toContain('test/scenarios/quotas.test.ts');
  });

  test('the nearest contracts are chosen when none has the file’s name', () => {
    const [batch] = choice.batchesFor('src/quota/quota.ts').slice(1);

    expect(batch?.tests).toEqual(['test/integration/quota-queue.test.ts']);
    expect(choice.batchesFor('src/far.ts')).toMatchObject([{ tests: ['test/unit/far.test.ts'] }]);
  });
});

test.each(TOPICS)('$folder exists, and so do its scenarios', ({ folder, scenarios }) => {
  expect(existsSync(folder)).toBe(true);
  for (const name of scenarios) {
    expect({ name, isThere: existsSync(`test/scenarios/${name}.test.ts`) }).toEqual({
      name,
      isThere: true,
    });
  }
});
