/** A bot that was offline for longer than delivery is retried: it still retries. */
import { describe, expect, test } from 'vitest';

import type { RequestEntry } from '#sandbox/discord/journal.ts';
import { DAY, MINUTE, SECOND } from '#src/clock.ts';

import {
  EDIT_BY_BOT,
  EDIT_BY_TOKEN,
  NEW_MESSAGE,
  passUntil,
  scenario,
  until,
  type Scenario,
  type ScenarioOptions,
} from './harness.ts';
import { USUAL_CREDITS } from './outcome.ts';

const ORDER = { prompt: 'A paper boat drifts across a quiet bay', notify: 'none' } as const;
const RENDERING: ScenarioOptions = { vendor: { renderMs: 100 * DAY } };
const WITH_FILE = ({ files }: Pick<RequestEntry, 'files'>): boolean => files.length > 0;

async function stayOfflineThreeDays(s: Scenario): Promise<void> {
  await s.stop();
  s.clock.pass(3 * DAY + MINUTE);
}

function countVideos(s: Scenario): number {
  return s.guild.channel().messages.filter(({ media }) => media.length > 0).length;
}

describe.concurrent('a 503 after three days offline', () => {
  test('a 503 in the search for a new message causes no refund of a posted video', () =>
    scenario(RENDERING, async (s) => {
      const reply = s.video(ORDER);
      await reply.until(({ text }) => text.includes('Rendering'));
      s.clock.pass(16 * MINUTE);
      s.guild.deleteMessage({ id: reply.message?.id ?? '' });
      s.discord.inject({ route: NEW_MESSAGE, only: WITH_FILE, kind: 'cut', when: 'after' });
      s.vendor.setRenderMs(0);
      s.clock.pass(3 * SECOND);
      await s.guild.channel().until(({ media }) => media.length > 0);
      await stayOfflineThreeDays(s);
      s.discord.inject({ route: 'GET /channels/:channel/messages', kind: 'status', status: 503 });

      await s.start();
      await passUntil(s, 'delivered');

      expect(countVideos(s)).toBe(1);
      expect(await s.ledgers.serverBalance()).toBe(0 - USUAL_CREDITS);
    }));

  test('a 503 to an upload gives nothing up', () =>
    scenario(RENDERING, async (s) => {
      const reply = s.video(ORDER);
      await reply.until(({ text }) => text.includes('Rendering'));
      s.discord.inject({ route: EDIT_BY_TOKEN, only: WITH_FILE, kind: 'status', status: 503 });
      s.vendor.setRenderMs(0);
      await until(
        () => {
          s.clock.pass(SECOND);
          return s.lines.filter(({ msg }) => msg.includes('step failed')).length;
        },
        (failures) => failures > 0,
      );
      await stayOfflineThreeDays(s);
      s.discord.inject({ route: EDIT_BY_BOT, only: WITH_FILE, kind: 'status', status: 503 });

      await s.start();
      await passUntil(s, 'delivered');

      expect(countVideos(s)).toBe(1);
      expect(await s.ledgers.serverBalance()).toBe(0 - USUAL_CREDITS);
    }));
});
