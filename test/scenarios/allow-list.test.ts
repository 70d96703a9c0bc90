/** Servers outside the operator’s list: the bot does nothing for them and reveals nothing about itself. */
import { describe, expect, test } from 'vitest';

import { LEVELS } from './bot-log.ts';
import { scenario } from './harness.ts';

const CLOSED = { environment: { GUILD_ALLOWLIST: '123456789012345678' } } as const;

describe.concurrent('a server outside the allow list', () => {
  test('autocompletion offers nothing outside the allow list', () =>
    scenario(CLOSED, async (s) => {
      expect(await s.alice.types('video', 'model', '')).toEqual([]);
    }));

  test.for(['credits', 'models'])('/%s is refused outside the allow list', (command) =>
    scenario(CLOSED, async (s) => {
      expect(await s.alice.runs(command, {}).refusal()).toContain('not open to this server');
    }),
  );
});

describe.concurrent('the start-up warning', () => {
  const WARNING = /every server that invites this bot can spend your money/;

  test.for<[string, string, number]>([
    ['warned when no list is set, with the amounts', '', 1],
    ['not warned when every server is accepted', '*', 0],
    ['not warned when servers are listed', '123456789012345678', 0],
  ])('the operator is %s', ([, GUILD_ALLOWLIST, times]) =>
    scenario({ environment: { GUILD_ALLOWLIST } }, async ({ lines }) => {
      const warnings = lines.filter(({ msg }) => WARNING.test(msg));
      expect(warnings).toHaveLength(times);
      for (const warning of warnings)
        expect(warning).toMatchObject({
          level: LEVELS.warn,
          mostCreditsPerServerAndMonth: 1000,
          mostCreditsTogetherPerMonth: 5000,
        });
    }),
  );

  test('a bot without an allow list warns and serves every server', () =>
    scenario({ environment: { GUILD_ALLOWLIST: '' } }, async (s) => {
      expect(await s.alice.runs('credits', {}).refusal()).toContain('credits');
    }));
});

test('autocompletion offers models in a server on the allow list', () =>
  scenario({}, async (s) => {
    expect(await s.alice.types('video', 'model', '')).not.toEqual([]);
  }));
