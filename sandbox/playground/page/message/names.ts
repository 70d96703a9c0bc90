/** The context that a rendered message needs: names, the reader’s language, and click handlers. */
import type { APIMessage } from 'discord-api-types/v10';

export type { APIMessage } from 'discord-api-types/v10';

export interface Option {
  readonly label: string;
  readonly value: string;
  readonly description?: string | undefined;
  readonly isDefault?: boolean | undefined;
}

export interface MessageContext {
  /** The reader’s, such as `en-US` or `zh-CN`. */
  readonly locale: string;
  /** The name of a person, role or channel by its id, without its sign. */
  readonly nameOf: (kind: 'user' | 'role' | 'channel', id: string) => string | undefined;
  /** The entries of the menus of people, roles and channels; none when omitted. */
  readonly entities?: ((componentType: number) => readonly Option[]) | undefined;
  /** Called when the reader presses a button. Buttons do nothing when omitted. */
  readonly press?: ((message: APIMessage, customId: string) => void) | undefined;
  /** Called when the reader has chosen from a menu. */
  readonly choose?:
    | ((message: APIMessage, customId: string, values: readonly string[]) => void)
    | undefined;
  /** Whether the bot has not responded to this click yet. */
  readonly isBusy?: ((message: APIMessage, customId: string) => boolean) | undefined;
}
