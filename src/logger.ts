/**
 * The logger. Errors pass through a serializer and are never logged whole, because discord.js puts the
 * interaction's token into an error's URL, and vendors put prompts into their errors.
 */
import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** In a Discord path, everything after these segments is or contains a token. */
const TOKEN_PATHS = /(\/(?:webhooks|interactions)\/)[^\s"']*/g;
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
const QUERY = /\?[^\s"')]*/g;
const MAX_MESSAGE_LENGTH = 300;

export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = { level, base: {}, serializers: { err: describeError, error: describeError } };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Returns the loggable fields of an error: kind, code, status, method, route, a shortened message, and its cause. */
export function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: withoutSecrets(String(error)) };
  const fields: Record<string, unknown> = {
    name: error.name,
    message: withoutSecrets(error.message),
  };
  for (const name of ['kind', 'code', 'status', 'method', 'operation', 'vendor'] as const) {
    const value: unknown = Reflect.get(error, name);
    if (typeof value === 'string' || typeof value === 'number') fields[name] = value;
  }
  const url: unknown = Reflect.get(error, 'url');
  if (typeof url === 'string') fields['route'] = withoutSecrets(url);
  if (!('kind' in error) && error.stack !== undefined) fields['at'] = firstFrames(error.stack);
  if (error.cause !== undefined && depth < 3)
    fields['cause'] = describeError(error.cause, depth + 1);
  return fields;
}

/**
 * Removes URL queries, everything after `/webhooks/` or `/interactions/`, and control characters. JSON
 * does not escape all control characters that terminals interpret, such as U+009B.
 */
export function withoutSecrets(text: string): string {
  const clean = text.replace(TOKEN_PATHS, '$1…').replace(QUERY, '').replace(CONTROLS, ' ');
  return clean.length > MAX_MESSAGE_LENGTH ? `${clean.slice(0, MAX_MESSAGE_LENGTH)}…` : clean;
}

function firstFrames(stack: string): string[] {
  return stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 5)
    .map((line) => line.trim());
}
