/** Somebody who may run the budget and the settings, and what the bot tells them. */
import type { Member } from '#sandbox/discord/actors.ts';
import type { Reply } from '#sandbox/discord/reply.ts';

import type { Scenario } from './harness.ts';

export function moderator(s: Scenario): Member {
  return s.guild.member('mia', { permissions: ['ManageGuild'] });
}

/** From now on no price is asked about, for what is about something else. */
export async function letPricesPass(s: Scenario): Promise<void> {
  await told(moderator(s).runs('settings limits', { confirm_above: 0 }));
}

/** What only the asker sees, once it is there. */
export async function told(reply: Reply): Promise<string> {
  return reply.refusal();
}
