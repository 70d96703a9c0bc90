/** What moderators are told of their own server by `/settings check`, and of it alone. */
import { describe, expect, test } from 'vitest';

import { MODEL_IDS } from '#src/catalogue/request.ts';

import { scenario, until } from './harness.ts';
import { moderator, told } from './moderator.ts';

const REFUSED = 'refused for the moment';

describe.concurrent('the check of a server', () => {
  test('tells of its own waiting videos, not of another server’s', () =>
    scenario({ mayLeaveFaults: true }, async (s) => {
      const other = s.discord.addGuild({ name: 'Book club', channels: ['videos'] });
      const olga = other.member('olga', { permissions: ['ManageGuild'] });
      s.vendor.inject({
        on: 'create',
        kind: 'status',
        status: 429,
        code: 'ServerOverloaded',
        times: 99,
      });
      s.video({ prompt: 'A paper boat drifts across a quiet bay' }, olga);
      await until(
        () => s.books.jobs(),
        ([job]) => job?.state === 'accepted' && job.submissions.at(-1)?.refusedAs !== undefined,
      );

      expect(await told(olga.runs('settings check', {}))).toContain(REFUSED);
      expect(await told(moderator(s).runs('settings check', {}))).not.toContain(REFUSED);
    }));

  test('counts in good English', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);
      for (const model of MODEL_IDS.slice(1)) {
        await told(mia.runs('settings models', { model, allowed: false }));
      }
      const check = await told(mia.runs('settings check', {}));
      expect(check).not.toMatch(/\b1 \w+s\b/);

      const [model] = MODEL_IDS;
      await told(mia.runs('settings models', { model, allowed: false }));
      expect(await told(s.alice.runs('models', {}))).toContain('allow no model');
    }));
});
