/** Finds the button that a member means. */
import type { MessageView } from '../message-view.ts';
import { NotOffered } from '../not-offered-error.ts';

interface FoundButton {
  readonly message: MessageView;
  readonly customId: string;
}

/**
 * Identified by its label, by the beginning of the label when only one button has it (`Make final · 1080p`),
 * or by its custom id. Throws `NotOffered` for one that cannot be clicked.
 */
export function findButton(messages: readonly MessageView[], labelOrCustomId: string): FoundButton {
  for (const message of messages) {
    const [button, ...others] = buttonsNamed(message, labelOrCustomId);
    if (button === undefined) continue;
    if (others.length > 0) throw new NotOffered(`Several buttons begin with ${labelOrCustomId}`);
    if (button.isDisabled) throw new NotOffered(`The button ${labelOrCustomId} is disabled`);
    if (button.customId === undefined) throw new NotOffered(`${labelOrCustomId} is a link`);
    return { message, customId: button.customId };
  }
  const labels = messages.flatMap(({ buttons }) => buttons.map(({ label }) => label));
  throw new NotOffered(`No button ${labelOrCustomId}, only: ${labels.join(', ') || 'none'}`);
}

function buttonsNamed({ buttons }: MessageView, name: string): MessageView['buttons'] {
  const exact = buttons.filter(({ label, customId }) => label === name || customId === name);
  return exact.length > 0 ? exact : buttons.filter(({ label }) => label.startsWith(name));
}
