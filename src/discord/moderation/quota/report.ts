/** `/quota report`: where the credits went, as text and as a drawn chart. */
import { ComponentType } from 'discord.js';
import { z } from 'zod';

import type { CommandInteraction } from '../../interactions/kinds.ts';
import { paragraphs, showPrivately } from '../../reply.ts';
import type { ModerationDesk } from '../desk.ts';
import { reportText } from './report-text.ts';

const periodSchema = z.enum(['today', 'this_month', 'last_month']);

export async function showReport(
  interaction: CommandInteraction,
  { quota, database, clock }: ModerationDesk,
): Promise<void> {
  const { guildId, options } = interaction;
  const period = periodSchema.parse(options.getString('period') ?? 'this_month');
  const nowMs = clock.now();
  const report = await quota.report(database, { guildId, period, nowMs });
  const [heading = '', ...texts] = reportText(report);
  if (report.byMember.length === 0) {
    return showPrivately(interaction, { components: paragraphs([heading, ...texts]) });
  }
  const name = `report-${report.period.key}.png`;
  const serverName = interaction.guild?.name ?? '';
  // Loaded when first needed: the drawing library is as large as all the rest of the bot.
  const { drawReport } = await import('../../charts/report-chart.ts');
  const data = await drawReport(report, { serverName });
  await showPrivately(interaction, {
    components: [
      ...paragraphs([heading]),
      {
        type: ComponentType.MediaGallery,
        items: [
          { media: { url: `attachment://${name}` }, description: chartInWords(report.total) },
        ],
      },
      ...paragraphs(texts),
    ],
    files: [{ name, data }],
  });
}

/** For those who hear the chart read out; the text below has the rest. */
function chartInWords({ spent, videos }: { spent: number; videos: number }): string {
  return `Chart: ${spent} credits spent on ${videos} videos, by day and by model`;
}
