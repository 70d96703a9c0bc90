/** The body of every request that creates or edits a message, and the rules that need no state. */
import { z } from 'zod';

import { componentSchema } from '../component-schema.ts';
import { allowedMentionsFaults, allowedMentionsSchema } from '../mentions.ts';
import { FLAG } from '../message-json.ts';
import { parseBody } from './http.ts';
import type { FieldFault } from './refusals.ts';

/** Discord developer docs, "Create Message": content up to 2000 characters. */
const MAX_CONTENT_LENGTH = 2000;
/** Discord developer docs, "Create Message": nonce up to 25 characters. */
const MAX_NONCE_LENGTH = 25;
const MAX_EMBEDS = 10;
/** Discord developer docs, "Attachment Structure": description up to 1024 characters. */
const MAX_DESCRIPTION_LENGTH = 1024;

const attachmentSchema = z.looseObject({
  id: z.union([z.string(), z.int()]).transform(String),
  filename: z.string().nullish(),
  description: z.string().nullish(),
});

const messageBodySchema = z.looseObject({
  content: z.string().nullish(),
  embeds: z.array(z.record(z.string(), z.unknown())).nullish(),
  flags: z.int().nullish(),
  components: z.array(componentSchema).nullish(),
  attachments: z.array(attachmentSchema).nullish(),
  allowed_mentions: allowedMentionsSchema.nullish(),
  nonce: z.union([z.string(), z.int()]).nullish(),
  enforce_nonce: z.boolean().nullish(),
  poll: z.unknown().optional(),
  sticker_ids: z.array(z.string()).nullish(),
  message_reference: z
    .looseObject({
      message_id: z.string().optional(),
      fail_if_not_exists: z.boolean().optional(),
    })
    .nullish(),
});
export type MessageBody = z.infer<typeof messageBodySchema>;

/** Throws refusal 50035 when the body does not have the format of a message. */
export function parseMessageBody(body: unknown): MessageBody {
  return parseBody(messageBodySchema, body ?? {});
}

export type Path = readonly (string | number)[];

/** Limits that apply whatever the message was before. */
export function bodyFaults(body: MessageBody, path: Path): FieldFault[] {
  const faults: FieldFault[] = [];
  const tooLong = (field: string, max: number, code = 'BASE_TYPE_MAX_LENGTH'): void => {
    faults.push({ path: [...path, field], code, message: `Must be ${max} or fewer in length.` });
  };
  if ((body.content ?? '').length > MAX_CONTENT_LENGTH) tooLong('content', MAX_CONTENT_LENGTH);
  if (String(body.nonce ?? '').length > MAX_NONCE_LENGTH)
    tooLong('nonce', MAX_NONCE_LENGTH, 'NONCE_TYPE_TOO_LONG');
  if ((body.embeds ?? []).length > MAX_EMBEDS) tooLong('embeds', MAX_EMBEDS);
  for (const attachment of body.attachments ?? [])
    if ((attachment.description ?? '').length > MAX_DESCRIPTION_LENGTH)
      tooLong('attachments', MAX_DESCRIPTION_LENGTH);
  if (body.allowed_mentions !== undefined && body.allowed_mentions !== null)
    faults.push(...allowedMentionsFaults(body.allowed_mentions, [...path, 'allowed_mentions']));
  return faults;
}

/**
 * Fields that Components V2 replaces. On an edit that turns a message into V2, `content`
 * must be null and `embeds` an empty list when they had values; null does not clear embeds
 * (discord-api-docs issue 7787).
 */
export function legacyFieldFaults(
  body: MessageBody,
  before: { readonly content: string; readonly embeds: readonly unknown[] },
  path: Path,
): FieldFault[] {
  const remains = {
    content: (body.content === undefined ? before.content : (body.content ?? '')) !== '',
    embeds:
      (body.embeds ?? []).length > 0 || (!Array.isArray(body.embeds) && before.embeds.length > 0),
    poll: body.poll !== undefined && body.poll !== null,
    sticker_ids: (body.sticker_ids ?? []).length > 0,
  };
  return Object.entries(remains)
    .filter(([, isThere]) => isThere)
    .map(([field]) => ({
      path: [...path, field],
      code: 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
      message: `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
    }));
}

/** Discord developer docs, "Edit Message": of an edit's flags only these two count. */
const EDITABLE_FLAGS = FLAG.suppressEmbeds | FLAG.componentsV2;
/** Discord developer docs, "Create Message" and "Interaction Response Messages". */
export const CREATABLE_FLAGS = EDITABLE_FLAGS | FLAG.suppressNotifications;

/** The flags after an edit. LOADING is removed by the first edit; EPHEMERAL can never be changed. */
export function flagsAfterEdit(
  before: number,
  body: MessageBody,
  path: Path,
): { flags: number; faults: FieldFault[] } {
  const kept = before & ~FLAG.loading;
  if (body.flags === undefined || body.flags === null) return { flags: kept, faults: [] };
  const isRemoval = (kept & FLAG.componentsV2) !== 0 && (body.flags & FLAG.componentsV2) === 0;
  const faults: FieldFault[] = isRemoval
    ? [
        {
          path: [...path, 'flags'],
          code: 'MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG',
          message: 'The IS_COMPONENTS_V2 flag cannot be removed from a message',
        },
      ]
    : [];
  return { flags: (kept & ~EDITABLE_FLAGS) | (body.flags & EDITABLE_FLAGS), faults };
}
