/**
 * Registers the global commands with Discord. Replaces the whole list at once, so repeating it is
 * harmless. If Discord accepts none now, the earlier list stays in force, and registration is retried
 * later.
 */
import { backoffMs, type BackoffPolicy } from '../backoff.ts';
import { MINUTE, SECOND, type Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Command } from './command.ts';
import { refusalOf } from './rest/discord-error.ts';
import type { Messenger } from './rest/messenger.ts';

const RETRY: BackoffPolicy = { firstMs: 5 * SECOND, maxMs: 10 * MINUTE };

export interface RegistrationDependencies {
  messenger: Pick<Messenger, 'registerCommands'>;
  commands: ReadonlyMap<string, Command>;
  clock: Clock;
  logger: Logger;
}

export interface Registration {
  /**
   * Resolves after the first try, even if Discord is unavailable. @throws DiscordAPIError when Discord
   * refuses a command
   */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createRegistration(dependencies: RegistrationDependencies): Registration {
  const { messenger, commands, clock, logger } = dependencies;
  const stopping = new AbortController();
  let trying: Promise<void> = Promise.resolve();
  const data = [...commands.values()].map((command) => command.data);

  /** @returns whether Discord has accepted the list. @throws DiscordAPIError */
  async function register(): Promise<boolean> {
    try {
      await messenger.registerCommands(data);
      return true;
    } catch (error) {
      if (refusalOf(error) !== 'try-later') throw error;
      logger.warn({ err: error }, 'commands not registered; retrying');
      return false;
    }
  }

  async function keepTrying(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      await clock.sleep(backoffMs(RETRY, attempt), stopping.signal);
      if (stopping.signal.aborted || (await register())) return;
    }
  }

  return {
    async start() {
      if (await register()) return;
      trying = keepTrying().catch((error: unknown) =>
        logger.error({ err: error }, 'Discord rejects the commands'),
      );
    },
    async stop() {
      stopping.abort();
      await trying;
    },
  };
}
