/**
 * `npm run mutate -- [--folder quota] [--sample 100] [--seed 1]`: makes careless changes, one at a time, in a
 * copy of the tree, and names those that no test notices. See `docs/mutation-testing.md`.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Equivalents } from './equivalents.ts';
import { Judge, type Verdict } from './judge.ts';
import { mutationsOf, type Mutation } from './mutations.ts';
import { drawn } from './sample.ts';
import { acceptedByCheck } from './static-check.ts';
import { TestChoice } from './test-choice.ts';
import { isIn, TOPICS } from './topics.ts';
import { Tree } from './tree.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = 'docs/mutation-testing.md';
/** The share of a sample that tests have to notice. */
const WANTED_PERCENT = 97;

const { values } = parseArgs({
  options: {
    folder: { type: 'string', multiple: true },
    sample: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    /** Leaves out the first of the sample, to go on where another run was ended. */
    skip: { type: 'string', default: '0' },
  },
});

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function sourcesOf(tree: Tree): Promise<Map<string, string>> {
  const files = tree.files.filter((file) => file.endsWith('.ts'));
  return new Map(
    await Promise.all(files.map(async (file) => [file, await tree.read(file)] as const)),
  );
}

function foldersOf(asked: readonly string[] | undefined): string[] {
  if (asked === undefined) return TOPICS.map(({ folder }) => folder);
  return asked.map((name) => (name.startsWith('src/') ? name : join('src', name)));
}

function lineOf({ file, line, kind, before, after }: Mutation): string {
  return `${file}:${line}  ${kind}: ${before} → ${after === '' ? 'nothing' : after}`;
}

function tell(mutation: Mutation, verdict: Verdict): void {
  const rest = verdict.kind === 'survived' ? verdict.passed.join(' ') : verdict.by;
  say(`${verdict.kind.padEnd(9)} ${lineOf(mutation)}\n          ${rest}`);
}

async function chosen(
  tree: Tree,
  sources: ReadonlyMap<string, string>,
  size: number,
): Promise<Mutation[]> {
  const folders = foldersOf(values.folder);
  const all = [...sources]
    .filter(([file]) => folders.some((folder) => isIn(file, folder)))
    .flatMap(([file, source]) => mutationsOf(file, source));
  const candidates = drawn(all, values.seed).slice(0, size * 2);
  const accepted = await acceptedByCheck(tree, candidates);
  say(
    `${all.length} mutations; of the first ${candidates.length} drawn with seed ${values.seed}, ` +
      `${candidates.length - accepted.length} are refused by the compiler or the linter`,
  );
  return accepted.slice(Number(values.skip), size);
}

/** @returns whether the tests noticed enough */
async function main(): Promise<boolean> {
  await using tree = await Tree.copyOf(ROOT);
  const sources = await sourcesOf(tree);
  const equivalents = new Equivalents(await tree.read(PAGE));
  const sample = await chosen(tree, sources, Number(values.sample));
  const judge = new Judge(tree, new TestChoice(sources));
  const counts = { killed: 0, hung: 0, survived: 0, undecided: 0, refused: 0 };
  let equivalent = 0;
  for (const mutation of sample) {
    if (equivalents.has(mutation)) {
      equivalent += 1;
      continue;
    }
    const verdict = await judge.judge(mutation);
    counts[verdict.kind] += 1;
    tell(mutation, verdict);
  }
  const noticed = counts.killed + counts.hung;
  const percent = (100 * noticed) / (noticed + counts.survived);
  say(
    `${sample.length} mutations: ${counts.killed} killed, ${counts.hung} hung, ${counts.survived} survived, ` +
      `${counts.undecided} undecided, ${counts.refused} refused late, ${equivalent} equivalent; noticed: ${percent.toFixed(1)} %`,
  );
  return percent >= WANTED_PERCENT;
}

process.exitCode = (await main()) ? 0 : 1;
