/** Servers that the operator has not listed: nothing is done for them, and nothing is told about the bot. */
import { describe, expect, test } from 'vitest';

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

test('in a server that is on the list autocompletion offers models', () =>
  scenario({}, async (s) => {
    expect(await s.alice.types('video', 'model', '')).not.toEqual([]);
  }));
