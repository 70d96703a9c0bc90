/**
 * Measures how long members wait for an acknowledgement: from when the event reached us to Discord's
 * answer to the callback. The event's own age is not included: a replayed event may be minutes old, and
 * comparing our clock with Discord's would measure their difference.
 */
import { Events, type Client, type Interaction } from 'discord.js';

import { MINUTE, type Clock } from '../clock.ts';

const CALLBACK_ROUTE = '/interactions/:id/:token/callback';
const CALLBACK_PATH = /^\/interactions\/(\d+)\//;
/** How long an interaction is tracked, well above Discord's limit of 3 s. */
const FORGOTTEN_AFTER_MS = MINUTE;

export type InteractionKind = 'command' | 'menu' | 'button' | 'form' | 'autocomplete';

export interface Acknowledgement {
  readonly kind: InteractionKind;
  readonly tookMs: number;
}

/** @param onAcknowledged called for each acknowledgement that Discord accepted */
export function watchAcknowledgements(
  client: Client,
  clock: Clock,
  onAcknowledged: (acknowledgement: Acknowledgement) => void,
): void {
  const waiting = new Map<string, { readonly kind: InteractionKind; readonly sinceMs: number }>();

  client.on(Events.InteractionCreate, (interaction) => {
    const kind = kindOf(interaction);
    // Ignore a duplicate event.
    if (kind === undefined || waiting.has(interaction.id)) return;
    const nowMs = clock.now();
    waiting.set(interaction.id, { kind, sinceMs: nowMs });
    for (const [id, { sinceMs }] of waiting) {
      if (nowMs - sinceMs <= FORGOTTEN_AFTER_MS) break;
      waiting.delete(id);
    }
  });

  client.rest.on('response', ({ route, path }, { ok }) => {
    if (route !== CALLBACK_ROUTE || !ok) return;
    const id = CALLBACK_PATH.exec(path)?.[1] ?? '';
    const interaction = waiting.get(id);
    if (interaction === undefined) return;
    waiting.delete(id);
    onAcknowledged({ kind: interaction.kind, tookMs: clock.now() - interaction.sinceMs });
  });
}

function kindOf(interaction: Interaction): InteractionKind | undefined {
  if (interaction.isAutocomplete()) return 'autocomplete';
  if (interaction.isChatInputCommand()) return 'command';
  if (interaction.isContextMenuCommand()) return 'menu';
  if (interaction.isModalSubmit()) return 'form';
  return interaction.isMessageComponent() ? 'button' : undefined;
}
