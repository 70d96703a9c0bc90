/** Allowed mentions: whom a message really pings (Discord developer docs, "Allowed Mentions Object"). */
import { z } from 'zod';

import { hasPermissions } from './permissions.ts';
import type { FieldFault } from './rest/refusals.ts';
import type { GuildRecord } from './store.ts';

export const allowedMentionsSchema = z.looseObject({
  parse: z.array(z.enum(['users', 'roles', 'everyone'])).nullish(),
  users: z.array(z.string()).nullish(),
  roles: z.array(z.string()).nullish(),
  replied_user: z.boolean().nullish(),
});
export type AllowedMentions = z.infer<typeof allowedMentionsSchema>;

/** Discord developer docs: at most 100 ids in each list. */
const MAX_IDS = 100;

/** The default for responses to interactions pings users only; the bot’s own messages ping all. */
export const DEFAULT_FOR_INTERACTIONS: AllowedMentions = { parse: ['users'] };
export const DEFAULT_FOR_BOT: AllowedMentions = { parse: ['users', 'roles', 'everyone'] };

export function allowedMentionsFaults(
  allowed: AllowedMentions,
  path: readonly (string | number)[],
): FieldFault[] {
  const faults: FieldFault[] = [];
  for (const kind of ['users', 'roles'] as const) {
    const ids = allowed[kind] ?? [];
    if (allowed.parse?.includes(kind) === true && ids.length > 0)
      faults.push({
        path,
        code: 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        message: `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
      });
    if (ids.length > MAX_IDS)
      faults.push({
        path: [...path, kind],
        code: 'BASE_TYPE_BAD_LENGTH',
        message: `Must be ${MAX_IDS} or fewer in length.`,
      });
  }
  return faults;
}

/** Returns the user ids that a new message with this text pings, in the order of their mentions. */
export function pingedUserIds(options: {
  text: string;
  allowed: AllowedMentions;
  guild: GuildRecord;
  authorPermissions: bigint;
}): string[] {
  const { text, allowed, guild, authorPermissions } = options;
  const people = [...guild.members.values()].filter((member) => !member.user.isBot);
  const named = idsIn(text, /<@!?(\d+)>/g).filter(
    (id) => guild.members.has(id) && isAllowed(allowed, 'users', id),
  );
  const roles = idsIn(text, /<@&(\d+)>/g).filter((id) => isAllowed(allowed, 'roles', id));
  const isForEveryone =
    /@(everyone|here)/.test(text) &&
    allowed.parse?.includes('everyone') === true &&
    hasPermissions(authorPermissions, 'MentionEveryone');
  const called = people.filter(
    (member) => isForEveryone || member.roleIds.some((id) => roles.includes(id)),
  );
  return [...new Set([...named, ...called.map((member) => member.user.id)])];
}

function idsIn(text: string, mention: RegExp): string[] {
  return [...text.matchAll(mention)].flatMap(([, id]) => id ?? []);
}

function isAllowed(allowed: AllowedMentions, kind: 'users' | 'roles', id: string): boolean {
  return allowed.parse?.includes(kind) === true || allowed[kind]?.includes(id) === true;
}
