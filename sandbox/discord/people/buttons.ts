/** Finding the button that a member means. */
import type { MessageView } from '../message-view.ts';
import { NotOffered } from '../not-offered.ts';

interface FoundButton {
  readonly message: MessageView;
  readonly customId: string;
}

/** Named by its label or its custom id. Throws `NotOffered` for one that cannot be pressed. */
export function findButton(messages: readonly MessageView[], labelOrCustomId: string): FoundButton {
  for (const message of messages) {
    const button = message.buttons.find(
      ({ label, customId }) => label === labelOrCustomId || customId === labelOrCustomId,
    );
    if (button === undefined) continue;
    if (button.isDisabled) throw new NotOffered(`The button ${labelOrCustomId} is disabled`);
    if (button.customId === undefined) throw new NotOffered(`${labelOrCustomId} is a link`);
    return { message, customId: button.customId };
  }
  const labels = messages.flatMap(({ buttons }) => buttons.map(({ label }) => label));
  throw new NotOffered(`No button ${labelOrCustomId}, only: ${labels.join(', ') || 'none'}`);
}
