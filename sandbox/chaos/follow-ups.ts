/** Runs the planned events: faults, and what members do about their requests afterwards. */
import { setTimeout as delay } from 'node:timers/promises';

import type { MessageView } from '../discord/message-view.ts';
import { INVITED_BOT_PERMISSION_NAMES } from '../discord/permissions.ts';
import { injectedName } from './fault-plan.ts';
import type { FollowUp } from './orders.ts';
import type { Planned } from './plan.ts';
import type { Placed, Scene } from './scene.ts';
import { SERVERS } from './servers.ts';

const FIRST_PICTURE_WITHIN_MS = 60_000;
const DRAFT_WITHIN_MS = 90_000;

export function runFault({ fault, where }: Planned, scene: Scene): void {
  const { world, servers } = scene;
  switch (fault.at) {
    case 'vendor':
      world.vendor.inject(fault.fault);
      break;
    case 'discord':
      world.discord.inject(fault.fault);
      if (!('route' in fault.fault)) scene.count(injectedName(fault.fault), fault.fault.times);
      break;
    case 'gateway':
      world.discord.dropGateway();
      scene.count('gateway: every connection cut');
      break;
    case 'channel': {
      const channels = SERVERS.flatMap((server) =>
        server.channels.map((channel) => ({ guild: servers.guild(server), channel })),
      );
      const chosen = channels[Math.floor(where * channels.length)];
      if (chosen === undefined) break;
      const { guild, channel } = chosen;
      guild.revokeBotPermission(channel, ...fault.revoked);
      scene.count(`server: ${fault.revoked.join(', ')} revoked from the bot temporarily`);
      scene.restoreAfter(fault.forMs, () =>
        guild.setBotPermissions(channel, INVITED_BOT_PERMISSION_NAMES),
      );
      break;
    }
    case 'direct-messages':
      for (const person of servers.people) person.takesDirectMessages(false);
      scene.count('members: direct messages closed temporarily');
      scene.restoreAfter(fault.forMs, () => {
        for (const person of servers.people) person.takesDirectMessages(true);
      });
      break;
    case 'funds':
      world.vendor.setFunds(false);
      scene.count('vendor: account without funds temporarily');
      scene.restoreAfter(fault.forMs, () => world.vendor.setFunds(true));
      break;
  }
}

export function followUp(placed: Placed, { does, afterMs }: FollowUp, scene: Scene): void {
  scene.follow(async () => {
    if (does === 'makes-final') {
      await placed.reply.until(offers('Make final'), { timeoutMs: DRAFT_WITHIN_MS });
      await delay(afterMs);
      const reply = scene.clicks(placed, labelOf(placed, 'Make final'));
      scene.placed.push({ ...placed, reply, isFinal: true });
      return;
    }
    await placed.reply.until(offers('Cancel'), { timeoutMs: FIRST_PICTURE_WITHIN_MS });
    await delay(afterMs);
    if (does === 'cancels') {
      scene.clicks(placed, 'Cancel');
      scene.count('members: Cancel pressed');
    } else deletesMessage(placed, scene);
  });
}

/** A moderator deletes an unfinished job’s message; finished ones stay. */
export function deletesMessage({ guild, reply }: Placed, scene: Scene): void {
  const { message } = reply;
  if (message === undefined || message.media.length > 0 || isEnd(message)) return;
  guild.deleteMessage(message);
  scene.count('moderators: message of an open job deleted');
}

/** Whether it shows how the job ended. */
export function isEnd({ text }: Pick<MessageView, 'text'>): boolean {
  return text.includes('Nothing was charged') || text.includes('Your video is ready');
}

function offers(label: string): (message: MessageView) => boolean {
  return ({ buttons }) => buttons.some((button) => button.label.startsWith(label));
}

/** The first of several buttons whose labels begin in the same way. */
function labelOf({ reply }: Placed, beginning: string): string {
  const buttons = reply.message?.buttons ?? [];
  return buttons.find(({ label }) => label.startsWith(beginning))?.label ?? beginning;
}
