/** The kinds of interaction that the bot handles. All come from guilds, since commands exist only there. */
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
