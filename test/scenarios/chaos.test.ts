/**
 * A short version of `npm run chaos`: jobs on several servers under all kinds of faults, while the
 * bot is killed at named steps and at random. Nothing is lost, and nothing is done
 * twice.
 */
import { expect, inject, test } from 'vitest';

import { makePlan } from '#sandbox/chaos/plan.ts';
import { play } from '#sandbox/chaos/play.ts';

import { POSTGRES_VARIABLE } from '../databases/postgres.ts';

const JOBS = 20;
const KILLS = 5;
const SEED = 'a short run';
/** Half a minute on an idle machine. */
const TIMEOUT_MS = 300_000;

test('the same seed gives the same run, and another seed a different one', () => {
  const planOf = (seed: string) =>
    makePlan({ seed, jobs: JOBS, kills: KILLS, steps: [], isShort: false });

  expect(planOf(SEED)).toEqual(planOf(SEED));
  expect(planOf(SEED)).not.toEqual(planOf('another run'));
});

test(
  'a short chaos run loses nothing and does nothing twice',
  { timeout: TIMEOUT_MS },
  async () => {
    const database = inject('databaseKind');
    const said: string[] = [];
    const { lines, result, outcome } = await play({
      seed: SEED,
      jobs: JOBS,
      kills: KILLS,
      database,
      postgresUrl: process.env[POSTGRES_VARIABLE],
      processes: database === 'sqlite' ? 1 : 2,
      isShort: true,
      say: (line) => said.push(line),
    });
    const { violations } = result;
    if (violations.length > 0) process.stderr.write(`${[...said, ...lines].join('\n')}\n`);

    expect(violations.map(({ what }) => what)).toEqual([]);
    expect(outcome.missed).toEqual([]);
    expect(outcome.kills.size).toBe(KILLS);
  },
);
