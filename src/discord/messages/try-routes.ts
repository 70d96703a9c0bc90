/**
 * Tries the routes to a message in order until Discord accepts the request. The caller decides what to
 * send, and how to downgrade it after a refusal.
 */
import type { Logger } from '../../logger.ts';
import { catchRefusal, type FinalRefusal, type Refused } from '../rest/discord-error.ts';
import { isRouteBlocked, type DiscordBusyError } from '../rest/rate-limits.ts';

export interface Route {
  /** Only for the log. */
  readonly name: string;
  /** Whether a later route leads to the same message, for when Discord rate-limits this one. */
  readonly hasFallback: boolean;
  /** Called with the last refusal when this route has nothing left to try. */
  readonly onClosed?: ((refusal: FinalRefusal) => Promise<void>) | undefined;
}

/** How a route is tried. */
export interface Attempt {
  /** True once the server's AutoMod has refused the text. */
  readonly withoutPrompt: boolean;
}

/** What an attempt leads to. */
export type AttemptPlan<Tried, Result> =
  /** `attempt` is what is actually sent, and what is downgraded and logged. */
  | { readonly kind: 'send'; readonly attempt: Tried; readonly send: () => Promise<Result> }
  /** Ends the search for a route without a request. */
  | { readonly kind: 'stop'; readonly result: Result }
  /** Moves on to the next route without a request. */
  | { readonly kind: 'skip' };

export interface AttemptPlanner<Way extends Route, Tried extends Attempt, Result> {
  readonly firstAttempt: (route: Way) => Tried;
  readonly plan: (route: Way, attempt: Tried) => Promise<AttemptPlan<Tried, Result>>;
  /** Returns what to try next by the same route; undefined when nothing is left. */
  readonly downgrade: (attempt: Tried, refusal: FinalRefusal) => Tried | undefined;
}

export interface RefusalLog {
  readonly logger: Logger;
  readonly jobId: string;
  readonly message: string;
}

/**
 * Sends the same content by every route.
 *
 * @returns undefined when Discord refused every route
 * @throws what `tryPlannedRoutes` throws
 */
export async function tryRoutes<Way extends Route, Result extends object>(
  routes: readonly Way[],
  send: (route: Way, attempt: Attempt) => Promise<Result>,
  log: RefusalLog,
): Promise<Result | undefined> {
  const planner: AttemptPlanner<Way, Attempt, Result> = {
    firstAttempt: () => ({ withoutPrompt: false }),
    plan: async (route, attempt) => ({
      kind: 'send',
      attempt,
      send: async () => send(route, attempt),
    }),
    downgrade: () => undefined,
  };
  return tryPlannedRoutes(routes, planner, log);
}

/**
 * Tries each planned route. A rate-limited route is skipped for its fallback. If no other route is open,
 * its error is thrown, because it is still undecided and the same routes should be tried later.
 *
 * @returns undefined when Discord refused every route
 * @throws DiscordAPIError and others when Discord cannot be reached or is busy; retry later
 */
export async function tryPlannedRoutes<
  Way extends Route,
  Tried extends Attempt,
  Result extends object,
>(
  routes: readonly Way[],
  planner: AttemptPlanner<Way, Tried, Result>,
  log: RefusalLog,
): Promise<Result | undefined> {
  let blocked: DiscordBusyError | undefined;
  for (const route of routes) {
    try {
      const result = await tryRoute(route, planner, log);
      if (result !== undefined) return result;
    } catch (error) {
      if (!route.hasFallback || !isRouteBlocked(error)) throw error;
      blocked = error;
    }
  }
  if (blocked !== undefined) throw blocked;
  return undefined;
}

/** @returns undefined when the next route should be tried */
async function tryRoute<Way extends Route, Tried extends Attempt, Result extends object>(
  route: Way,
  planner: AttemptPlanner<Way, Tried, Result>,
  log: RefusalLog,
): Promise<Result | undefined> {
  let attempt: Tried | undefined = planner.firstAttempt(route);
  while (attempt !== undefined) {
    const plan: AttemptPlan<Tried, Result> = await planner.plan(route, attempt);
    if (plan.kind === 'skip') return undefined;
    if (plan.kind === 'stop') return plan.result;
    const outcome = await catchRefusal(plan.send);
    if (outcome.kind === 'answered') return outcome.answer;
    logRefusal(outcome, { route, attempt: plan.attempt }, log);
    attempt = nextAttempt(plan.attempt, outcome.refusal, planner);
    if (attempt === undefined) await route.onClosed?.(outcome.refusal);
  }
  return undefined;
}

function logRefusal(
  { refusal, error }: Refused,
  { route, attempt }: { route: Route; attempt: Attempt },
  { logger, jobId, message }: RefusalLog,
): void {
  logger[refusal === 'fault' ? 'error' : 'warn'](
    { err: error, jobId, refusal, route: route.name, ...attempt },
    message,
  );
}

function nextAttempt<Tried extends Attempt>(
  attempt: Tried,
  refusal: FinalRefusal,
  { downgrade }: Pick<AttemptPlanner<Route, Tried, unknown>, 'downgrade'>,
): Tried | undefined {
  if (refusal === 'blocked' && !attempt.withoutPrompt) return { ...attempt, withoutPrompt: true };
  return downgrade(attempt, refusal);
}
