/**
 * Every interaction comes through here: to its command, its autocomplete or its button. It is the
 * boundary for errors too: only a `UserError`'s text reaches Discord; the rest becomes a fixed
 * sentence with a reference that is in the log.
 */
import {
  DiscordAPIError,
  RESTJSONErrorCodes,
  type ButtonInteraction,
  type Interaction,
} from 'discord.js';

import { UserError } from '../errors.ts';
import type { IdMaker } from '../ids.ts';
import type { Logger } from '../logger.ts';
import { pressButton } from './buttons.ts';
import type { Command, CommandContext, CommandInteraction } from './command.ts';
import { refuse } from './reply.ts';

export interface RouterDependencies {
  commands: ReadonlyMap<string, Command>;
  context: CommandContext;
  /** Empty: every server. */
  guildAllowlist: readonly string[];
  ids: IdMaker;
  logger: Logger;
}

export interface Router {
  handle(interaction: Interaction): Promise<void>;
  /** Takes nothing new and waits for what is in hand. */
  stop(): Promise<void>;
}

export function createRouter(dependencies: RouterDependencies): Router {
  const inHand = new Set<Promise<void>>();
  let isStopping = false;
  return {
    async handle(interaction) {
      if (isStopping) return;
      const handling = route(interaction, dependencies);
      inHand.add(handling);
      await handling.finally(() => inHand.delete(handling));
    },
    async stop() {
      isStopping = true;
      await Promise.all(inHand);
    },
  };
}

async function route(interaction: Interaction, dependencies: RouterDependencies): Promise<void> {
  const { commands, context } = dependencies;
  // How old it is, is for Discord to say: a clock of ours that is fast would make the bot silent.
  if (!interaction.inGuild()) return;
  if (interaction.isAutocomplete()) {
    const command = commands.get(interaction.commandName);
    await guarded(interaction, dependencies, async () =>
      command?.autocomplete?.(interaction, context),
    );
  } else if (interaction.isChatInputCommand()) {
    await guarded(interaction, dependencies, async () => runCommand(interaction, dependencies));
  } else if (interaction.isButton()) {
    await guarded(interaction, dependencies, async () => pressButton(interaction, context));
  }
}

async function runCommand(
  interaction: CommandInteraction,
  dependencies: RouterDependencies,
): Promise<void> {
  const { commands, context, guildAllowlist } = dependencies;
  if (guildAllowlist.length > 0 && !guildAllowlist.includes(interaction.guildId)) {
    throw new UserError(
      'This bot is not open to this server. Its operator can add the server to the allow-list.',
    );
  }
  const command = commands.get(interaction.commandName);
  if (command === undefined)
    throw new UserError('This command is no longer here. Restart Discord to see the current ones.');
  await command.execute(interaction, context);
}

async function guarded(
  interaction: Interaction,
  { ids, logger }: RouterDependencies,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const log = logger.child({ interactionId: interaction.id, guildId: interaction.guildId });
    if (isDead(error)) {
      log.warn({ err: error }, 'Discord no longer takes an answer to this interaction');
      return;
    }
    await answerError(interaction, error, { reference: ids.next(), log });
  }
}

async function answerError(
  interaction: Interaction,
  error: unknown,
  { reference, log }: { reference: string; log: Logger },
): Promise<void> {
  const isExpected = error instanceof UserError;
  if (!isExpected) log.error({ err: error, reference }, 'an interaction failed');
  else if (error.cause !== undefined) log.warn({ err: error.cause }, 'a request was refused');
  if (!isAnswerable(interaction)) return;
  const sentence = isExpected
    ? error.message
    : `Something went wrong on our side, and nothing was charged. If it happens again, tell the operator this reference: \`${reference}\`.`;
  try {
    await refuse(interaction, sentence);
  } catch (cause) {
    log.warn({ err: cause, reference }, 'the refusal could not be shown');
  }
}

function isAnswerable(
  interaction: Interaction,
): interaction is CommandInteraction | ButtonInteraction {
  return interaction.inGuild() && (interaction.isChatInputCommand() || interaction.isButton());
}

/** 10062: the acknowledgement came too late. 40060: somebody else has acknowledged it. */
function isDead(error: unknown): boolean {
  return (
    error instanceof DiscordAPIError &&
    (error.code === RESTJSONErrorCodes.UnknownInteraction ||
      error.code === RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged)
  );
}
