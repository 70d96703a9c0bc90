/**
 * Routes every interaction to its command, autocomplete or button. Also the boundary for errors: only the
 * text of a `UserError` reaches Discord; other errors become a fixed sentence with a reference that is in
 * the log.
 */
import { DiscordAPIError, MessageFlags, RESTJSONErrorCodes, type Interaction } from 'discord.js';

import { UserError } from '../errors.ts';
import type { IdMaker } from '../ids.ts';
import type { Logger } from '../logger.ts';
import type { Locale } from '../text/locales.ts';
import { text, translate } from '../text/text.ts';
import { fileNameOf, isMenuCommand, type Command, type CommandContext } from './command.ts';
import { parseCustomId } from './custom-id.ts';
import { InteractionTaken } from './interactions/claims.ts';
import { checkOptions, INCOMPLETE, isIncomplete } from './interactions/incomplete.ts';
import type {
  ButtonPress,
  CommandInteraction,
  FormSubmission,
  MenuInteraction,
} from './interactions/kinds.ts';
import { localeOf } from './interactions/locale.ts';
import { paragraphs, refuse, suggest, type Answerable } from './interactions/reply.ts';
import { JOB_BUTTONS_OWNER } from './messages/result-buttons.ts';
import { pressJobButton } from './ordering/job-buttons.ts';

export interface RouterDependencies {
  commands: ReadonlyMap<string, Command>;
  context: CommandContext;
  /** An empty list allows every server. */
  guildAllowlist: 'everyone' | readonly string[];
  ids: IdMaker;
  logger: Logger;
}

export interface Router {
  handle(interaction: Interaction): Promise<void>;
  /** Accepts no new interactions and waits for those in progress. */
  stop(): Promise<void>;
}

export function createRouter(dependencies: RouterDependencies): Router {
  const inHand = new Map<string, Promise<void>>();
  let isStopping = false;
  return {
    async handle(interaction) {
      const { id } = interaction;
      // Discord may send an event twice. A duplicate that arrives after the first was handled finds its
      // claim.
      if (isStopping || inHand.has(id)) return;
      const handling = route(interaction, dependencies);
      inHand.set(id, handling);
      await handling.finally(() => inHand.delete(id));
    },
    async stop() {
      isStopping = true;
      await Promise.all(inHand.values());
    },
  };
}

/** Never throws. Does not check the interaction's age, because our clock may be wrong; Discord decides. */
async function route(interaction: Interaction, dependencies: RouterDependencies): Promise<void> {
  await handleErrors(interaction, dependencies, async () => {
    if (interaction.inGuild() && isSenderKnown(interaction)) {
      return dispatch(interaction, dependencies);
    }
    await answerOutside(interaction);
  });
}

/** Always present in discord.js's types, but Discord may omit it. */
function isSenderKnown({ user }: Interaction): boolean {
  const id: unknown = user.id;
  return typeof id === 'string' && id !== '';
}

/** Answers an interaction without a guild or member: nobody could be charged. */
async function answerOutside(interaction: Interaction): Promise<void> {
  if (interaction.isAutocomplete()) return suggest(interaction, []);
  if (!interaction.isRepliable()) return;
  const reason = interaction.guildId === null ? 'errors:directMessage' : 'errors:senderUnknown';
  const sentence = translate(localeOf(interaction), text(reason));
  await interaction.reply({
    components: paragraphs([sentence]),
    allowedMentions: { parse: [] },
    flags: [MessageFlags.Ephemeral, MessageFlags.IsComponentsV2],
  });
}

async function dispatch(
  interaction: Interaction<'cached' | 'raw'>,
  dependencies: RouterDependencies,
): Promise<void> {
  const { commands, context } = dependencies;
  checkAllowed(interaction.guildId, dependencies);
  if (interaction.isAutocomplete()) {
    const command = commands.get(interaction.commandName);
    const isChat = command !== undefined && !isMenuCommand(command);
    if (isChat) await command.autocomplete?.(interaction, context);
    if (!interaction.responded) await suggest(interaction, []);
    return;
  }
  if (interaction.isChatInputCommand() || interaction.isMessageContextMenuCommand()) {
    await runCommand(interaction, dependencies);
  } else if (interaction.isButton() || interaction.isModalSubmit()) {
    await answer(interaction, dependencies);
  } else {
    throw new UserError(text('errors:olderVersion'));
  }
}

function checkAllowed(guildId: string, { guildAllowlist }: RouterDependencies): void {
  if (guildAllowlist === 'everyone' || guildAllowlist.length === 0) return;
  if (guildAllowlist.includes(guildId)) return;
  throw new UserError(text('errors:serverNotAllowed'));
}

async function runCommand(
  interaction: CommandInteraction | MenuInteraction,
  { commands, context }: RouterDependencies,
): Promise<void> {
  const command = commands.get(interaction.commandName);
  if (command !== undefined && isMenuCommand(command)) {
    if (interaction.isMessageContextMenuCommand()) return command.execute(interaction, context);
  } else if (command !== undefined && interaction.isChatInputCommand()) {
    checkOptions(interaction.options);
    return command.execute(interaction, context);
  }
  throw new UserError(text('errors:commandGone'));
}

/**
 * Handles a button or form. Its id names the command that made it, or `job` for the buttons under a
 * video.
 */
async function answer(
  interaction: ButtonPress | FormSubmission,
  { commands, context }: RouterDependencies,
): Promise<void> {
  const id = parseCustomId(interaction.customId);
  const owner = [...commands.values()].find((command) => fileNameOf(command) === id?.owner);
  if (id?.owner === JOB_BUTTONS_OWNER && interaction.isButton()) {
    return pressJobButton(interaction, id, context);
  }
  if (id !== undefined && interaction.isButton() && owner?.press !== undefined) {
    return owner.press(interaction, id, context);
  }
  if (id !== undefined && interaction.isModalSubmit() && owner?.submit !== undefined) {
    return owner.submit(interaction, id, context);
  }
  throw new UserError(text('errors:olderVersion'));
}

async function handleErrors(
  interaction: Interaction,
  { context, ids, logger }: RouterDependencies,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const log = logger.child({ interactionId: interaction.id, guildId: interaction.guildId });
    if (error instanceof InteractionTaken) {
      log.info({ err: error }, 'interaction left to another handler');
    } else if (isDead(error)) {
      log.warn({ err: error }, 'Discord no longer accepts an answer to this interaction');
    } else {
      await answerError(interaction, error, { reference: ids.next(), log });
    }
  } finally {
    // The asker has an answer in every case; only a process that dies earlier leaves the claim open.
    await context.claims.finish(interaction.id);
  }
}

async function answerError(
  interaction: Interaction,
  error: unknown,
  { reference, log }: { reference: string; log: Logger },
): Promise<void> {
  const isExpected = error instanceof UserError;
  if (isIncomplete(error)) log.warn({ err: error }, 'Discord sent an incomplete interaction');
  else if (!isExpected) log.error({ err: error, reference }, 'interaction failed');
  else if (error.cause !== undefined) log.warn({ err: error.cause }, 'request refused');
  try {
    // Autocomplete cannot show a reason; without an answer, the Discord client reports an error.
    if (interaction.isAutocomplete() && !interaction.responded) await suggest(interaction, []);
    else if (isAnswerable(interaction)) {
      await refuse(interaction, sentenceFor(error, { reference, locale: localeOf(interaction) }));
    }
  } catch (cause) {
    log.warn({ err: cause, reference }, 'refusal not shown');
  }
}

function sentenceFor(
  error: unknown,
  { reference, locale }: { reference: string; locale: Locale },
): string {
  if (isIncomplete(error)) return translate(locale, INCOMPLETE);
  if (error instanceof UserError) return error.in(locale);
  return translate(locale, text('errors:unexpected', { reference }));
}

function isAnswerable(interaction: Interaction): interaction is Answerable {
  return interaction.inGuild() && !interaction.isAutocomplete() && interaction.isRepliable();
}

/** 10062: acknowledged too late. 40060: already acknowledged by another handler. */
function isDead(error: unknown): boolean {
  return (
    error instanceof DiscordAPIError &&
    (error.code === RESTJSONErrorCodes.UnknownInteraction ||
      error.code === RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged)
  );
}
