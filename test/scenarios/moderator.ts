/** A member who may run the quota and settings commands, and the bot’s replies to them. */
import type { Member } from '#sandbox/discord/actors.ts';
import type { Reply } from '#sandbox/discord/reply.ts';

import type { Scenario } from './harness.ts';

export function moderator(s: Scenario): Member {
  return s.guild.member('mia', { permissions: ['ManageGuild'] });
}

/** Switches the price question off, for tests about something else. */
export async function disablePriceQuestion(s: Scenario): Promise<void> {
  await readReply(moderator(s).runs('settings limits', { confirm_above: 0 }));
}

/** The reply that only the asking member sees, once it is there. */
export async function readReply(reply: Reply): Promise<string> {
  return reply.refusal();
}
