/**
 * Draws a job's present state on its own message. When no route leads there, progress is dropped; an
 * end without a video is told in a new message, or by direct message to a member who asked in private.
 */
import { hasEnded, type Job } from '../../jobs/record/job.ts';
import type { Logger } from '../../logger.ts';
import type { DrawOptions } from './job-message.ts';
import {
  routesToJobMessage,
  routesToNewMessage,
  type MessageRoute,
  type RouteDependencies,
} from './message-routes.ts';
import { tryRoutes } from './try-routes.ts';

export interface RenderDependencies extends RouteDependencies {
  logger: Logger;
}

/** What is shown of a job but is not in its record: its position in the queue. */
type Shown = Pick<DrawOptions, 'position'>;

/** Where a picture was put; `nowhere`: Discord refused every route. */
export type DrawTarget = 'its-message' | 'new-message' | 'nowhere';

/** @throws DiscordAPIError and others when Discord could not be reached or is busy: try again later */
export async function renderJob(
  job: Job,
  dependencies: RenderDependencies,
  shown: Shown = {},
): Promise<DrawTarget> {
  if (await renderOnJobMessage(job, dependencies, shown)) return 'its-message';
  if (!hasEnded(job)) return 'nowhere';
  const { logger } = dependencies;
  const routes = routesToNewMessage(job, { nonce: `end-${job.id}` }, dependencies);
  if (await renderByFirstOpenRoute(routes, job, { shown, logger })) return 'new-message';
  logger.warn({ jobId: job.id, state: job.state }, 'the end of a job could not be told');
  return 'nowhere';
}

/** @returns false when Discord refused. @throws what `renderJob` throws */
export async function renderOnJobMessage(
  job: Job,
  dependencies: RenderDependencies,
  shown: Shown = {},
): Promise<boolean> {
  const { logger } = dependencies;
  const routes = await routesToJobMessage(job, dependencies);
  return renderByFirstOpenRoute(routes, job, { shown, logger });
}

async function renderByFirstOpenRoute(
  routes: readonly MessageRoute[],
  job: Job,
  { shown, logger }: { shown: Shown; logger: Logger },
): Promise<boolean> {
  const sent = await tryRoutes(
    routes,
    async (route, { withoutPrompt }) => route.send({ ...shown, withoutPrompt }),
    { logger, jobId: job.id, message: 'Discord refused a job message' },
  );
  return sent !== undefined;
}
