import { expect, test } from 'vitest';

import { loggedChangeLine } from '#src/discord/moderation/log-lines.ts';

test('a log line omits the refused words when the server’s rules block their list', () => {
  const { text, withoutQuote } = loggedChangeLine({
    stepId: '1',
    guildId: '100',
    actorId: '300',
    action: 'settings',
    target: { scope: 'server' },
    before: 'no words refused',
    after: 'refused words: darn',
    atMs: 0,
  });

  expect(text).toContain('darn');
  expect(withoutQuote).not.toContain('darn');
  expect(withoutQuote).toContain('<@300>');
  expect(withoutQuote).toContain('Settings');
});
