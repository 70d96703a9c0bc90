/** `/quota report`: where the credits went, as text and as a chart. */
import { ComponentType, type APIMessageTopLevelComponent } from 'discord.js';
import { z } from 'zod';

import type { Report } from '../../../quota/reports/report.ts';
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
  const chart = await charts.drawReport(report);
  const name = `report-${report.period.key}.png`;
  await showPrivateReply(interaction, {
    components: [
      ...paragraphs([heading]),
      ...(chart === undefined ? [] : chartWithCaption(name, report, locale)),
      ...paragraphs(texts),
    ],
    files: chart === undefined ? [] : [{ name, data: Buffer.from(chart) }],
  });
}

function chartWithCaption(
  name: string,
  { total, period }: Report,
  locale: Locale,
): APIMessageTopLevelComponent[] {
  const media = { url: `attachment://${name}` };
  const isMonth = period.key.length === 'YYYY-MM'.length;
  const caption = text(isMonth ? 'moderation:chartOfMonth' : 'moderation:chartOfDay');
  return [
    {
      type: ComponentType.MediaGallery,
      items: [{ media, description: chartInWords(total, locale) }],
    },
    ...paragraphs([translate(locale, caption)]),
  ];
}

/** Describes the chart for screen readers; the text below it has the details. */
function chartInWords(
  { spent, videos: count }: { spent: number; videos: number },
  locale: Locale,
): string {
  return translate(locale, text('moderation:chart', { count, credits: credits(spent) }));
}
