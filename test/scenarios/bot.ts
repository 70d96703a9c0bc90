/** The bot, in this process or in a separate one, with everything it logs. */
import { startBotProcess } from '#sandbox/bot-process.ts';
import { createApp, type AppOverrides } from '#src/app.ts';
import type { Clock } from '#src/clock.ts';
import { readConfig } from '#src/config.ts';
import { createLogger } from '#src/logger.ts';

import { parseLine, parseLog, type LogLine } from './bot-log.ts';

export interface Bot {
  readonly lines: readonly LogLine[];
  /** Stops the bot and waits for its end. */
  stop(): Promise<void>;
  /** SIGKILL: nothing is finished or announced. Only for a separate process. */
  kill(): Promise<void>;
}

export interface BotSettings {
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly ffmpegPath?: string | undefined;
  readonly openDatabase?: AppOverrides['openDatabase'];
}

/** Ready for commands. */
export async function startBotHere({ environment, ...overrides }: BotSettings): Promise<Bot> {
  const lines: LogLine[] = [];
  const write = (line: string): void => void lines.push(parseLine(line));
  const app = await createApp(readConfig(environment), {
    ...overrides,
    logger: createLogger('trace', { write }),
  });
  await app.start();
  return {
    lines,
    stop: () => app.stop(),
    kill: () => Promise.reject(new Error('A bot in the process of the test cannot be killed')),
  };
}

/** @param folder its working directory */
export async function startSeparateBot(
  environment: Readonly<Record<string, string>>,
  folder: string,
): Promise<Bot> {
  const process = startBotProcess({ LOG_LEVEL: 'trace', ...environment }, folder);
  await process.ready();
  return {
    get lines() {
      return parseLog(process.output());
    },
    async stop() {
      const status = await process.stop('SIGTERM');
      if (status !== 0) throw new Error(`The bot left with ${status}:\n${process.output()}`);
    },
    async kill() {
      await process.stop('SIGKILL');
    },
  };
}
