/**
 * Keeps every job's message true: one loop redraws each message that is behind its record and brings
 * finished videos, one step per job at a time, so that an earlier picture never overtakes a later
 * one. Announcements only wake it.
 */
import { DAY, type Clock } from '../clock.ts';
import type { JobStore } from '../jobs/job-store.ts';
import { hasEnded, type Job } from '../jobs/job.ts';
import { StepLoop } from '../jobs/step-loop.ts';
import { deliver, type DeliveryDependencies } from './delivery.ts';
import { refusalOf } from './discord-error.ts';
import { jobMessage, type MessageBody } from './job-message.ts';

const STEPS_AT_ONCE = 32;
/** A video that no way could bring to Discord for this long is given up, and refunded. */
export const GIVE_UP_AFTER_MS = 3 * DAY;

export interface PresenterDependencies extends DeliveryDependencies {
  store: JobStore;
  clock: Clock;
}

export function createPresenter(dependencies: PresenterDependencies): StepLoop {
  const { store, clock, logger } = dependencies;
  /** What each open job's message shows, so that an unchanged picture costs no request. */
  const shown = new Map<string, string>();

  return new StepLoop({
    name: 'present',
    concurrency: STEPS_AT_ONCE,
    find: async (limit) => await store.behind(limit),
    step: async (job) => await present(job),
    clock,
    logger,
  });

  async function present(job: Job): Promise<void> {
    if (job.state === 'succeeded' && job.video !== undefined) await bring(job);
    else if (job.state !== 'delivered') await redraw(job);
    await store.markShown(job.id, job.version);
    if (hasEnded(job)) shown.delete(job.id);
  }

  async function bring(job: Job): Promise<void> {
    const outcome = await deliver(job, dependencies);
    // Delivering may itself have moved the job on, by the mark it leaves before a new message.
    const current = (await store.find(job.id)) ?? job;
    if (outcome !== 'no-way') {
      await dependencies.transition(current, { type: 'delivered', ...outcome });
      return;
    }
    if (clock.now() - (job.result?.succeededAtMs ?? 0) > GIVE_UP_AFTER_MS) {
      await dependencies.transition(current, { type: 'undeliverable' });
      return;
    }
    throw new Error('no way to bring the finished video to Discord is open at present');
  }

  async function redraw(job: Job): Promise<void> {
    const body = jobMessage(job);
    const picture = JSON.stringify(body);
    if (shown.get(job.id) === picture) return;
    await show(job, body);
    shown.set(job.id, picture);
  }

  /** Progress is drawn on the message there is; when it cannot be reached any more, that is let go. */
  async function show(job: Job, body: MessageBody): Promise<void> {
    const { messenger, tokens } = dependencies;
    const token = await tokens.find(job.interactionId);
    if (
      token !== undefined &&
      (await reaches(job, async () => await messenger.editByToken(token, body)))
    )
      return;
    if (job.isEphemeral) return;
    if (await reaches(job, async () => await messenger.editByBot(job, body))) return;
    if (!hasEnded(job)) return;
    const farewell = jobMessage(job, { mention: true });
    await reaches(job, async () => {
      await messenger.create(job.channelId, farewell, { nonce: `end-${job.id}` });
    });
  }

  async function reaches(job: Job, edit: () => Promise<void>): Promise<boolean> {
    try {
      await edit();
      return true;
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === 'try-later') throw error;
      if (refusal === 'token-dead') await dependencies.tokens.drop(job.interactionId);
      logger.warn({ err: error, jobId: job.id, refusal }, 'a job could not be drawn this way');
      return false;
    }
  }
}
