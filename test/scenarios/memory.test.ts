/** Members' files pass through the bot without ever being in its memory as a whole. */
import { expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';

import { scenario, until, type Scenario } from './harness.ts';
import { requestHealth, sample } from './health-endpoint.ts';
import { disablePriceQuestion } from './moderator.ts';
import { paddedPng } from './pictures.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const MEGABYTE = 1_000_000;
const ORDERS = 4;
/** Four are just below the limit of one request. */
const PICTURE_BYTES = 11 * MEGABYTE;
const MOST_GROWTH_BYTES = 150 * MEGABYTE;
const RICH = {
  DEFAULT_GUILD_CREDITS: '100000',
  MAX_GUILD_CREDITS_PER_MONTH: '100000',
  OPERATOR_CREDITS_PER_MONTH: '100000',
  HTTP_PORT: '0',
};

/** All of them are different. */
function fourPictures(order: number) {
  const picture = (count: number) => file('boat.png', paddedPng(PICTURE_BYTES - 4 * order - count));
  return {
    reference_1: picture(0),
    reference_2: picture(1),
    reference_3: picture(2),
    reference_4: picture(3),
  };
}

async function residentBytes(s: Scenario): Promise<number> {
  const { text } = await requestHealth(s.lines, '/metrics');
  return sample(text, 'process_resident_memory_bytes') ?? 0;
}

test('four concurrent requests of 44 MB take less than 150 MB more memory', () =>
  scenario({ bot: 'aside', environment: RICH }, async (s) => {
    await disablePriceQuestion(s);
    // Everything that a video needs is loaded.
    await s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);
    const orders = Array.from({ length: ORDERS }, (_, index) => ({
      who: s.guild.member(`member${index}`),
      pictures: fourPictures(index),
    }));
    const before = await residentBytes(s);
    for (const { who, pictures } of orders) s.video({ prompt: PROMPT, ...pictures }, who);
    let most = before;
    await until(
      async () => {
        most = Math.max(most, await residentBytes(s));
        return s.creates().length;
      },
      (creates) => creates === ORDERS + 1,
    );

    expect((most - before) / MEGABYTE).toBeLessThan(MOST_GROWTH_BYTES / MEGABYTE);
    await until(s.ledgers.jobs, (jobs) => jobs.every(({ state }) => state === 'delivered'));
  }));
