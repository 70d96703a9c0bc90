/** `npm run vendor-ledger` next to a working bot. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, test } from 'vitest';

import { LEVELS } from './bot-log.ts';
import { scenario, type Scenario } from './harness.ts';

const PROGRAM = fileURLToPath(new URL('../../src/operator/vendor-ledger.ts', import.meta.url));
const VIDEOS = 8;

/** With `DATABASE_URL` and no other setting. */
async function vendorLedger(
  { environment, folder }: Scenario,
  ...words: string[]
): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...words], {
    cwd: folder,
    env: { DATABASE_URL: environment['DATABASE_URL'] ?? '', NODE_NO_WARNINGS: '1' },
  });
  return stdout;
}

describe.concurrent('the vendor ledger', () => {
  test('the vendor ledger is corrected while the bot makes videos, and disturbs none of them', () =>
    scenario({}, async (s) => {
      const first = s.video({ prompt: 'A paper boat drifts across a quiet bay' });
      await first.until(({ media }) => media.length > 0);
      const { id, billedCredits = 0 } = await s.job('delivered');

      const replies = Array.from({ length: VIDEOS }, (_, index) =>
        s.video({ prompt: `Boat number ${index} comes into the bay` }, s.bob),
      );
      const said = await vendorLedger(s, 'correct', id, '90', '--note', 'invoice 4711');
      await vendorLedger(s, 'correct', id, '70', '--note', 'and its credit note');
      for (const reply of replies) await reply.until(({ media }) => media.length > 0);

      expect(said).toContain(`before: ${billedCredits} credits\n  after:  90 credits`);
      const book = await s.ledgers.vendorLedger();
      const corrections = book.filter(({ corrects }) => corrects !== null);
      expect(corrections).toMatchObject([
        { job_id: id, credits: 90 - billedCredits, note: 'invoice 4711' },
        { job_id: id, credits: -20, note: 'and its credit note' },
      ]);
      expect(await vendorLedger(s, 'show')).toContain('corrects');
      expect(s.lines.filter(({ level }) => level >= LEVELS.error)).toEqual([]);
    }));
});
