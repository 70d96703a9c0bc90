/** Finished videos of one server that take long to encode or upload do not delay those of another. */
import { expect, test } from 'vitest';

import type { RequestEntry } from '#sandbox/discord/journal.ts';
import type { Reply } from '#sandbox/discord/reply.ts';
import { MINUTE } from '#src/clock.ts';

import { mp4File } from '../fakes/videos.ts';
import { EDIT_BY_TOKEN, scenario, until, type Scenario } from './harness.ts';
import { slowEncoder } from './slow-encoder.ts';

/** More than the bot uploads to Discord at once. */
const VIDEOS = 40;
const PROMPT = 'A paper boat drifts across a quiet bay';
const KIBIBYTE = 1024;
/** The scripted encoder’s output fits, the vendor’s video does not. */
const LIMIT_BYTES = 512 * KIBIBYTE;
const SMALL = { seconds: 5, width: 1280, height: 720 };
const LARGE = mp4File({ ...SMALL, mediaBytes: 600 * KIBIBYTE });
const OPTIONS = {
  mayLeaveFaults: true,
  discord: { attachmentSizeLimitBytes: LIMIT_BYTES },
  environment: { DEFAULT_GUILD_CREDITS: '5000', MAX_GUILD_CREDITS_PER_MONTH: '5000' },
};

const isShown = (reply: Reply): boolean => reply.versions.some(({ media }) => media.length > 0);
const shown = (replies: readonly Reply[]): number => replies.filter(isShown).length;

/** All are fetched, and none is in Discord. */
async function busyServer(s: Scenario): Promise<Reply[]> {
  const replies = Array.from({ length: VIDEOS }, (_, index) =>
    s.video({ prompt: PROMPT, notify: 'none' }, s.guild.member(`member ${index}`)),
  );
  await until(
    () => s.ledgers.jobs(),
    (jobs) => jobs.filter(({ video }) => video !== undefined).length === VIDEOS,
  );
  return replies;
}

function orderElsewhere(s: Scenario): Reply {
  const other = s.discord.addGuild({ name: 'Chess club', channels: ['videos'] });
  return s.video({ prompt: PROMPT, notify: 'none' }, other.member('carol'));
}

test('a small video does not wait for the encoding of 40 of another server', async () => {
  await using encoder = await slowEncoder(SMALL);
  await scenario({ ...OPTIONS, ffmpegPath: encoder.path }, async (s) => {
    s.vendor.setVideo(LARGE);
    const busy = await busyServer(s);
    s.vendor.setVideo(mp4File(SMALL));

    await orderElsewhere(s).until(({ media }) => media.length > 0);

    expect(shown(busy)).toBe(0);
    await encoder.release(VIDEOS);
  });
});

test('a large video is encoded before most of 40 of another server', async () => {
  await using encoder = await slowEncoder(SMALL);
  await scenario({ ...OPTIONS, ffmpegPath: encoder.path }, async (s) => {
    s.vendor.setVideo(LARGE);
    const busy = await busyServer(s);
    await until(encoder.started, (count) => count > 0);

    const reply = orderElsewhere(s);
    await until(
      () => s.ledgers.jobs(),
      (jobs) => jobs.filter(({ video }) => video !== undefined).length === VIDEOS + 1,
    );
    for (let count = 1; !isShown(reply); count += 1) {
      await encoder.release(count);
      await until(
        () => isShown(reply) || encoder.started() > count,
        (isSo) => isSo,
      );
    }

    expect(shown(busy)).toBeLessThanOrEqual(4);
    await encoder.release(VIDEOS + 1);
  });
});

test('a video does not wait for the uploads of 40 of another server', () =>
  scenario(OPTIONS, async (s) => {
    const isOtherServer = ({ body }: Pick<RequestEntry, 'body'>): boolean =>
      !JSON.stringify(body).includes('hidden lighthouse');
    s.discord.inject({
      route: EDIT_BY_TOKEN,
      only: (entry) => entry.files.length > 0 && isOtherServer(entry),
      kind: 'slow',
      delayMs: MINUTE,
      times: VIDEOS,
    });
    const busy = await busyServer(s);
    const other = s.discord.addGuild({ name: 'Chess club', channels: ['videos'] });

    const reply = s.video(
      { prompt: 'A hidden lighthouse at dawn', notify: 'none' },
      other.member('carol'),
    );
    await reply.until(({ media }) => media.length > 0);

    expect(shown(busy)).toBe(0);
    await until(
      async () => {
        s.clock.pass(MINUTE);
        return s.ledgers.jobs();
      },
      (jobs) => jobs.every(({ state }) => state === 'delivered'),
    );
  }));
