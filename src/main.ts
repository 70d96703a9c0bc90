/** The edge of the process: settings in, app up, signals, exit status. */
import { createApp, type App } from './app.ts';
import { SECOND, systemClock } from './clock.ts';
import { readConfig, type Config } from './config.ts';
import { loadEnvFile } from './env-file.ts';
import { ConfigError } from './errors.ts';
import { createLogger, type Logger } from './logger.ts';
import { releaseStartMemory } from './start-memory.ts';

/** Supervisors give 10 s between SIGTERM and SIGKILL at the least; some of it is for the exit itself. */
const LEAVE_WITHIN_MS = 8 * SECOND;

async function main(): Promise<void> {
  const config = settings();
  const logger = createLogger(config.logLevel);
  let isLeaving = false;
  // Until there is an app, nothing is in hand.
  let leaveWith = (status: number): void => process.exit(status);
  // What has failed is unknown, so nothing new is accepted. What is in hand may end first: it belongs to
  // other people, and each step of it is a transaction. A second failure ends the process at once.
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(event, (error: unknown) => {
      logger.fatal({ err: error }, 'unexpected failure; stopping for the supervisor to restart');
      if (isLeaving) process.exit(1);
      leaveWith(1);
    });
  }
  const app = await createApp(config, { logger });
  leaveWith = (status) => {
    isLeaving = true;
    // Not awaited: it ends the process.
    void leave(app, status, logger);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      logger.info({ signal }, 'stopping');
      leaveWith(0);
    });
  }
  // Not awaited: most often it never comes. Why was logged.
  void app.failed.then(() => leaveWith(1));
  try {
    await app.start();
  } catch (error) {
    // Stopped in the midst of starting: that is no fault, and `leave` ends the process.
    if (isLeaving) return;
    await app.stop();
    throw error;
  }
  releaseStartMemory();
}

function settings(): Config {
  loadEnvFile();
  return readConfig(process.env);
}

async function leave(app: App, status: number, logger: Logger): Promise<void> {
  const isDone = await Promise.race([
    app.stop().then(() => true),
    systemClock.sleep(LEAVE_WITHIN_MS).then(() => false),
  ]);
  if (!isDone) logger.warn('not everything ended in time; it goes on at the next start');
  process.exit(status);
}

try {
  await main();
} catch (error) {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
  } else {
    createLogger('error').fatal({ err: error }, 'could not start');
  }
  process.exit(1);
}
