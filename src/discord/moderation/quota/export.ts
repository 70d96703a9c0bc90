/** `/quota export`: the server's ledger as a CSV file, for the asker only. */
import { ComponentType } from 'discord.js';

import { ledgerCsv } from '../../../quota/reports/export.ts';
import type { CommandInteraction } from '../../interactions/kinds.ts';
import { paragraphs, showPrivateReply } from '../../interactions/reply.ts';
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
  const entries = rows.length === 1 ? '1 entry' : `${rows.length} entries`;
  await showPrivateReply(interaction, {
    components: [
      ...paragraphs([`**Ledger from ${from} to ${to}**: ${entries}`]),
      { type: ComponentType.File, file: { url: `attachment://${name}` } },
    ],
    files: [{ name, data: Buffer.from(ledgerCsv(rows)) }],
  });
}
