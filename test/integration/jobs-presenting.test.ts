import { writeFile } from 'node:fs/promises';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { HOUR, MINUTE, SECOND } from '#src/clock.ts';
import { createDeliverer } from '#src/discord/messages/deliverer.ts';
import { createPresenter } from '#src/discord/messages/presenter.ts';
import type { Messenger } from '#src/discord/rest/messenger.ts';
import type { JobWorker } from '#src/jobs/job-worker.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { createLogger } from '#src/logger.ts';

import { databaseKinds } from '../databases/database.ts';
import { JobsSetup } from '../fakes/jobs-setup.ts';

describe.each(databaseKinds())('two processes that show a waiting job on %s', (kind) => {
  let setup: JobsSetup;
  let job: Job;
  /** Its position in the queue; undefined when it has none. */
  let position: number | undefined;
  /** What was sent to the job's message, in order. */
  let sent: string[];
  let presenters: JobWorker[];

  beforeEach(async () => {
    setup = await JobsSetup.open({ kind });
    job = await setup.create().jobs.accept(setup.anOrder());
    sent = [];
    presenters = [];
    position = 3;
  });
  afterEach(async () => {
    await Promise.all(presenters.map(async (presenter) => presenter.stop()));
    await setup.close();
  });

  const notUsed = async (): Promise<never> => {
    throw new Error('a waiting job asks for nothing of this');
  };

  function startPresenter(): JobWorker {
    const { leases } = setup.create();
    const messenger: Messenger = {
      async editByToken(_token, body) {
        sent.push(JSON.stringify(body));
        await setup.clock.sleep(SECOND / 10);
      },
      tellAsideByToken: notUsed,
      editByBot: notUsed,
      registerCommands: notUsed,
      readByToken: notUsed,
      readByBot: notUsed,
      create: notUsed,
      directChannel: notUsed,
      find: notUsed,
    };
    const presenter = createPresenter({
      store: setup.store,
      queuePositions: async () => new Map(position === undefined ? [] : [[job.id, position]]),
      leases,
      clock: setup.clock,
      logger: createLogger('silent'),
      messenger,
      tokens: { find: async () => 'token', drop: notUsed },
      uploadLimitBytes: () => 0,
    });
    presenters.push(presenter);
    presenter.start();
    return presenter;
  }

  test('two processes write each queue position once', async () => {
    startPresenter();
    startPresenter();
    await setup.clock.advance(10 * SECOND);
    expect(sent).toHaveLength(1);

    position = 2;
    await setup.clock.advance(10 * SECOND);

    expect(sent).toHaveLength(2);
    expect(new Set(sent).size).toBe(2);
  });

  test('two processes write a message without a position once', async () => {
    startPresenter();
    startPresenter();
    await setup.clock.advance(5 * SECOND);

    position = undefined;
    await setup.clock.advance(10 * SECOND);

    expect(sent).toHaveLength(2);
    expect(sent[0]).toContain('Number 3 in the queue');
    expect(sent[1]).not.toContain('in the queue');
  });

  test('a message overwritten by the other process is written again', async () => {
    const first = startPresenter();
    await setup.clock.advance(5 * SECOND);
    const second = startPresenter();
    // Any woken process updates it.
    position = 2;
    second.wake();
    await setup.clock.settle();
    await setup.clock.advance(5 * SECOND);
    position = 3;
    first.wake();
    await setup.clock.settle();
    await setup.clock.advance(5 * SECOND);

    expect(sent).toHaveLength(3);
    expect(sent[2]).toBe(sent[0]);
  });

  test('a message is unchanged by a restart', async () => {
    startPresenter();
    await setup.clock.advance(5 * SECOND);
    await Promise.all(presenters.map(async (presenter) => presenter.stop()));

    startPresenter();
    await setup.clock.advance(5 * SECOND);

    expect(sent).toHaveLength(1);
  });
});

describe('a finished video without any delivery route', () => {
  test('an undeliverable video is retried every minute at first, then less often', async () => {
    await using closing = new AsyncDisposableStack();
    const setup = await JobsSetup.open();
    closing.defer(async () => setup.close());
    const { jobs, leases } = setup.create();
    const nowMs = setup.clock.now();
    const accepted = await jobs.accept(setup.anOrder());
    const job: Job = {
      ...accepted,
      version: 2,
      state: 'succeeded',
      isEphemeral: true,
      notify: 'none',
      result: { videoUrl: 'https://videos.example/1.mp4', succeededAtMs: nowMs },
      video: { file: 'videos/job1.mp4', bytes: 3 },
    };
    await writeFile(setup.files.path('videos/job1.mp4'), new Uint8Array(3));
    await setup.database
      .transaction()
      .execute(async (transaction) => setup.store.replace(transaction, accepted, job));
    const triedAfterMs: number[] = [];
    const notUsed = async (): Promise<never> => {
      throw new Error('there is no way');
    };
    const deliverer = createDeliverer({
      store: setup.store,
      leases,
      clock: setup.clock,
      logger: createLogger('silent'),
      messenger: {
        editByToken: notUsed,
        tellAsideByToken: notUsed,
        editByBot: notUsed,
        registerCommands: notUsed,
        readByToken: notUsed,
        readByBot: notUsed,
        create: notUsed,
        directChannel: notUsed,
        find: notUsed,
      },
      tokens: {
        async find() {
          triedAfterMs.push(setup.clock.now() - nowMs);
          return undefined;
        },
        drop: notUsed,
      },
      transition: jobs.transition,
      uploadLimitBytes: () => 0,
      files: setup.files,
      fitter: { isAvailable: notUsed },
    });
    deliverer.start();
    closing.defer(async () => deliverer.stop());

    await setup.clock.advance(HOUR);
    const pauses = triedAfterMs.slice(1).map((ms, index) => ms - (triedAfterMs[index] ?? 0));

    expect(pauses[0]).toBeGreaterThanOrEqual(MINUTE);
    expect(pauses[0]).toBeLessThan(2 * MINUTE);
    expect(pauses.at(-1)).toBeGreaterThan(5 * MINUTE);
    expect(triedAfterMs.length).toBeLessThan(25);
  });
});
