/** Creates records of interactions. */
import { randomBytes } from 'node:crypto';

import type { ChannelRecord, InteractionRecord, Store } from '../store.ts';

/** Long and unguessable, like the real ones. */
const TOKEN_BYTES = 48;

type Given = Pick<
  InteractionRecord,
  'kind' | 'userId' | 'sourceMessageId' | 'targetMessageId' | 'openedBy'
> & { readonly channel: ChannelRecord; readonly limitBytes: number };

export function newInteraction(
  store: Store,
  { channel, limitBytes, ...given }: Given,
): InteractionRecord {
  return {
    ...given,
    id: store.nextId(),
    token: randomBytes(TOKEN_BYTES).toString('base64url'),
    createdAtMs: store.now(),
    guildId: channel.kind === 'direct' ? undefined : channel.guildId,
    channelId: channel.id,
    attachmentSizeLimitBytes: limitBytes,
    submissions: [],
    deliveryTries: 0,
  };
}
