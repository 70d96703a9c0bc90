/** The channel between the bot and one person: always the same, no matter who opens it. */
import type { DirectChannelRecord, Store } from './store.ts';

export function openDirectChannel(store: Store, recipientId: string): DirectChannelRecord {
  const known = store.directChannelOf(recipientId);
  if (known !== undefined) return known;
  const channel = { kind: 'direct', id: store.nextId(), recipientId } as const;
  store.channels.set(channel.id, channel);
  store.changed(channel.id);
  return channel;
}
