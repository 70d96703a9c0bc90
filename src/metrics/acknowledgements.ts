/**
 * How long members wait for the first sign of the bot. From when the event reached us, by our clock:
 * how old it was by then is Discord's doing (a replayed event may be minutes old), and our clock
 * against Discord's would measure the difference of the two. To when the answer to the callback came.
 */
import { Events, type Client, type Interaction } from 'discord.js';

import { MINUTE, type Clock } from '../clock.ts';

const CALLBACK_ROUTE = '/interactions/:id/:token/callback';
const CALLBACK_PATH = /^\/interactions\/(\d+)\//;
/** Long after Discord has given up on it, 3 s, an interaction is not waited for any more. */
const FORGOTTEN_AFTER_MS = MINUTE;

export type InteractionKind = 'command' | 'menu' | 'button' | 'form' | 'autocomplete';

export interface Acknowledgement {
  readonly kind: InteractionKind;
  readonly tookMs: number;
}

/** @param onAcknowledged told of each interaction that Discord took an acknowledgement for */
export function watchAcknowledgements(
  client: Client,
  clock: Clock,
  onAcknowledged: (acknowledgement: Acknowledgement) => void,
): void {
  const waiting = new Map<string, { readonly kind: InteractionKind; readonly sinceMs: number }>();

  client.on(Events.InteractionCreate, (interaction) => {
    const kind = kindOf(interaction);
    // A doubled event is not waited for a second time.
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
