/** What every interaction contains, of any type (Discord developer docs, "Interaction Structure"). */
import { memberJson, partialChannelJson } from '../guild-json.ts';
import { INTERACTION_TYPE, integrationOwners, userJson } from '../message-json.ts';
import { appPermissionsIn, memberPermissions } from '../permissions.ts';
import type {
  ChannelRecord,
  GuildRecord,
  InteractionRecord,
  Json,
  MemberRecord,
  Store,
} from '../store.ts';
import { CONTEXT } from './command-offers.ts';

interface Sender {
  readonly store: Store;
  readonly guild: GuildRecord;
  readonly member: MemberRecord;
}

export function envelope(
  sender: Sender,
  interaction: InteractionRecord,
  channel: ChannelRecord,
): Json {
  const { store } = sender;
  return {
    id: interaction.id,
    application_id: store.settings.applicationId,
    type: INTERACTION_TYPE[interaction.kind],
    token: interaction.token,
    version: 1,
    channel_id: channel.id,
    app_permissions: appPermissionsIn(store, channel).toString(),
    locale: sender.member.user.locale,
    entitlements: [],
    authorizing_integration_owners: integrationOwners(interaction),
    attachment_size_limit: interaction.attachmentSizeLimitBytes,
    ...(channel.kind === 'direct' ? directFields(sender, channel) : guildFields(sender, channel)),
  };
}

/** In a guild the person is a `member`, with the permissions of their roles. */
function guildFields({ store, guild, member }: Sender, channel: ChannelRecord): Json {
  const permissions = memberPermissions(guild, member);
  return {
    context: CONTEXT.guild,
    guild_id: guild.id,
    guild: { id: guild.id, locale: guild.preferredLocale, features: [] },
    guild_locale: guild.preferredLocale,
    channel: partialChannelJson(store, channel, permissions),
    member: { ...memberJson(member), permissions: permissions.toString() },
  };
}

/** In direct messages there is only a `user`. */
function directFields({ store, member }: Sender, channel: ChannelRecord): Json {
  return {
    context: CONTEXT.direct,
    channel: partialChannelJson(store, channel, appPermissionsIn(store, channel)),
    user: userJson(member.user),
  };
}
