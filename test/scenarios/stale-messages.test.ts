/** A process is killed with several outdated messages: the next one updates each, and none twice. */
import { describe, expect, test } from 'vitest';

import type { Member } from '#sandbox/discord/actors.ts';
import type { Reply } from '#sandbox/discord/reply.ts';
import { HOUR } from '#src/clock.ts';

import { EDIT_BY_TOKEN, scenario, until, type Scenario } from './harness.ts';
import { USUAL_CREDITS } from './outcome.ts';

const PEOPLE = ['carol', 'dave', 'erin', 'frank', 'grace'] as const;

interface Asked {
  readonly who: Member;
  readonly reply: Reply;
}

async function startRendering(s: Scenario): Promise<Asked[]> {
  const asked = PEOPLE.map((name) => {
    const who = s.guild.member(name);
    return { who, reply: s.video({ prompt: `A paper boat as ${name} sees it` }, who) };
  });
  await Promise.all(asked.map(({ reply }) => reply.until(({ text }) => /Rendering/.test(text))));
  return asked;
}

async function shownVersions({ ledgers }: Scenario) {
  return ledgers.database.selectFrom('jobs').select(['version', 'shown_version']).execute();
}

describe('a process killed while Discord does not answer', () => {
  test('the next process updates every stale message to its current state', () =>
    scenario({ bot: 'aside', vendor: { renderMs: 24 * HOUR }, mayLeaveFaults: true }, async (s) => {
      const asked = await startRendering(s);
      let isAway = true;
      s.discord.inject({
        route: EDIT_BY_TOKEN,
        only: () => isAway,
        kind: 'hang',
        when: 'before',
        times: 1000,
      });
      s.vendor.inject({ on: 'list', kind: 'fail-task', code: 'InternalServiceError' });
      await until(s.ledgers.jobs, (jobs) => jobs.some(isFailed));
      s.vendor.setRenderMs(0);
      await until(s.ledgers.jobs, (jobs) =>
        jobs.every((job) => isFailed(job) || job.video !== undefined),
      );
      await s.kill();
      const behind = await shownVersions(s);
      isAway = false;
      await s.start();
      await until(
        () => shownVersions(s),
        (rows) => rows.every((row) => row.version === row.shown_version),
      );

      expect(behind.filter((row) => row.shown_version < row.version)).toHaveLength(PEOPLE.length);
      const jobs = await s.ledgers.jobs();
      const failed = jobs.filter(isFailed).length;
      const made = PEOPLE.length - failed;
      expect(jobs.filter(({ state }) => state === 'delivered')).toHaveLength(made);
      const texts = asked.map(({ reply }) => reply.message?.text ?? '');
      expect(texts.filter((text) => text.includes('No video this time'))).toHaveLength(failed);
      expect(texts.filter((text) => text.includes('Seedance 2.0-mini'))).toHaveLength(made);
      expect(texts.filter((text) => text.includes('Rendering'))).toEqual([]);
      const messages = s.guild.channel().messages;
      expect(messages).toHaveLength(PEOPLE.length);
      expect(messages.filter(({ media }) => media.length > 0)).toHaveLength(made);
      expect(await s.ledgers.serverBalance()).toBe(0 - made * USUAL_CREDITS);
    }));
});

function isFailed({ state }: { state: string }): boolean {
  return state === 'failed';
}
