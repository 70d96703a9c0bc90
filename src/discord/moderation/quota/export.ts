/** `/quota export`: sends the server's ledger as a CSV file, visible only to the moderator who asked. */
import { ComponentType } from 'discord.js';

import { ledgerCsv } from '../../../quota/reports/export.ts';
import { text, translate } from '../../../text/text.ts';
import type { CommandInteraction } from '../../interactions/kinds.ts';
import { localeOf } from '../../interactions/locale.ts';
import { paragraphs, showPrivateReply } from '../../interactions/reply.ts';
import { dateName } from '../date-name.ts';
import type { ModerationContext } from '../moderation-context.ts';

export async function exportLedgerFile(
  interaction: CommandInteraction,
  { quota, database, clock }: ModerationContext,
): Promise<void> {
  const { rows, from, to } = await quota.exportLedger(database, {
    guildId: interaction.guildId,
    from: interaction.options.getString('from') ?? undefined,
    to: interaction.options.getString('to') ?? undefined,
    nowMs: clock.now(),
  });
  const name = `credits-${from}-to-${to}.csv`;
  const locale = localeOf(interaction);
  const heading = text('moderation:exported', {
    from: dateName(locale, from),
    to: dateName(locale, to),
    count: rows.length,
  });
  await showPrivateReply(interaction, {
    components: [
      ...paragraphs([translate(locale, heading)]),
      { type: ComponentType.File, file: { url: `attachment://${name}` } },
    ],
    files: [{ name, data: Buffer.from(ledgerCsv(rows)) }],
  });
}
