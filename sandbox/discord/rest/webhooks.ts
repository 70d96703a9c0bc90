/** What an interaction’s token allows: its original response and its follow-ups, for 15 minutes. */
import { isForcedEphemeral } from '../forced-ephemeral.ts';
import { FLAG, isLoading } from '../message-json.ts';
import { WEBHOOK_BUCKET } from '../rate-limits.ts';
import { currentState, type InteractionRecord, type MessageRecord, type Store } from '../store.ts';
import { composeState } from './compose.ts';
import { addMessage, deleteMessage, editMessage, findMessage } from './deliver.ts';
import { editFrom } from './edit.ts';
import { json, NO_CONTENT, param, type ApiAnswer, type ApiRequest } from './http.ts';
import { wayOf, type RestContext } from './interactions.ts';
import { CREATABLE_FLAGS, parseMessageBody } from './message-body.ts';
import { refusal } from './refusals.ts';
import type { Method, Route } from './router.ts';

const BASE = '/webhooks/:app/:token';
const OPEN_API_BASE = '/webhooks/{webhook_id}/{webhook_token}';

export function webhookRoutes(context: RestContext): Route[] {
  const route = (
    method: Method,
    below: readonly [template: string, openApi: string],
    handle: Route['handle'],
  ): Route => ({
    method,
    template: `${BASE}${below[0]}`,
    openApiPath: `${OPEN_API_BASE}${below[1]}`,
    auth: 'token',
    bucket: WEBHOOK_BUCKET,
    handle,
  });
  const original = ['/messages/@original', '/messages/@original'] as const;
  const byId = ['/messages/:message', '/messages/{message_id}'] as const;
  return [
    route('POST', ['', ''], (request) => followUp(context, request)),
    ...([original, byId] as const).flatMap((below) => [
      route('GET', below, (request) => json(context.writer.message(target(context, request)))),
      route('PATCH', below, (request) => edit(context, request)),
      route('DELETE', below, (request) => {
        deleteMessage(context.store, target(context, request));
        return NO_CONTENT;
      }),
    ]),
  ];
}

/**
 * Throws 10015 for a token that never existed or has no response yet, 50027 (HTTP 401) for one
 * whose 15 minutes are over (Discord developer docs, "Followup Messages").
 */
function openToken(store: Store, request: ApiRequest): InteractionRecord {
  const interaction = store.interactionByToken(param(request, 'token'));
  const isOurs = param(request, 'app') === store.settings.applicationId;
  if (interaction === undefined || !isOurs) throw refusal('unknown-webhook');
  if (isExpired(store, interaction)) throw refusal('expired-token');
  if (interaction.acknowledgedAtMs === undefined) throw refusal('unknown-webhook');
  return interaction;
}

function isExpired(store: Store, { createdAtMs }: InteractionRecord): boolean {
  const { interactionTokenLifeMs, tokensExpiredBeforeMs } = store.settings;
  return createdAtMs < tokensExpiredBeforeMs || store.now() - createdAtMs > interactionTokenLifeMs;
}

/** Returns the message of a path. Throws 10008 when it is deleted or belongs to another interaction. */
function target({ store }: RestContext, request: ApiRequest): MessageRecord {
  const interaction = openToken(store, request);
  const id = request.params['message'] ?? interaction.originalMessageId;
  const message = findMessage(store, id);
  const isReachable =
    message?.interactionId === interaction.id || message?.id === interaction.originalMessageId;
  if (message === undefined || !isReachable) throw refusal('unknown-message');
  return message;
}

function edit(context: RestContext, request: ApiRequest): ApiAnswer {
  const message = target(context, request);
  const interaction = openToken(context.store, request);
  editFrom(request.json, message, wayOf(interaction, { context, request, path: [] }));
  return json(context.writer.message(message));
}

/**
 * A follow-up directly after a defer edits the loading message, which stays ephemeral or public (legacy
 * behaviour: Discord developer docs, "Followup Messages"); otherwise it is a new message.
 */
function followUp(context: RestContext, request: ApiRequest): ApiAnswer {
  const { store } = context;
  const interaction = openToken(store, request);
  const original = findMessage(store, interaction.originalMessageId);
  const loading =
    original !== undefined && isLoading(currentState(original)) ? original : undefined;
  const body = parseMessageBody(request.json);
  const way = wayOf(interaction, { context, request, path: [] });
  const asked = (body.flags ?? 0) & CREATABLE_FLAGS;
  const wanted = isForcedEphemeral(store, interaction) ? FLAG.ephemeral : (body.flags ?? 0);
  const privacy = loading === undefined ? wanted : currentState(loading).flags;
  const state = composeState({ ...way, body, flags: asked | (privacy & FLAG.ephemeral) });
  if (loading === undefined) {
    const { channel } = way;
    const added = addMessage(store, { channel, state, interaction, isFollowUp: true });
    return json(context.writer.message(added));
  }
  editMessage(store, loading, state);
  return json(context.writer.message(loading));
}
