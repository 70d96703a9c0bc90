/** A private job is visible to its member only, even where Discord did not report its reply as ephemeral. */
import { describe, expect, test } from 'vitest';

import { deliverVideo } from '#src/discord/messages/deliver-video.ts';
import { notifyMember } from '#src/discord/messages/notify-member.ts';
import { renderJob } from '#src/discord/messages/render-message.ts';
import type { Messenger } from '#src/discord/rest/messenger.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { createLogger } from '#src/logger.ts';

import { createFakeClock } from '../../../fakes/clock.ts';
import { aJob, JOB_BORN_MS } from '../../../fakes/job.ts';

const DIRECT_CHANNEL = '999';
const logger = createLogger('silent');
/** Its token has expired. */
const tokens = { find: async () => undefined, drop: async () => {} };

const notUsed = async (): Promise<never> => {
  throw new Error('not reached');
};

/** Records where something was sent. */
function recordCalls(): { messenger: Messenger; sentTo: string[] } {
  const sentTo: string[] = [];
  const messenger: Messenger = {
    editByToken: notUsed,
    tellAsideByToken: notUsed,
    async editByBot({ channelId }) {
      sentTo.push(channelId);
    },
    registerCommands: notUsed,
    readByToken: notUsed,
    readByBot: notUsed,
    async create(channelId) {
      sentTo.push(channelId);
      return { messageId: '501' };
    },
    directChannel: async () => ({ channelId: DIRECT_CHANNEL }),
    find: async () => ({ kind: 'not-there' }),
  };
  return { messenger, sentTo };
}

const secret = (overrides: Partial<Job>): Job =>
  aJob({ isPrivate: true, isEphemeral: false, ...overrides });

describe('a private job whose reply is not known to be ephemeral', () => {
  test('a private job delivers its video by direct message only', async () => {
    const { messenger, sentTo } = recordCalls();
    const video = { file: 'videos/job1.mp4', bytes: 1000 };
    const job = secret({ state: 'succeeded', video });

    await deliverVideo(job, {
      messenger,
      tokens,
      transition: async (before) => before,
      uploadLimitBytes: () => 1_000_000,
      clock: createFakeClock({ startMs: JOB_BORN_MS }),
      logger,
      files: {
        path: (name) => `/nowhere/${name}`,
        stat: async () => ({ byteLength: 1000, modifiedAtMs: 0 }),
      },
      fitter: { isAvailable: notUsed },
    });

    expect(sentTo).toEqual([DIRECT_CHANNEL]);
  });

  test.each(['queued', 'failed'] as const)(
    'a private job shows nobody else that it is %s',
    async (state) => {
      const { messenger, sentTo } = recordCalls();

      await renderJob(secret({ state }), { messenger, tokens, logger, uploadLimitBytes: () => 0 });

      expect(sentTo).toEqual(state === 'failed' ? [DIRECT_CHANNEL] : []);
    },
  );

  test('a private job is not announced in its channel', async () => {
    const { messenger, sentTo } = recordCalls();
    const job = secret({ state: 'delivered', stateSinceMs: JOB_BORN_MS + 3_600_000 });

    await notifyMember(job, { messenger, logger });

    expect(sentTo).toEqual([]);
  });
});
