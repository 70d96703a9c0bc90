/**
 * The plan of a run, derived from the seed alone: who requests what and when, which faults happen when,
 * and when the bot is killed. The same seed gives the same plan; the outcome also depends on the speed of
 * sockets and processes, which no seed controls.
 */
import { faults, type PlannedFault } from './fault-plan.ts';
import { isExpectedToRun, makeOrder, plainOrder, type Order } from './orders.ts';
import { Chance } from './random.ts';

export interface Planned {
  readonly fault: PlannedFault;
  /** From the beginning of its round. */
  readonly afterMs: number;
  /** The channel or server it concerns, if any: in [0, 1). */
  readonly where: number;
}

export type Kill =
  | { readonly at: 'step'; readonly step: string }
  | { readonly at: 'random'; readonly afterMs: number };

export interface Round {
  readonly orders: readonly Order[];
  readonly faults: readonly Planned[];
  readonly kill: Kill | undefined;
  /** Which of the bots dies first, in [0, 1). */
  readonly victim: number;
  /** Neither its requests nor the next round wait for the bot’s return: members find it offline. */
  readonly isHasty: boolean;
}

export interface Plan {
  readonly rounds: readonly Round[];
  /** The number of the first request outside the plan. */
  readonly nextNumber: number;
}

export interface PlanOptions {
  readonly seed: string;
  /** Requests that should become jobs, in addition to those that are refused. */
  readonly jobs: number;
  /** Rounds that end with a kill; with several bots, a kill point kills each of them. */
  readonly kills: number;
  /** Names of the kill points to be visited, in order; as many as there are kills. */
  readonly steps: readonly string[];
  /** Without faults that take minutes to resolve. */
  readonly isShort: boolean;
}

const ROUND_MS = 3_500;
const JOBS_A_ROUND_WITHOUT_KILLS = 10;
/** The number of faults per request. */
const MISHAPS_PER_ORDER = 0.45;
const HASTY_SHARE = 0.1;

export function makePlan(options: PlanOptions): Plan {
  const { jobs, kills, isShort } = options;
  const chance = new Chance(options.seed);
  const count = kills > 0 ? kills : Math.ceil(jobs / JOBS_A_ROUND_WITHOUT_KILLS);
  const pool = faults({ isShort });
  let number = 0;
  const rounds = Array.from({ length: count }, (_, index): Round => {
    const ordering = chance.of(`orders ${index}`);
    const orders: Order[] = [];
    const wanted = shareOf(jobs, index, count);
    while (orders.filter(isExpectedToRun).length < wanted) {
      number += 1;
      orders.push(makeOrder(ordering.of(number), number, ordering.whole(0, ROUND_MS)));
    }
    const failing = chance.of(`faults ${index}`);
    const killing = chance.of(`kill ${index}`);
    return {
      orders,
      faults: Array.from({ length: Math.round(orders.length * MISHAPS_PER_ORDER) }, () => ({
        fault: failing.weighted(pool),
        afterMs: failing.whole(0, ROUND_MS),
        where: failing.share(),
      })),
      kill: kills === 0 ? undefined : killOf(killing, options.steps[index]),
      victim: killing.share(),
      isHasty: killing.happens(HASTY_SHARE),
    };
  });
  return { rounds, nextNumber: number + 1 };
}

function killOf(chance: Chance, step: string | undefined): Kill {
  return step === undefined
    ? { at: 'random', afterMs: chance.whole(0, ROUND_MS) }
    : { at: 'step', step };
}

/** So that all rounds together cover all of them. */
function shareOf(all: number, index: number, count: number): number {
  return Math.floor(((index + 1) * all) / count) - Math.floor((index * all) / count);
}

/** The requests that bring a bot to its kill points, numbered after the plan’s. */
export function stepOrders(plan: Plan): (options?: Order['options']) => Order {
  let number = plan.nextNumber;
  return (options) => {
    number += 1;
    return plainOrder(number, options);
  };
}
