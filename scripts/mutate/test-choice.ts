/** Chooses the tests that run against a mutation of a file: the nearest first, the slow ones last. */
import { posix } from 'node:path';

import { isInTopic, scenariosFor } from './topics.ts';

export interface Batch {
  readonly tests: readonly string[];
  /** How long a run may take before it counts as hanging. */
  readonly limitMs: number;
}

const MAX_UNIT_TESTS = 8;
/** Imports between a unit test and the file: more distant tests rarely exercise it. */
const MAX_DISTANCE = 3;
const MAX_CONTRACTS = 20;
/** Used when no contract is named like the file. */
const FEW_CONTRACTS = 4;
const UNIT_LIMIT_MS = 90_000;
const SLOW_LIMIT_MS = 300_000;

/** Imports of types alone do not run. */
const IMPORT = /^(?:import|export)(?! type )[^;]*?from '([^']+\.ts)';/gm;
const ALIASES = [
  ['#src/', 'src/'],
  ['#sandbox/', 'sandbox/'],
] as const;

export class TestChoice {
  /** The importers of a file. */
  readonly #importers = new Map<string, Set<string>>();

  /** @param sources of all files, by path below the root */
  constructor(sources: ReadonlyMap<string, string>) {
    for (const [file, source] of sources) {
      for (const imported of importsOf(file, source)) {
        const importers = this.#importers.get(imported) ?? new Set();
        this.#importers.set(imported, importers.add(file));
      }
    }
  }

  batchesFor(file: string): Batch[] {
    const distances = this.#distancesFrom(file);
    const ordered = [...distances]
      .filter(([name]) => name.endsWith('.test.ts'))
      .toSorted(([a, distanceA], [b, distanceB]) => {
        const closer = distanceA - distanceB || sharedWords(b, file) - sharedWords(a, file);
        return closer || a.localeCompare(b);
      })
      .map(([name]) => name);
    const unit = ordered
      .filter((name) => isInTopic(name, 'test/unit') && (distances.get(name) ?? 0) <= MAX_DISTANCE)
      .slice(0, MAX_UNIT_TESTS);
    const contracts = ordered
      .filter((name) => isInTopic(name, 'test/contracts') || isInTopic(name, 'test/integration'))
      .toSorted((a, b) => sharedWords(b, file) - sharedWords(a, file));
    const topical = contracts.filter((name) => sharedWords(name, file) > 0);
    const batches = [
      { tests: unit, limitMs: UNIT_LIMIT_MS },
      {
        tests:
          topical.length === 0
            ? contracts.slice(0, FEW_CONTRACTS)
            : topical.slice(0, MAX_CONTRACTS),
        limitMs: SLOW_LIMIT_MS,
      },
      { tests: scenariosFor(file), limitMs: SLOW_LIMIT_MS },
    ];
    return batches.filter(({ tests }) => tests.length > 0);
  }

  #distancesFrom(file: string): Map<string, number> {
    const distances = new Map([[file, 0]]);
    // A map iterates in insertion order: breadth first.
    for (const [name, distance] of distances) {
      for (const importer of this.#importers.get(name) ?? []) {
        if (!distances.has(importer)) distances.set(importer, distance + 1);
      }
    }
    return distances;
  }
}

function importsOf(file: string, source: string): string[] {
  return [...source.matchAll(IMPORT)].flatMap(([, name = '']) => {
    const alias = ALIASES.find(([prefix]) => name.startsWith(prefix));
    if (alias !== undefined) return [name.replace(alias[0], alias[1])];
    return name.startsWith('.') ? [posix.join(posix.dirname(file), name)] : [];
  });
}

function sharedWords(test: string, file: string): number {
  const own = wordsOf(file);
  return [...wordsOf(test)].filter((word) => own.has(word)).length;
}

function wordsOf(path: string): Set<string> {
  const words = path.replace(/(\.test)?\.ts$/, '').split(/[/-]/);
  return new Set(words.slice(1).map((word) => word.replace(/s$/, '')));
}
