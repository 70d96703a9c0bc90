/** The message of a job in every state, rendered by the bot’s own code from example jobs. */
import { MINUTE, SECOND } from '../../src/clock.ts';
import { jobMessage, type DrawOptions } from '../../src/discord/messages/job-message.ts';
import { shownPosition } from '../../src/jobs/queue/shown-position.ts';
import type { Job } from '../../src/jobs/record/job.ts';
import { ExampleJobs, type Setting } from './example-job.ts';
import { EXAMPLE_VIDEO, type Example, type ExampleGroup } from './examples.ts';

const AS_FILE = { as: 'video', fileName: EXAMPLE_VIDEO } as const;

/** The groups, from the queue to every possible end without a video. */
export function jobCards(setting: Setting): ExampleGroup[] {
  const jobs = new ExampleJobs(setting);
  return [
    { id: 'jobs-waiting', title: 'Waiting', examples: waiting(jobs, setting) },
    { id: 'jobs-rendering', title: 'Rendering and posting', examples: rendering(jobs, setting) },
    { id: 'jobs-done', title: 'Done', examples: done(jobs) },
  ];
}

/** Renders one example; `isForThemAlone` follows the job. */
export function card(title: string, job: Job, draw: DrawOptions = {}): Example {
  const isForThemAlone = job.isPrivate || job.isEphemeral;
  return { title, job, isForThemAlone, body: jobMessage(job, draw) };
}

function waiting(jobs: ExampleJobs, { nowMs }: Setting): Example[] {
  const refused = jobs.submission({ refusedAs: 'rate-limited' });
  const long = `${jobs.request().prompt}, `.repeat(30);
  return [
    card('In the queue, near the front', jobs.job({ state: 'accepted' }), { position: 2 }),
    card('In the queue, far back', jobs.job({ state: 'accepted' }), {
      position: shownPosition(38),
    }),
    card('Before the queue has been read', jobs.job({ state: 'accepted' })),
    card('Being sent to the video service', jobs.job({ state: 'submitting' })),
    card(
      'The video service takes no new videos just now',
      jobs.job({ state: 'accepted', submissions: [refused], retryAtMs: nowMs + 20 * SECOND }),
    ),
    card(
      'Likely larger than the server lets a bot post',
      jobs.job({
        state: 'accepted',
        request: jobs.request({ model: '2.0', resolution: '1080p', length: seconds(15) }),
        holdCredits: 514,
      }),
      { position: 1 },
    ),
    card(
      'Made with another model than the one priced first',
      jobs.job({ state: 'accepted', replacedModel: '1.5-pro' }),
      { position: 1 },
    ),
    card(
      'A draft, with the prices of its finals',
      jobs.job({
        state: 'accepted',
        request: jobs.request({ model: '2.5', resolution: '480p', isDraft: true }),
        holdCredits: 52,
        finals: [{ resolution: '1080p', credits: 287 }],
      }),
      { position: 1 },
    ),
    card('Private', jobs.job({ state: 'accepted', isPrivate: true, isEphemeral: true }), {
      position: 1,
    }),
    card(
      'From a picture, without a prompt',
      jobs.job({
        state: 'accepted',
        request: jobs.request({ prompt: '', ratio: 'adaptive', inputs: ['first_frame'] }),
      }),
      { position: 1 },
    ),
    card(
      'A long prompt',
      jobs.job({ state: 'accepted', request: jobs.request({ prompt: long }) }),
      {
        position: 1,
      },
    ),
  ];
}

function rendering(jobs: ExampleJobs, { nowMs }: Setting): Example[] {
  const { video } = jobs.job({ state: 'delivered' });
  const large = video === undefined ? {} : { video: { ...video, bytes: 26_000_000 } };
  const converting = (kind: 'whole' | 'sound') => ({
    wantedEncoding: { kind, maxBytes: 10_000_000, sinceMs: nowMs },
  });
  const succeeded = (facts: Partial<Job>) => jobs.job({ state: 'succeeded', ...facts });
  const expectedAtMs = nowMs + 50 * SECOND;
  return [
    card('Queued at the video service', jobs.job({ state: 'queued' })),
    card('Queued there, with an expected end', jobs.job({ state: 'queued', expectedAtMs })),
    card(
      'Queued there, longer than expected',
      jobs.job({ state: 'queued', expectedAtMs: nowMs - MINUTE, isLate: true }),
    ),
    card('Rendering', jobs.job({ state: 'running' })),
    card('Rendering, with an expected end', jobs.job({ state: 'running', expectedAtMs })),
    card(
      'Rendering, later than expected',
      jobs.job({ state: 'running', expectedAtMs: nowMs - MINUTE, isLate: true }),
    ),
    card('Rendered, being fetched and posted', succeeded({})),
    card('Rendered, and cannot be fetched yet', succeeded({ isFetchDelayed: true })),
    card('Being made small enough to post', succeeded({ ...large, ...converting('whole') })),
    card('Being converted to a format that plays', succeeded({ video, ...converting('whole') })),
    card('Its sound being converted', succeeded({ video, ...converting('sound') })),
  ];
}

function done(jobs: ExampleJobs): Example[] {
  const delivered = (facts: Partial<Job> = {}) => jobs.job({ state: 'delivered', ...facts });
  const isPrivate = { isPrivate: true, isEphemeral: true };
  const draft = {
    request: jobs.request({ model: '2.5', resolution: '480p', isDraft: true }),
    costCredits: 49,
    finals: [{ resolution: '1080p' as const, credits: 287 }],
  };
  const reseller = {
    request: jobs.request({ model: '1.5-pro', resolution: '480p', isDraft: true }),
    costCredits: 10,
    finals: (['480p', '720p', '1080p'] as const).map((resolution, index) => ({
      resolution,
      credits: [14, 31, 69][index] ?? 0,
    })),
  };
  const link = (because: 'too-large' | 'not-allowed' | 'not-played') =>
    ({ as: 'link', because }) as const;
  const large = { file: 'boat.mp4', bytes: 26_000_000, width: 1920, height: 1080, seconds: 12 };
  return [
    card('As a file', delivered(), { video: AS_FILE }),
    card('As a file, privately', delivered(isPrivate), { video: AS_FILE }),
    card('As a file, made smaller to fit', delivered(), {
      video: { ...AS_FILE, bytes: 9_600_000 },
    }),
    card('A draft, with the button for its final', delivered(draft), { video: AS_FILE }),
    card('A draft with finals of several sizes', delivered(reseller), { video: AS_FILE }),
    card('As a link: too large', delivered({ deliveredAs: 'link', video: large }), {
      video: link('too-large'),
    }),
    card('As a link: the bot may not attach files', delivered({ deliveredAs: 'link' }), {
      video: link('not-allowed'),
    }),
    card('As a link: Discord cannot play it', delivered({ deliveredAs: 'link' }), {
      video: link('not-played'),
    }),
    card('As a new message, where the first one is gone', delivered(), {
      video: AS_FILE,
      mention: true,
    }),
    card('Where the server’s AutoMod refuses the prompt', delivered(), {
      video: AS_FILE,
      withoutPrompt: true,
    }),
    card('Without the file, should it have to be drawn again', delivered()),
  ];
}

function seconds(count: number) {
  return { unit: 'seconds', seconds: count } as const;
}
