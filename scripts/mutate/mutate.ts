/**
 * `npm run mutate -- [--folder quota] [--sample 100] [--seed 1]`: makes mutations, one at a time, in a
 * copy of the tree, and lists those that no test detects. See `docs/mutation-testing.md`.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Equivalents } from './equivalents.ts';
import { Judge } from './judge.ts';
import { mutationsOf, type Mutation } from './mutations.ts';
import { drawSample } from './sample.ts';
import { Session } from './session.ts';
import { filterAccepted } from './static-check.ts';
import { Tally } from './tally.ts';
import { TestChoice } from './test-choice.ts';
import { isInTopic, TOPICS } from './topics.ts';
import { Tree } from './tree.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = 'docs/mutation-testing.md';
/** The share of a sample that tests must detect. */
const WANTED_PERCENT = 97;
/** The compiler and the linter reject about half of all mutations. */
const CANDIDATES_FOR_ONE = 2;

const { values } = parseArgs({
  options: {
    /** Below `src`; all folders of `topics.ts` unless given. */
    folder: { type: 'string', multiple: true },
    sample: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    /** Skips the first of the sample, to continue an interrupted run. */
    skip: { type: 'string', default: '0' },
    /** For example `src/jobs/queue/fair-queue.ts:12`: the mutations of that line instead of a sample. */
    at: { type: 'string', multiple: true },
  },
});

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The number in an option. @throws RangeError */
function whole(name: 'sample' | 'skip'): number {
  const count = Number(values[name]);
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new RangeError(`--${name} takes a whole number, not ${values[name]}`);
}

async function sourcesOf(tree: Tree): Promise<Map<string, string>> {
  const files = tree.files.filter((file) => file.endsWith('.ts'));
  return new Map(
    await Promise.all(files.map(async (file) => [file, await tree.read(file)] as const)),
  );
}

function allMutations(sources: ReadonlyMap<string, string>): Mutation[] {
  const folders = values.folder?.map((name) => `src/${name}`) ?? TOPICS.map((one) => one.folder);
  const all = [...sources]
    .filter(([file]) => folders.some((folder) => isInTopic(file, folder)))
    .flatMap(([file, source]) => mutationsOf(file, source));
  if (all.length === 0) throw new RangeError(`there is nothing to mutate in ${folders.join(', ')}`);
  return all;
}

async function chosen(tree: Tree, all: readonly Mutation[]): Promise<Mutation[]> {
  const lines = new Set(values.at);
  if (lines.size > 0) {
    const there = all.filter(({ file, line }) => lines.has(`${file}:${line}`));
    return filterAccepted(tree, there);
  }
  const size = whole('sample');
  const candidates = drawSample(all, values.seed).slice(0, size * CANDIDATES_FOR_ONE);
  const accepted = await filterAccepted(tree, candidates);
  const refused = candidates.length - accepted.length;
  say(
    `${all.length} mutations; of the first ${candidates.length} drawn with seed ${values.seed}, ` +
      `${refused} are rejected by the compiler or the linter`,
  );
  return accepted.slice(whole('skip'), size);
}

/** @returns whether the tests detected enough */
async function main(): Promise<boolean> {
  await using tree = await Tree.copyOf(ROOT);
  const sources = await sourcesOf(tree);
  const equivalents = new Equivalents(await tree.read(PAGE));
  using session = new Session(tree);
  const judge = new Judge(tree, session, new TestChoice(sources));
  const tally = new Tally();
  for (const mutation of await chosen(tree, allMutations(sources))) {
    const verdict = equivalents.has(mutation)
      ? ({ kind: 'equivalent' } as const)
      : await judge.judge(mutation);
    say(tally.add(mutation, verdict));
  }
  say(tally.summary);
  return tally.percentNoticed >= WANTED_PERCENT;
}

process.once('SIGINT', () => process.exit(130));
process.exitCode = (await main()) ? 0 : 1;
