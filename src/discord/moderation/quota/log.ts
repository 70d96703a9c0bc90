/** `/quota log`: the audit, newest first, a page at a time. */
import {
  ButtonStyle,
  ComponentType,
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
} from 'discord.js';

import { UserError } from '../../../errors.ts';
import type { ChangeLogPage, LoggedChange } from '../../../quota/moderation/change-log.ts';
import { customId } from '../../custom-id.ts';
import type { ButtonPress, CommandInteraction } from '../../interactions/kinds.ts';
import { paragraphs, showPrivateReply } from '../../interactions/reply.ts';
import { timestamp } from '../../text.ts';
import { changeLine } from '../change-text.ts';
import type { ModerationContext } from '../moderation-context.ts';

/** The file of the command that has the buttons. */
const OWNER = 'quota';
export const LOG_PAGE = 'log';
/** Below Discord's 4000 for the whole message, whatever ten notes and names come to. */
const MAX_LINE_LENGTH = 380;

export async function showLog(
  interaction: CommandInteraction | ButtonPress,
  { quota, database }: ModerationContext,
  wanted = 1,
): Promise<void> {
  const page = await quota.changeLog(database, { guildId: interaction.guildId, page: wanted });
  await showPrivateReply(interaction, {
    components: [...paragraphs([logText(page)]), ...(page.pages > 1 ? [buttonsOf(page)] : [])],
  });
}

/** @throws UserError for a key that no button of ours has */
export function pageOf(key: string): number {
  if (/^\d{1,6}$/.test(key)) return Number(key);
  throw new UserError('This button is from an older version of the bot. Use /quota log again.');
}

export function logText({ entries, page, pages, total }: ChangeLogPage): string {
  if (total === 0) return '**Log**\nNobody has changed anything yet.';
  const heading = `**Log**: ${total === 1 ? '1 change' : `${total} changes`}, newest first`;
  return [
    heading,
    ...entries.map(lineOf),
    ...(pages > 1 ? [`-# Page ${page} of ${pages}`] : []),
  ].join('\n');
}

function lineOf(entry: LoggedChange): string {
  const line = `- ${timestamp(entry.atMs, 'f')} ${changeLine(entry)}`;
  return line.length <= MAX_LINE_LENGTH ? line : changeWithoutNote(entry);
}

/** A note can be long; what was changed is what counts. */
function changeWithoutNote(entry: LoggedChange): string {
  const { note: _long, ...change } = entry;
  const line = `- ${timestamp(entry.atMs, 'f')} ${changeLine(change)}`;
  return line.length <= MAX_LINE_LENGTH ? line : `${line.slice(0, MAX_LINE_LENGTH - 1)}…`;
}

function buttonsOf({
  page,
  pages,
}: ChangeLogPage): APIActionRowComponent<APIButtonComponentWithCustomId> {
  const button = (label: string, to: number): APIButtonComponentWithCustomId => ({
    type: ComponentType.Button,
    style: ButtonStyle.Secondary,
    label,
    custom_id: customId({ owner: OWNER, action: LOG_PAGE, key: String(to) }),
    disabled: to < 1 || to > pages,
  });
  return {
    type: ComponentType.ActionRow,
    components: [button('Newer', page - 1), button('Older', page + 1)],
  };
}
