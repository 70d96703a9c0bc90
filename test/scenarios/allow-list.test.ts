/** Servers that the operator has not listed: nothing is done for them, and nothing is told about the bot. */
import { describe, expect, test } from 'vitest';

import { LEVELS } from './bot-log.ts';
import { scenario } from './harness.ts';

const CLOSED = { environment: { GUILD_ALLOWLIST: '123456789012345678' } } as const;

describe.concurrent('in a server that is not on the list', () => {
  test('autocompletion offers nothing', () =>
    scenario(CLOSED, async (s) => {
      expect(await s.alice.types('video', 'model', '')).toEqual([]);
    }));

  test.for(['credits', 'models'])('/%s is refused', (command) =>
    scenario(CLOSED, async (s) => {
      expect(await s.alice.runs(command, {}).refusal()).toContain('not open to this server');
    }),
  );
});

describe.concurrent('at the start the operator is', () => {
  const WARNING = /every server that invites this bot can spend your money/;

  test.for<[string, string, number]>([
    ['warned when nothing was decided, with the amounts', '', 1],
    ['not warned when every server is accepted', '*', 0],
    ['not warned when servers are listed', '123456789012345678', 0],
  ])('%s', ([, GUILD_ALLOWLIST, times]) =>
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

  test('warned, and every server is served', () =>
    scenario({ environment: { GUILD_ALLOWLIST: '' } }, async (s) => {
      expect(await s.alice.runs('credits', {}).refusal()).toContain('credits');
    }));
});

test('in a server that is on the list autocompletion offers models', () =>
  scenario({}, async (s) => {
    expect(await s.alice.types('video', 'model', '')).not.toEqual([]);
  }));
