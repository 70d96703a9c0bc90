/** Finds where a finished video ended up, in any message that anybody can see. */
import type { MessageView } from '#sandbox/discord/message-view.ts';
import type { Reply } from '#sandbox/discord/reply.ts';

import type { Scenario } from './harness.ts';

/** `video in new`, `link in reply`: every message that shows a video or a link to it. */
export function findVideos(s: Scenario, reply: Reply, replyId: string): string[] {
  const isInChannel = (message: MessageView): boolean => message.id === replyId;
  const inChannel = s.guild.channel().messages.map((message) => ({
    message,
    where: isInChannel(message) ? 'reply' : 'new',
  }));
  const direct = s.alice.directMessages.map((message) => ({ message, where: 'direct' }));
  const privately = reply.visible
    .filter(({ isEphemeral }) => isEphemeral)
    .map((message) => ({ message, where: 'reply' }));
  return [...inChannel, ...direct, ...privately].flatMap(({ message, where }) => {
    const shows = [
      ...message.media.map(() => 'video'),
      ...(message.text.includes('[Download](') ? ['link'] : []),
    ];
    return shows.map((what) => `${what} in ${where}`);
  });
}
