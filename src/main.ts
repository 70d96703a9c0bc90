/** The entry point: reads the settings, starts the app, handles signals and the exit status. */
import { createApp, type App } from './app.ts';
import { SECOND, systemClock } from './clock.ts';
import { readConfig, type Config } from './config.ts';
import { loadEnvFile } from './env-file.ts';
import { ConfigError } from './errors.ts';
import { createLogger, type Logger } from './logger.ts';
import { releaseStartMemory } from './start-memory.ts';

/** Supervisors wait at least 10 s between SIGTERM and SIGKILL; the rest is for the exit itself. */
const LEAVE_WITHIN_MS = 8 * SECOND;

async function main(): Promise<void> {
  const config = settings();
  const logger = createLogger(config.logLevel);
  let isLeaving = false;
  // Before the app exists, there is nothing to finish.
  let leaveWith = (status: number): void => process.exit(status);
  // After an unexpected failure, accept nothing new but let the current steps end: they belong to other
  // requests, and each step is a transaction. A second failure ends the process at once.
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
    // Not awaited: `leave` ends the process.
    void leave(app, status, logger);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      logger.info({ signal }, 'stopping');
      leaveWith(0);
    });
  }
  // Not awaited: it normally never resolves. The reason was logged.
  void app.failed.then(() => leaveWith(1));
  try {
    await app.start();
  } catch (error) {
    // Stopped during the start, which is not a failure; `leave` ends the process.
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
  if (!isDone) logger.warn('shutdown timed out; remaining work resumes at the next start');
  process.exit(status);
}

try {
  await main();
} catch (error) {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
  } else {
    createLogger('error').fatal({ err: error }, 'start failed');
  }
  process.exit(1);
}
