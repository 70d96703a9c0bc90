/** The playground’s servers, and the people whose view the page can show. */
import type { Member } from '../discord/actors.ts';
import type { DiscordSandbox } from '../discord/discord.ts';
import type { GuildHandle } from '../discord/guild.ts';
import type { PersonView } from './protocol.ts';

export interface Person extends PersonView {
  /** The same person as a member of each server they are in, by the server's id. */
  readonly memberOf: ReadonlyMap<string, Member>;
  /** The channel they start in. */
  readonly home: GuildHandle;
}

export interface Cast {
  readonly servers: readonly GuildHandle[];
  readonly people: readonly Person[];
}

const MEBIBYTE = 1024 * 1024;
const CLUB = 'Harbour Film Club';
const OWLS = 'Night Owls';

export function assembleCast(discord: DiscordSandbox): Cast {
  const club = discord.addGuild({ name: CLUB, channels: ['videos', 'general', 'moderators'] });
  const owls = discord.addGuild({ name: OWLS, channels: ['lounge'] });
  const alice = club.member('alice');
  const bo = club.member('bo', {
    roles: ['Boosters'],
    attachmentSizeLimitBytes: 50 * MEBIBYTE,
  });
  const mia = club.member('mia', { permissions: ['ManageGuild', 'ManageMessages'] });
  const zoe = owls.member('zoe', { permissions: ['ManageGuild'] });
  return {
    servers: [club, owls],
    people: [
      person(alice, club, `Member of ${CLUB}`),
      person(bo, club, `Booster of ${CLUB}`),
      person(mia, club, `Moderator of ${CLUB}`),
      person(zoe, owls, `From another server, ${OWLS}`),
    ],
  };
}

function person(member: Member, home: GuildHandle, about: string): Person {
  const { id, name } = member;
  return { id, name, about, home, memberOf: new Map([[home.id, member]]) };
}
