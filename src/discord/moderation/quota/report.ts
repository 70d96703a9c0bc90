/** `/quota report`: where the credits went, as text and as a drawn chart. */
import { ComponentType, type APIMediaGalleryComponent } from 'discord.js';
import { z } from 'zod';

import { credits } from '../../../text/credits.ts';
import type { Locale } from '../../../text/locales.ts';
import { text, translate } from '../../../text/text.ts';
import type { CommandInteraction } from '../../interactions/kinds.ts';
import { localeOf } from '../../interactions/locale.ts';
import { paragraphs, showPrivateReply } from '../../interactions/reply.ts';
import type { ModerationContext } from '../moderation-context.ts';
import { reportText } from './report-text.ts';

const periodSchema = z.enum(['today', 'this_month', 'last_month']);

export async function showReport(
  interaction: CommandInteraction,
  { quota, database, charts, clock }: ModerationContext,
): Promise<void> {
  const { guildId, options } = interaction;
  const period = periodSchema.parse(options.getString('period') ?? 'this_month');
  const nowMs = clock.now();
  const report = await quota.report(database, { guildId, period, nowMs });
  const locale = localeOf(interaction);
  const [heading = '', ...texts] = reportText(report, locale);
  if (report.byMember.length === 0) {
    return showPrivateReply(interaction, { components: paragraphs([heading, ...texts]) });
  }
  const chart = await charts.drawReport(report, { serverName: interaction.guild?.name ?? '' });
  const name = `report-${report.period.key}.png`;
  await showPrivateReply(interaction, {
    components: [
      ...paragraphs([heading]),
      ...(chart === undefined ? [] : [chartGallery(name, chartInWords(report.total, locale))]),
      ...paragraphs(texts),
    ],
    files: chart === undefined ? [] : [{ name, data: Buffer.from(chart) }],
  });
}

function chartGallery(name: string, description: string): APIMediaGalleryComponent {
  return {
    type: ComponentType.MediaGallery,
    items: [{ media: { url: `attachment://${name}` }, description }],
  };
}

/** For those who hear the chart read out; the text below has the rest. */
function chartInWords(
  { spent, videos: count }: { spent: number; videos: number },
  locale: Locale,
): string {
  return translate(locale, text('moderation:chart', { count, credits: credits(spent) }));
}
