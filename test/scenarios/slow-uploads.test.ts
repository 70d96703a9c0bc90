/** Uploads that take minutes do not delay other jobs. */
import { expect, test } from 'vitest';

import type { RequestEntry } from '#sandbox/discord/journal.ts';
import { HOUR, MINUTE, SECOND } from '#src/clock.ts';

import { EDIT_BY_TOKEN, scenario, until } from './harness.ts';
import { USUAL_CREDITS } from './outcome.ts';

const WITH_FILE = ({ files }: Pick<RequestEntry, 'files'>): boolean => files.length > 0;
/** More than the bot uploads at once. */
const VIDEOS = 35;
const RICH = { DEFAULT_GUILD_CREDITS: '5000', MAX_GUILD_CREDITS_PER_MONTH: '5000' };

test('slow uploads delay no other video', () =>
  scenario({ mayLeaveFaults: true, environment: RICH }, async (s) => {
    s.discord.inject({
      route: EDIT_BY_TOKEN,
      only: WITH_FILE,
      kind: 'slow',
      delayMs: 5 * MINUTE,
      times: VIDEOS,
    });
    for (let index = 0; index < VIDEOS; index += 1)
      s.video({ prompt: 'A boat', notify: 'none' }, s.guild.member(`member ${index}`));
    await until(
      () => s.ledgers.jobs(),
      (jobs) => jobs.filter(({ video }) => video !== undefined).length === VIDEOS,
    );
    s.vendor.setRenderMs(HOUR);

    const reply = s.video({ prompt: 'A boat', notify: 'none' });
    await reply.until(({ text }) => text.includes('Rendering'));

    s.vendor.setRenderMs(0);
    await until(
      async () => {
        s.clock.pass(20 * SECOND);
        return s.ledgers.jobs();
      },
      (jobs) => jobs.every(({ state }) => state === 'delivered'),
    );
    expect(await s.ledgers.serverBalance()).toBe(0 - (VIDEOS + 1) * USUAL_CREDITS);
  }));
