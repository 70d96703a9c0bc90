/** `/quota log`: shows the change log, newest first, one page at a time. */
import {
  ButtonStyle,
  ComponentType,
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
} from 'discord.js';

import { UserError } from '../../../errors.ts';
import type { ChangeLogPage, LoggedChange } from '../../../quota/moderation/change-log.ts';
import type { Locale } from '../../../text/locales.ts';
import { text, translate } from '../../../text/text.ts';
import { customId } from '../../custom-id.ts';
import type { ButtonPress, CommandInteraction } from '../../interactions/kinds.ts';
import { localeOf } from '../../interactions/locale.ts';
import { paragraphs, showPrivateReply } from '../../interactions/reply.ts';
import { timestamp } from '../../text.ts';
import { changeLine } from '../change-text.ts';
import type { ModerationContext } from '../moderation-context.ts';

/** The file name of the command that owns the buttons. */
const OWNER = 'quota';
export const LOG_PAGE = 'log';
/** Keeps the whole message below Discord's 4000 characters, however long its ten notes and names are. */
const MAX_LINE_LENGTH = 380;

export async function showLog(
  interaction: CommandInteraction | ButtonPress,
  { quota, database }: ModerationContext,
  wanted = 1,
): Promise<void> {
  const page = await quota.changeLog(database, { guildId: interaction.guildId, page: wanted });
  const locale = localeOf(interaction);
  const buttons = page.pages > 1 ? [buttonsOf(page, locale)] : [];
  await showPrivateReply(interaction, {
    components: [...paragraphs([logText(page, locale)]), ...buttons],
  });
}

/** @throws UserError for a key that no button of the log has */
export function pageOf(key: string): number {
  if (/^\d{1,6}$/.test(key)) return Number(key);
  throw new UserError(text('moderation:logButtonOld'));
}

export function logText({ entries, page, pages, total }: ChangeLogPage, locale: Locale): string {
  if (total === 0) return translate(locale, text('moderation:logEmpty'));
  return [
    translate(locale, text('moderation:logHeading', { count: total })),
    ...entries.map((entry) => lineOf(entry, locale)),
    ...(pages > 1 ? [translate(locale, text('moderation:logPage', { page, pages }))] : []),
  ].join('\n');
}

function lineOf(entry: LoggedChange, locale: Locale): string {
  const line = `- ${timestamp(entry.atMs, 'f')} ${translate(locale, changeLine(entry))}`;
  return line.length <= MAX_LINE_LENGTH ? line : changeWithoutNote(entry, locale);
}

/** Drops a long note, because the change itself matters more. */
function changeWithoutNote(entry: LoggedChange, locale: Locale): string {
  const { note: _long, ...change } = entry;
  const line = `- ${timestamp(entry.atMs, 'f')} ${translate(locale, changeLine(change))}`;
  return line.length <= MAX_LINE_LENGTH ? line : `${line.slice(0, MAX_LINE_LENGTH - 1)}…`;
}

function buttonsOf(
  { page, pages }: ChangeLogPage,
  locale: Locale,
): APIActionRowComponent<APIButtonComponentWithCustomId> {
  const button = (
    key: 'moderation:logNewer' | 'moderation:logOlder',
    to: number,
  ): APIButtonComponentWithCustomId => ({
    type: ComponentType.Button,
    style: ButtonStyle.Secondary,
    label: translate(locale, text(key)),
    custom_id: customId({ owner: OWNER, action: LOG_PAGE, key: String(to) }),
    disabled: to < 1 || to > pages,
  });
  return {
    type: ComponentType.ActionRow,
    components: [button('moderation:logNewer', page - 1), button('moderation:logOlder', page + 1)],
  };
}
