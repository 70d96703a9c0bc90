/** Shared by the permission tests: a press or a call that must be refused and must change nothing. */
import { expect } from 'vitest';

import type { Member } from '#sandbox/discord/actors.ts';
import type { MessageView } from '#sandbox/discord/message-view.ts';

import type { Scenario } from './harness.ts';

export const PROMPT = 'A paper boat drifts across a quiet bay at dawn';
const WENT_WRONG = 'Something went wrong';

/** Everything that a press may not change; stored interactions and replies are left out. */
async function everything({ ledgers, vendor }: Scenario) {
  const { database } = ledgers;
  const [limits, blocks, changes, accounts] = await Promise.all([
    database.selectFrom('limits').selectAll().execute(),
    database.selectFrom('blocks').selectAll().execute(),
    database.selectFrom('audit_log').select('step_id').execute(),
    database.selectFrom('accounts').select('time_zone').execute(),
  ]);
  const documents = await database
    .selectFrom('documents')
    .select('key')
    .where('key', 'like', 'server-settings:%')
    .execute();
  const jobs = (await ledgers.jobs()).map(({ id, state }) => `${id} ${state}`);
  const ledger = (await ledgers.ledger()).length;
  const zones = accounts.filter((account) => account.time_zone !== null);
  const tasks = vendor.tasks.length;
  return { limits, blocks, changes, zones, documents, jobs, ledger, tasks };
}

/** Runs it, and expects a refusal with an explanation, visible to its member only, and no change. */
export async function expectRefused(
  s: Scenario,
  name: string,
  act: () => { refusal(): Promise<string> },
): Promise<string> {
  const before = await everything(s);
  const sentence = await act().refusal();
  const after = await everything(s);
  const inWords = expect.not.stringContaining(WENT_WRONG);
  expect({ name, sentence, ...after }).toEqual({ name, sentence: inWords, ...before });
  return sentence;
}

export const moderator = (s: Scenario): Member =>
  s.guild.member('mia', { permissions: ['ManageGuild'], roles: ['Cinema'] });

export function idOf(message: MessageView, label: string): string {
  const id = message.buttons.find((button) => button.label.startsWith(label))?.customId;
  if (id === undefined) throw new Error(`There is no button ${label}`);
  return id;
}
