/**
 * Tracks Discord's rate limits and blocks requests until they end, because Discord bans a client that is
 * refused 10,000 times within ten minutes.
 */
import { RateLimitError } from 'discord.js';

import { pauseLeftMs } from '../../backoff.ts';
import { HOUR, MINUTE, SECOND, type Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import { isBotTokenRefused } from './discord-error.ts';

/** Pause after a refused bot token: a problem of Discord passes, while a reset token stays invalid. */
const TOKEN_REFUSED_PAUSE_MS = 30 * SECOND;
/** The pause for a rate limit without a readable time, and the maximum pause. */
const LEAST_PAUSE_MS = SECOND;
const MOST_PAUSE_MS = HOUR;
/** A route that is rate-limited for this long is not waited for. */
const BLOCKED_AFTER_MS = MINUTE;
/** Interactions' routes expire after 15 minutes; the limit protects against a flood of them. */
const MAX_REFUSED_ROUTES = 10_000;

const EVERYTHING = 'everything';
const WITH_BOT_TOKEN = 'with the bot token';
/** Shown instead of an interaction's route, which contains its token. */
const ONE_MESSAGE = 'one message';

/** Discord accepts no request of this bucket now. The request was not sent or not carried out. */
export class DiscordBusyError extends Error {
  readonly kind = 'discord-busy';
  override readonly name = 'DiscordBusyError';
  readonly retryAfterMs: number;
  /** Whether this interaction's route is rate-limited for so long that another route is better. */
  readonly isRouteBlocked: boolean;

  constructor(
    bucket: string,
    { retryAfterMs, isRouteBlocked }: { retryAfterMs: number; isRouteBlocked: boolean },
  ) {
    super(`Discord rate limit (${bucket}): retry in ${retryAfterMs} ms`);
    this.retryAfterMs = retryAfterMs;
    this.isRouteBlocked = isRouteBlocked;
  }
}

/** Returns whether to use another route to the message, if there is one. Nothing was carried out. */
export function isRouteBlocked(error: unknown): error is DiscordBusyError {
  return error instanceof DiscordBusyError && error.isRouteBlocked;
}

export interface LimitedRequest {
  readonly method: string;
  readonly route: string;
  readonly by: 'bot' | 'interaction';
  readonly bucket?: string | undefined;
}

interface Closed {
  readonly untilMs: number;
  /** The whole length of the pause. */
  readonly waitMs: number;
}

export class RateLimits {
  readonly #closed = new Map<string, Closed>();
  /** Since when an interaction's route has been rate-limited without a success in between. */
  readonly #refusedSinceMs = new Map<string, number>();
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** @throws DiscordBusyError */
  check(request: LimitedRequest): void {
    const nowMs = this.#clock.now();
    for (const [name, closed] of this.#closed) {
      if (pauseLeftMs(closed, nowMs) <= 0) this.#closed.delete(name);
    }
    const own = limitKeyOf(request);
    const isConcerned = (name: string): boolean =>
      name === own || (request.by === 'bot' && (name === WITH_BOT_TOKEN || name === EVERYTHING));
    const first = [...this.#closed].find(([name]) => isConcerned(name));
    if (first !== undefined) throw this.#busy(request, first[0], pauseLeftMs(first[1], nowMs));
  }

  /** Notes that the route works again. */
  noteAnswer(request: LimitedRequest): void {
    this.#refusedSinceMs.delete(limitKeyOf(request));
  }

  /** Records the limits that a failure implies. @returns the error to throw */
  afterFailure(error: unknown, request: LimitedRequest): unknown {
    const { by, bucket } = request;
    if (error instanceof RateLimitError) {
      const pauseMs = believedPauseMs(error);
      const closed = error.global && by === 'bot' ? EVERYTHING : limitKeyOf(request);
      this.#close(closed, pauseMs);
      this.#noteRefused(request);
      this.#logger.info(
        { bucket: shownBucket(request, closed), waitMs: pauseMs },
        'Discord rate limit reached; waiting',
      );
      // The original message and URL contain the interaction's token.
      return this.#busy(request, closed, pauseMs);
    }
    this.noteAnswer(request);
    if (by === 'bot' && isBotTokenRefused(error)) {
      this.#close(WITH_BOT_TOKEN, TOKEN_REFUSED_PAUSE_MS);
      this.#logger.error(
        { err: error, bucket, waitMs: TOKEN_REFUSED_PAUSE_MS },
        'Discord rejects the bot token: if it was reset, set the new one in DISCORD_TOKEN and restart; nothing is lost meanwhile',
      );
    }
    return error;
  }

  #close(bucket: string, waitMs: number): void {
    this.#closed.set(bucket, { untilMs: this.#clock.now() + waitMs, waitMs });
  }

  #noteRefused(request: LimitedRequest): void {
    if (request.by !== 'interaction') return;
    if (this.#refusedSinceMs.size >= MAX_REFUSED_ROUTES) this.#refusedSinceMs.clear();
    const route = limitKeyOf(request);
    const nowMs = this.#clock.now();
    // A first refusal in the future means that the clock was set back.
    this.#refusedSinceMs.set(route, Math.min(this.#refusedSinceMs.get(route) ?? nowMs, nowMs));
  }

  #busy(request: LimitedRequest, bucket: string, retryAfterMs: number): DiscordBusyError {
    const sinceMs = this.#refusedSinceMs.get(limitKeyOf(request));
    const refusedForMs = sinceMs === undefined ? 0 : this.#clock.now() - sinceMs;
    return new DiscordBusyError(shownBucket(request, bucket), {
      retryAfterMs,
      isRouteBlocked:
        request.by === 'interaction' && Math.max(refusedForMs, retryAfterMs) >= BLOCKED_AFTER_MS,
    });
  }
}

/** Returns the key of the request's rate limit. */
function limitKeyOf({ method, route, bucket }: LimitedRequest): string {
  return bucket ?? `${method} ${route}`;
}

function shownBucket({ by, bucket }: LimitedRequest, closed: string): string {
  return by === 'interaction' ? (bucket ?? ONE_MESSAGE) : closed;
}

function believedPauseMs({ retryAfter, timeToReset }: RateLimitError): number {
  const saidMs = Math.max(retryAfter, timeToReset);
  if (!Number.isFinite(saidMs)) return LEAST_PAUSE_MS;
  return Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, Math.ceil(saidMs)));
}
