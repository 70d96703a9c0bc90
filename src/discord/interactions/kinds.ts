/** The kinds of interaction that reach us. Commands are for servers: only guild interactions do. */
import type {
  AutocompleteInteraction,
  ButtonInteraction,
  ChatInputCommandInteraction,
  MessageContextMenuCommandInteraction,
  ModalSubmitInteraction,
} from 'discord.js';

type InServer = 'cached' | 'raw';
export type CommandInteraction = ChatInputCommandInteraction<InServer>;
export type MenuInteraction = MessageContextMenuCommandInteraction<InServer>;
export type Autocompletion = AutocompleteInteraction<InServer>;
export type ButtonPress = ButtonInteraction<InServer>;
export type FormSubmission = ModalSubmitInteraction<InServer>;
