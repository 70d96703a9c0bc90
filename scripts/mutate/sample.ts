/** Samples mutations so that an edit elsewhere changes little of the sample: each has its own fixed rank. */
import { createHash } from 'node:crypto';

import type { Mutation } from './mutations.ts';

export function drawSample(mutations: readonly Mutation[], seed: string): Mutation[] {
  return mutations
    .map((mutation, index) => ({ mutation, index, lot: lotOf(mutation, seed) }))
    .toSorted((a, b) => (a.lot < b.lot ? -1 : a.lot > b.lot ? 1 : a.index - b.index))
    .map(({ mutation }) => mutation);
}

function lotOf({ file, kind, before, after }: Mutation, seed: string): string {
  return createHash('sha256')
    .update(JSON.stringify([seed, file, kind, before, after]))
    .digest('hex');
}
