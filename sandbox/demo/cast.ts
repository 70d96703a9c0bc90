/** The members of the demo’s server. */
import type { Member } from '../discord/actors.ts';
import type { GuildHandle } from '../discord/guild.ts';
import type { Names } from './narrator.ts';

export interface Cast {
  readonly alice: Member;
  /** Who may manage the server. */
  readonly mia: Member;
  /** A role of alice's, by its id. */
  readonly extras: string;
  readonly names: Names;
}

export function castOf(guild: GuildHandle): Cast {
  const extras = guild.role('Extras');
  const alice = guild.member('alice', { roles: ['Extras'] });
  const mia = guild.member('mia', { permissions: ['ManageGuild'] });
  const names = new Map([
    [extras, 'Extras'],
    [alice.id, alice.name],
    [mia.id, mia.name],
  ]);
  return { alice, mia, extras, names: (id) => names.get(id) };
}
