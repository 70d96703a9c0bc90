/**
 * Draws a job's current state on its own message. When no route leads there, progress is dropped; an end
 * without a video goes into a new message, or a direct message for a private request.
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

/** What the message shows beyond the record: the position in the queue. */
type Shown = Pick<DrawOptions, 'position'>;

/** Where the message was drawn; `nowhere`: Discord refused every route. */
export type DrawTarget = 'its-message' | 'new-message' | 'nowhere';

/** @throws DiscordAPIError and others when Discord cannot be reached or is busy; retry later */
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
  logger.warn({ jobId: job.id, state: job.state }, 'end of a job not shown to its member');
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
