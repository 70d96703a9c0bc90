/** Opens direct messages with a person (Discord developer docs, "Create DM"). */
import { z } from 'zod';

import { required } from '../components.ts';
import { openDirectChannel } from '../direct-messages.ts';
import { channelJson } from '../guild-json.ts';
import type { Store } from '../store.ts';
import { json, parseBody, type ApiAnswer, type ApiRequest } from './http.ts';
import { refusal, refuseFaults } from './refusals.ts';
import type { Route } from './router.ts';

const bodySchema = z.looseObject({ recipient_id: z.string().nullish() });

export function directMessageRoutes(store: Store): Route[] {
  return [
    {
      method: 'POST',
      template: '/users/@me/channels',
      auth: 'bot',
      openApiPath: '/users/@me/channels',
      handle: (request) => open(store, request),
    },
  ];
}

/**
 * The same channel each time. It can be opened with people who accept no messages: only sending fails.
 * Throws 50033 for an unknown person, 50007 for a bot.
 */
function open(store: Store, request: ApiRequest): ApiAnswer {
  const { recipient_id: recipientId } = parseBody(bodySchema, request.json);
  if (recipientId === undefined || recipientId === null) refuseFaults([required(['recipient_id'])]);
  const recipient = store.users.get(recipientId ?? '');
  if (recipient === undefined) throw refusal('invalid-recipient');
  if (recipient.isBot) throw refusal('bot-recipient');
  return json(channelJson(store, openDirectChannel(store, recipient.id)));
}
