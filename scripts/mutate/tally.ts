/** Counts the outcomes and prints each as it arrives. */
import type { Verdict } from './judge.ts';
import type { Mutation } from './mutations.ts';

type Kind = Verdict['kind'] | 'equivalent';

const MEANINGS: readonly [Kind, string][] = [
  ['killed', 'killed'],
  ['hung', 'hung'],
  ['survived', 'survived'],
  ['undecided', 'undecided'],
  ['refused', 'rejected late by the compiler'],
  ['equivalent', 'equivalent'],
];

export class Tally {
  readonly #counts = new Map<Kind, number>();

  /** @returns the lines that report it */
  add(mutation: Mutation, verdict: Verdict | { readonly kind: 'equivalent' }): string {
    const { kind } = verdict;
    this.#counts.set(kind, this.#of(kind) + 1);
    const { file, line, before, after } = mutation;
    const change = `${mutation.kind}: ${before} → ${after === '' ? 'nothing' : after}`;
    const tests = detailOf(verdict);
    return `${kind.padEnd(10)} ${file}:${line}  ${change}${tests === '' ? '' : `\n           ${tests}`}`;
  }

  /** In percent of those that tests could detect; 100 when there are none. */
  get percentNoticed(): number {
    const noticed = this.#of('killed') + this.#of('hung');
    const all = noticed + this.#of('survived');
    return all === 0 ? 100 : (100 * noticed) / all;
  }

  get summary(): string {
    const counts = MEANINGS.map(([kind, meaning]) => `${this.#of(kind)} ${meaning}`).join(', ');
    return `${counts}; noticed: ${this.percentNoticed.toFixed(1)} %`;
  }

  #of(kind: Kind): number {
    return this.#counts.get(kind) ?? 0;
  }
}

function detailOf(verdict: Verdict | { readonly kind: 'equivalent' }): string {
  if (verdict.kind === 'equivalent') return '';
  return verdict.kind === 'survived' ? verdict.passed.join(' ') : verdict.by;
}
