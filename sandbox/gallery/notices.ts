/** The short messages next to a job’s own: a video is ready. */
import { MINUTE } from '../../src/clock.ts';
import type { MessageBody } from '../../src/discord/messages/job-message.ts';
import { notifyMember } from '../../src/discord/messages/notify-member.ts';
import type { Job } from '../../src/jobs/record/job.ts';
import { createLogger } from '../../src/logger.ts';
import { EXAMPLE_IDS, ExampleJobs, type Setting } from './example-job.ts';
import type { Example, ExampleGroup } from './examples.ts';

export async function noticeCards(setting: Setting): Promise<ExampleGroup> {
  const jobs = new ExampleJobs(setting);
  const long = { state: 'delivered', createdAtMs: setting.nowMs - 4 * MINUTE } as const;
  const examples = [
    await notice('A video that took more than a minute', jobs.job(long)),
    await notice('The same by direct message', jobs.job({ ...long, notify: 'dm' })),
    await notice(
      'Of a private video, by direct message',
      jobs.job({ ...long, notify: 'dm', isPrivate: true, isEphemeral: true }),
    ),
  ];
  return { id: 'notices', title: 'A video is ready', examples };
}

async function notice(title: string, job: Job): Promise<Example> {
  const sent: MessageBody[] = [];
  await notifyMember(job, {
    messenger: {
      async create(_channelId, body) {
        sent.push(body);
        return { messageId: EXAMPLE_IDS.message };
      },
      directChannel: async () => ({ channelId: EXAMPLE_IDS.channel }),
    },
    logger: createLogger('silent'),
  });
  const [body] = sent;
  if (body === undefined) throw new Error(`Nobody is told: ${title}`);
  return { title, job, isForThemAlone: job.notify === 'dm', body };
}
