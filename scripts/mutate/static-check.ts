/**
 * Finds the mutations that `npm run check` rejects: they never reach a test. All at once, each as a separate
 * file next to the original, because a compiler takes seconds to start.
 */
import type { Mutation } from './mutations.ts';
import type { Tree } from './tree.ts';

const COPY = /^(.*)-mutation-(\d+)\.ts$/;

/** @returns those that compile and lint */
export async function filterAccepted(
  tree: Tree,
  mutations: readonly Mutation[],
): Promise<Mutation[]> {
  const copies = mutations.map(({ file }, index) => copyOf(file, index));
  for (const [index, { mutated }] of mutations.entries()) {
    await tree.write(copies[index] ?? '', mutated);
  }
  try {
    const compiled = await tree.run('tsc', ['--pretty', 'false']);
    const linted = await tree.run('oxlint', ['--type-aware', '--format', 'unix', ...copies]);
    const refused = new Set(indexesIn(`${compiled.output}\n${linted.output}`));
    return mutations.filter((_mutation, index) => !refused.has(index));
  } finally {
    for (const copy of copies) await tree.remove(copy);
  }
}

function copyOf(file: string, index: number): string {
  return file.replace(/\.ts$/, `-mutation-${index}.ts`);
}

/** Both tools start the line of a finding with the path. */
function indexesIn(output: string): number[] {
  return output.split('\n').flatMap((line) => {
    const path = /^[^\s(:]+\.ts/.exec(line)?.[0] ?? '';
    const index = COPY.exec(path)?.[2];
    return index === undefined ? [] : [Number(index)];
  });
}
