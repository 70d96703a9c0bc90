/** The first response to an interaction (Discord developer docs, "Receiving and Responding"). */
import { z } from 'zod';

import { lengthFault } from '../components.ts';
import { isForcedEphemeral } from '../forced-ephemeral.ts';
import { FLAG, INTERACTION_TYPE, type JsonWriter } from '../message-json.ts';
import { modalFaults } from '../modal/modal-rules.ts';
import { modalSchema, withIds, type Modal } from '../modal/modal-schema.ts';
import type { Choice, InteractionRecord, Json, MessageRecord, Store } from '../store.ts';
import { composeState, type Way } from './compose.ts';
import { addMessage, findMessage, loadingState } from './deliver.ts';
import { editFrom } from './edit.ts';
import { json, NO_CONTENT, param, parseBody, type ApiAnswer, type ApiRequest } from './http.ts';
import { CREATABLE_FLAGS, parseMessageBody, type Path } from './message-body.ts';
import { isRecord, refusal, refuseFaults, type FieldFault } from './refusals.ts';
import type { Route } from './router.ts';

export interface RestContext {
  readonly store: Store;
  readonly writer: JsonWriter;
  readonly cdnHost: () => string;
}

const CALLBACK = {
  message: 4,
  deferredMessage: 5,
  deferredUpdate: 6,
  updateMessage: 7,
  autocomplete: 8,
  modal: 9,
} as const;

const MESSAGE_CALLBACKS = [
  CALLBACK.message,
  CALLBACK.deferredMessage,
  CALLBACK.deferredUpdate,
  CALLBACK.updateMessage,
] as const;

/** Which response types fit which interaction. A modal cannot answer a modal. */
const ALLOWED: Readonly<Record<InteractionRecord['kind'], readonly number[]>> = {
  command: [CALLBACK.message, CALLBACK.deferredMessage, CALLBACK.modal],
  component: [...MESSAGE_CALLBACKS, CALLBACK.modal],
  autocomplete: [CALLBACK.autocomplete],
  modal: MESSAGE_CALLBACKS,
};

/** Discord developer docs, "Autocomplete": at most 25 choices, names of 1 to 100 characters. */
const MAX_CHOICES = 25;
const MAX_CHOICE_LENGTH = 100;

const callbackSchema = z.looseObject({ type: z.int(), data: z.unknown().optional() });
const choicesSchema = z.looseObject({
  choices: z.array(z.looseObject({ name: z.string(), value: z.union([z.string(), z.number()]) })),
});

export function interactionRoutes(context: RestContext): Route[] {
  return [
    {
      method: 'POST',
      template: '/interactions/:interaction/:token/callback',
      auth: 'token',
      openApiPath: '/interactions/{interaction_id}/{interaction_token}/callback',
      handle: (request) => answerInteraction(context, request),
    },
  ];
}

function answerInteraction(context: RestContext, request: ApiRequest): ApiAnswer {
  const { store } = context;
  const interaction = openInteraction(store, request);
  const { type, data } = parseBody(callbackSchema, request.json);
  if (!ALLOWED[interaction.kind].includes(type) || !hasTarget(interaction, type))
    refuseFaults([
      {
        path: ['type'],
        code: 'INTERACTION_CALLBACK_TYPE_INVALID',
        message: `A ${interaction.kind} interaction cannot be answered with type ${type}`,
      },
    ]);
  const message = apply(context, { interaction, request, type, data });
  interaction.acknowledgedAtMs = store.now();
  if (message !== undefined) interaction.originalMessageId = message.id;
  store.changed(interaction.id);
  const wantsResponse = request.query.get('with_response') === 'true';
  return wantsResponse ? json(callbackJson(context, interaction, { type, message })) : NO_CONTENT;
}

/** Throws 10062 for an unknown or late interaction, 40060 for one that already has a response. */
function openInteraction(store: Store, request: ApiRequest): InteractionRecord {
  const interaction = store.interactions.get(param(request, 'interaction'));
  if (interaction === undefined || interaction.token !== param(request, 'token'))
    throw refusal('unknown-interaction');
  if (interaction.acknowledgedAtMs !== undefined) throw refusal('already-acknowledged');
  if (store.now() - interaction.createdAtMs > store.settings.acknowledgeWithinMs)
    throw refusal('unknown-interaction');
  return interaction;
}

/** An update needs a message that the interaction came from. */
function hasTarget(interaction: InteractionRecord, type: number): boolean {
  const isUpdate = type === CALLBACK.deferredUpdate || type === CALLBACK.updateMessage;
  return !isUpdate || interaction.sourceMessageId !== undefined;
}

interface Answer {
  readonly interaction: InteractionRecord;
  readonly request: ApiRequest;
  readonly type: number;
  readonly data: unknown;
}

function apply(context: RestContext, answer: Answer): MessageRecord | undefined {
  const { store } = context;
  const { interaction, type, data } = answer;
  switch (type) {
    case CALLBACK.message:
      return reply(context, answer);
    case CALLBACK.deferredMessage:
      return defer(store, answer);
    case CALLBACK.deferredUpdate:
      return findMessage(store, interaction.sourceMessageId);
    case CALLBACK.updateMessage:
      return update(context, answer);
    case CALLBACK.autocomplete:
      interaction.choices = choicesOf(data);
      return undefined;
    default:
      interaction.modal = modalOf(data);
      return undefined;
  }
}

function reply(context: RestContext, { interaction, request, data }: Answer): MessageRecord {
  const { store } = context;
  const body = parseMessageBody(data);
  const way = wayOf(interaction, { context, request, path: ['data'] });
  const { channel } = way;
  const flags = (body.flags ?? 0) | (isForcedEphemeral(store, interaction) ? FLAG.ephemeral : 0);
  const state = composeState({
    ...way,
    body,
    flags: flags & (CREATABLE_FLAGS | FLAG.ephemeral),
  });
  return addMessage(store, { channel, state, interaction });
}

/**
 * Only EPHEMERAL counts on a defer; other flags are ignored silently, so that Components
 * V2 must come with the edit (Discord developer docs, "Interaction Callback Type", and
 * discord-api-docs issue 7910).
 */
function defer(store: Store, { interaction, data }: Answer): MessageRecord {
  const flags = isRecord(data) && typeof data['flags'] === 'number' ? data['flags'] : 0;
  const isForOne = (flags & FLAG.ephemeral) !== 0 || isForcedEphemeral(store, interaction);
  const state = loadingState(store.now(), isForOne);
  return addMessage(store, { channel: channelOf(store, interaction), state, interaction });
}

function update(context: RestContext, { interaction, request, data }: Answer): MessageRecord {
  const message = findMessage(context.store, interaction.sourceMessageId);
  if (message === undefined) throw refusal('unknown-message');
  editFrom(data, message, wayOf(interaction, { context, request, path: ['data'] }));
  return message;
}

function choicesOf(data: unknown): Choice[] {
  const { choices } = parseBody(choicesSchema, data ?? {});
  const path = ['data', 'choices'];
  const faults: FieldFault[] = [];
  if (choices.length > MAX_CHOICES) faults.push(lengthFault(path, 0, MAX_CHOICES));
  for (const [index, choice] of choices.entries()) {
    if (choice.name.length < 1 || choice.name.length > MAX_CHOICE_LENGTH)
      faults.push(lengthFault([...path, index, 'name'], 1, MAX_CHOICE_LENGTH));
    if (typeof choice.value === 'string' && choice.value.length > MAX_CHOICE_LENGTH)
      faults.push(lengthFault([...path, index, 'value'], 0, MAX_CHOICE_LENGTH));
  }
  refuseFaults(faults);
  return choices.map(({ name, value }) => ({ name, value }));
}

function modalOf(data: unknown): Modal {
  const modal = parseBody(modalSchema, data ?? {});
  refuseFaults(modalFaults(modal, ['data']));
  return withIds(modal);
}

/** Discord developer docs, "Interaction Callback Response Object". */
function callbackJson(
  { writer }: RestContext,
  interaction: InteractionRecord,
  { type, message }: { type: number; message: MessageRecord | undefined },
): Json {
  const isUpdate = type === CALLBACK.deferredUpdate || type === CALLBACK.updateMessage;
  const flags = message?.versions.at(-1)?.flags ?? 0;
  return {
    interaction: {
      id: interaction.id,
      type: INTERACTION_TYPE[interaction.kind],
      channel_id: interaction.channelId,
      ...(interaction.guildId === undefined ? {} : { guild_id: interaction.guildId }),
      ...(message === undefined
        ? {}
        : {
            response_message_id: message.id,
            response_message_loading: (flags & FLAG.loading) !== 0,
            response_message_ephemeral: (flags & FLAG.ephemeral) !== 0,
          }),
    },
    ...(message === undefined
      ? {}
      : {
          // Discord’s OpenAPI file allows only these two for messages, deferred or not.
          resource: {
            type: isUpdate ? CALLBACK.updateMessage : CALLBACK.message,
            message: writer.message(message),
          },
        }),
  };
}

/** With an interaction id and its token. */
export function wayOf(
  interaction: InteractionRecord,
  { context, request, path }: { context: RestContext; request: ApiRequest; path: Path },
): Way {
  return {
    store: context.store,
    cdnHost: context.cdnHost(),
    channel: channelOf(context.store, interaction),
    uploads: request.files,
    limitBytes: interaction.attachmentSizeLimitBytes,
    isByInteraction: true,
    path,
  };
}

/** Throws when the interaction has no channel: a fault of the sandbox. */
function channelOf(store: Store, interaction: InteractionRecord) {
  const channel = store.channels.get(interaction.channelId);
  if (channel === undefined) throw refusal('unknown-channel');
  return channel;
}
