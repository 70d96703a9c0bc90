/** Files added to a message or to the options of a command, chosen or dropped. */
import { ApplicationCommandOptionType } from 'discord-api-types/v10';

import { requestRender } from '../state.ts';
import type { Option } from './commands.ts';
import { draft, furtherOptions, newPill, type Pill } from './draft.ts';
import { BOX, focusOn, MORE } from './fields.ts';
import { takesFile } from './file-types.ts';
import { putFile } from './pill.ts';

export function attachToMessage({ currentTarget }: Event): void {
  if (!(currentTarget instanceof HTMLInputElement)) return;
  draft.files = [...draft.files, ...(currentTarget.files ?? [])];
  currentTarget.value = '';
  focusOn(BOX);
}

export function detach(file: File): void {
  draft.files = draft.files.filter((one) => one !== file);
  requestRender();
}

/** Adds them to the first option that accepts them, or to the message when no command is being written. */
export function takeDroppedFiles(event: DragEvent): void {
  const files = [...(event.dataTransfer?.files ?? [])];
  if (files.length === 0) return;
  event.preventDefault();
  if (draft.command === undefined) {
    draft.files = [...draft.files, ...files];
    return focusOn(BOX);
  }
  for (const file of files) {
    const pill = emptyFilePill(file);
    if (pill !== undefined) putFile(pill, file);
  }
  focusOn(MORE);
}

function emptyFilePill(file: File): Pill | undefined {
  const takes = (option: Option): boolean =>
    option.type === ApplicationCommandOptionType.Attachment && takesFile(file, option.file_types);
  const waiting = draft.pills.find((pill) => pill.file === undefined && takes(pill.option));
  if (waiting !== undefined) return waiting;
  const option = furtherOptions().find(takes);
  if (option === undefined) return undefined;
  const pill = newPill(option);
  draft.pills = [...draft.pills, pill];
  return pill;
}
