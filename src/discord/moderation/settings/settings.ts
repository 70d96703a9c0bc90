/** `/settings`: shows and changes the moderators' decisions; each change is shown with before and after. */
import type { ModelId } from '../../../catalogue/request.ts';
import { changeOnce } from '../../../quota/moderation/change-log.ts';
import type { CommandInteraction } from '../../interactions/kinds.ts';
import { localeOf } from '../../interactions/locale.ts';
import { replyPrivately } from '../../interactions/reply.ts';
import { makeChange, type ModerationContext } from '../moderation-context.ts';
import type { SettingsChange } from './changes.ts';
import { partStateOf, partStateSchema } from './part-state.ts';
import { settingsText } from './settings-text.ts';

export async function showSettings(
  interaction: CommandInteraction,
  { settings, quota, database }: ModerationContext,
  offered: readonly ModelId[],
): Promise<void> {
  const { guildId } = interaction;
  const timeZone = await quota.timeZone(database, guildId);
  const set = await settings.read(guildId);
  const locale = localeOf(interaction);
  await replyPrivately(interaction, [settingsText(set, { timeZone, offered, locale })]);
}

/** Writes the settings and their log entry in one transaction, once per interaction. */
export async function changeSettings(
  interaction: CommandInteraction,
  context: ModerationContext,
  { part, read, offered }: SettingsChange & { readonly offered: readonly ModelId[] },
): Promise<void> {
  const next = read(interaction, offered);
  const what = { action: 'settings', target: { scope: 'server' } } as const;
  await makeChange(interaction, context, {
    ...what,
    change: async (transaction, by) =>
      changeOnce(
        transaction,
        { ...by, ...what },
        {
          state: partStateSchema,
          change: async () => {
            const { before, after } = await context.settings.change(transaction, by.guildId, next);
            return {
              before: partStateOf(part, before, offered),
              after: partStateOf(part, after, offered),
            };
          },
        },
      ),
  });
}

export async function changeTimeZone(
  interaction: CommandInteraction,
  context: ModerationContext,
): Promise<void> {
  const timeZone = interaction.options.getString('zone', true);
  await makeChange(interaction, context, {
    action: 'time-zone',
    target: { scope: 'server' },
    change: async (transaction, by) => context.quota.setTimeZone(transaction, { ...by, timeZone }),
  });
}

/** Returns the time zones whose name contains the typed letters. */
export function timeZonesLike(typed: string): { name: string; value: string }[] {
  const wanted = typed.trim().toLowerCase().replaceAll(' ', '_');
  return ['UTC', ...Intl.supportedValuesOf('timeZone')]
    .filter((zone) => zone.toLowerCase().includes(wanted))
    .map((zone) => ({ name: zone, value: zone }));
}
