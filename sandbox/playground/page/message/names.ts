/** What a drawn message needs from around it: names, the reader's language, and what presses do. */
import type { APIMessage } from 'discord-api-types/v10';

export type { APIMessage } from 'discord-api-types/v10';

export interface Option {
  readonly label: string;
  readonly value: string;
  readonly description?: string | undefined;
  readonly isDefault?: boolean | undefined;
}

export interface MessageContext {
  /** Of the reader: `en-US`, `zh-CN`. */
  readonly locale: string;
  /** The name of a person, role or channel by its id, without its sign. */
  readonly nameOf: (kind: 'user' | 'role' | 'channel', id: string) => string | undefined;
  /** What the menus of people, roles and channels offer; nothing when omitted. */
  readonly entities?: ((componentType: number) => readonly Option[]) | undefined;
  /** Called when the reader presses a button. Buttons do nothing when omitted. */
  readonly press?: ((message: APIMessage, customId: string) => void) | undefined;
  /** Called when the reader has chosen in a menu. */
  readonly choose?:
    | ((message: APIMessage, customId: string, values: readonly string[]) => void)
    | undefined;
  /** Whether the bot has yet to answer this press. */
  readonly isBusy?: ((message: APIMessage, customId: string) => boolean) | undefined;
}
