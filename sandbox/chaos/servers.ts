/** The bot’s servers, and their members. */
import type { Member } from '../discord/actors.ts';
import type { DiscordSandbox } from '../discord/discord.ts';
import type { GuildHandle } from '../discord/guild.ts';

export interface ServerPlan {
  readonly name: string;
  readonly channels: readonly [string, ...string[]];
  /** Its weight among the servers. */
  readonly weight: number;
  /** Its monthly budget. */
  readonly credits: number;
  /** Its credits run out during the run. */
  readonly isPoor: boolean;
  /** Videos at once; 0 for no limit. */
  readonly atOnce: number;
}

const PLENTY = 500_000;

export const SERVERS: readonly [ServerPlan, ...ServerPlan[]] = [
  {
    name: 'Harbour Film Club',
    channels: ['videos', 'lounge'],
    weight: 6,
    credits: PLENTY,
    isPoor: false,
    atOnce: 0,
  },
  {
    name: 'Night Owls',
    channels: ['screening', 'workshop'],
    weight: 4,
    credits: PLENTY,
    isPoor: false,
    atOnce: 12,
  },
  {
    name: 'Short Purse',
    channels: ['videos'],
    weight: 1,
    credits: 120,
    isPoor: true,
    atOnce: 0,
  },
];

export const MEMBERS = ['alice', 'bob', 'carla', 'deniz', 'emre', 'femi', 'greta', 'hugo'] as const;
const MODERATOR = 'mia';
export const FORBIDDEN_WORD = 'sharkbait';

export interface Servers {
  guild(plan: ServerPlan): GuildHandle;
  member(plan: ServerPlan, name: string): Member;
  readonly all: readonly GuildHandle[];
  /** All members of all servers. */
  readonly people: readonly Member[];
  /** The managers of each server. */
  readonly moderators: readonly Member[];
  /** The settings of a bot whose operator knows these servers. */
  readonly environment: Readonly<Record<string, string>>;
}

export function addServers(discord: DiscordSandbox): Servers {
  const guilds = new Map(
    SERVERS.map(({ name, channels }) => [name, discord.addGuild({ name, channels })]),
  );
  const guild = ({ name }: Pick<ServerPlan, 'name'>): GuildHandle => {
    const found = guilds.get(name);
    if (found === undefined) throw new Error(`There is no server ${name}`);
    return found;
  };
  const people = SERVERS.flatMap((plan) => MEMBERS.map((name) => guild(plan).member(name)));
  const budgets = SERVERS.map((plan) => `${guild(plan).id}=${plan.credits}`);
  return {
    guild,
    member: (plan, name) => guild(plan).member(name),
    all: [...guilds.values()],
    people,
    moderators: [...guilds.values()].map((one) =>
      one.member(MODERATOR, { permissions: ['ManageGuild'] }),
    ),
    environment: {
      GUILD_CREDITS: budgets.join(','),
      MAX_GUILD_CREDITS_PER_MONTH: String(PLENTY),
      DEFAULT_GUILD_CREDITS: String(PLENTY),
      OPERATOR_CREDITS_PER_MONTH: String(PLENTY * SERVERS.length),
    },
  };
}

/** The moderators' settings before any request. */
export async function setRules(servers: Servers): Promise<void> {
  for (const [index, plan] of SERVERS.entries()) {
    const moderator = servers.moderators[index];
    if (moderator === undefined) throw new Error(`${plan.name} has no moderator`);
    await moderator.runs('settings words', { add: FORBIDDEN_WORD }).refusal();
    if (plan.atOnce > 0) await moderator.runs('quota server', { at_once: plan.atOnce }).refusal();
  }
}
