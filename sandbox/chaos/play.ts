/** One run from its seed to its result. */
import type { DatabaseKind } from './databases.ts';
import { checkInvariants, type InvariantResult } from './invariants.ts';
import { makePlan } from './plan.ts';
import { Chance } from './random.ts';
import { report } from './report.ts';
import { run, type RunOutcome } from './run.ts';
import { NAMED_STEPS } from './steps.ts';

export interface PlayOptions {
  readonly seed: string;
  readonly jobs: number;
  readonly kills: number;
  readonly database: DatabaseKind;
  readonly postgresUrl: string | undefined;
  readonly processes: number;
  /** Without the faults and kill points whose outcome takes minutes. */
  readonly isShort: boolean;
  readonly say: (line: string) => void;
}

export interface Played {
  readonly outcome: RunOutcome;
  readonly result: InvariantResult;
  /** The report, line by line. */
  readonly lines: readonly string[];
}

/** @throws Error when the bot cannot be started at all */
export async function play(options: PlayOptions): Promise<Played> {
  const { seed, jobs, kills, database, processes, isShort, say } = options;
  const all = NAMED_STEPS.filter(({ isLong }) => !isShort || isLong !== true);
  const names = all.filter(({ isStanding }) => isStanding !== true).map(({ name }) => name);
  const steps = new Chance(seed).of('steps').shuffled(names).slice(0, kills);
  const standing = kills > names.length ? all.filter(({ isStanding }) => isStanding === true) : [];
  const planned = { seed, jobs, kills: kills - standing.length, steps, isShort };
  const title = `${database}, ${processes === 1 ? 'one bot' : `${processes} bots`}`;
  say(`${title}: ${jobs} jobs, ${kills} kills, seed ${seed}`);
  const outcome = await run({ ...options, plan: makePlan(planned), standing });
  const result = checkInvariants(outcome.evidence);
  return {
    outcome,
    result,
    lines: report({ outcome, result, steps: all.map(({ name }) => name), title, seed }),
  };
}
