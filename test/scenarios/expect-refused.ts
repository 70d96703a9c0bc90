/** What every refusal must be: visible to the asking member only, before any vendor call, and without a trace. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'vitest';

import type { Scenario, VideoOptions } from './harness.ts';

/** Nothing was accepted, held, sent, shown or stored. */
export async function expectNoTrace(s: Scenario): Promise<void> {
  expect(s.creates(), 'creates at the vendor').toEqual([]);
  expect(await s.ledgers.jobs(), 'jobs').toEqual([]);
  expect(await s.ledgers.ledger(), 'ledger').toEqual([]);
  expect(await s.ledgers.vendorLedger(), 'vendor ledger').toEqual([]);
  expect(await readdir(join(s.environment['DATA_DIR'] ?? '', 'inputs')), 'inputs').toEqual([]);
  const byBot = s.guild
    .channel()
    .messages.filter(({ authorId }) => authorId !== s.alice.id && authorId !== s.bob.id);
  expect(byBot, 'public messages').toEqual([]);
}

/** Runs `/video` to its refusal: one message that only the asking member sees. */
export async function refusalOf(s: Scenario, options: VideoOptions): Promise<string> {
  const reply = s.video(options);
  const sentence = await reply.refusal();
  expect(reply.visible, 'what the asker sees').toHaveLength(1);
  return sentence;
}
