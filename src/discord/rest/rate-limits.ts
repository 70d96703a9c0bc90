/**
 * Which requests Discord wants left alone, and until when: none of them is sent before (Discord shuts out
 * a client that is refused 10,000 times in ten minutes).
 */
import { RateLimitError } from 'discord.js';

import { pauseLeftMs } from '../../backoff.ts';
import { HOUR, MINUTE, SECOND, type Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import { isBotTokenRefused } from './discord-error.ts';

/** After the bot's token was refused: a fault of Discord's passes, a token that was reset stays dead. */
const TOKEN_REFUSED_PAUSE_MS = 30 * SECOND;
/** What a rate limit without a readable time is taken for, and the longest that is believed. */
const LEAST_PAUSE_MS = SECOND;
const MOST_PAUSE_MS = HOUR;
/** A route that is refused for this long, or is to be left alone for this long, is not waited for. */
const BLOCKED_AFTER_MS = MINUTE;
/** Interactions' routes die after a quarter of an hour; the bound is for a flood of them. */
const MAX_REFUSED_ROUTES = 10_000;

const EVERYTHING = 'everything';
const WITH_BOT_TOKEN = 'with the bot token';
/** An interaction's own route holds its token: it is a key here, and never shown. */
const ONE_MESSAGE = 'one message';

/** Discord takes no request of this lane now; none was sent, or it was not carried out. */
export class DiscordBusyError extends Error {
  readonly kind = 'discord-busy';
  override readonly name = 'DiscordBusyError';
  readonly retryAfterMs: number;
  /** Whether this interaction's route is refused for so long that another route is better. */
  readonly isRouteBlocked: boolean;

  constructor(
    bucket: string,
    { retryAfterMs, isRouteBlocked }: { retryAfterMs: number; isRouteBlocked: boolean },
  ) {
    super(`Discord takes no request now (${bucket}); again in ${retryAfterMs} ms`);
    this.retryAfterMs = retryAfterMs;
    this.isRouteBlocked = isRouteBlocked;
  }
}

/** Whether a message should be reached by another route, where there is one. Nothing was carried out. */
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
  /** For how long it was closed. */
  readonly waitMs: number;
}

export class RateLimits {
  readonly #closed = new Map<string, Closed>();
  /** Since when an interaction's route has been refused without an answer in between. */
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
    const own = laneOf(request);
    const isConcerned = (name: string): boolean =>
      name === own || (request.by === 'bot' && (name === WITH_BOT_TOKEN || name === EVERYTHING));
    const first = [...this.#closed].find(([name]) => isConcerned(name));
    if (first !== undefined) throw this.#busy(request, first[0], pauseLeftMs(first[1], nowMs));
  }

  /** Discord has carried the request out. */
  noteAnswer(request: LimitedRequest): void {
    this.#refusedSinceMs.delete(laneOf(request));
  }

  /** The failure as it is passed on; closes what it says is closed. */
  afterFailure(error: unknown, request: LimitedRequest): unknown {
    const { by, bucket } = request;
    if (error instanceof RateLimitError) {
      const pauseMs = believedPauseMs(error);
      const closed = error.global && by === 'bot' ? EVERYTHING : laneOf(request);
      this.#close(closed, pauseMs);
      this.#noteRefused(request);
      this.#logger.info(
        { bucket: shownBucket(request, closed), waitMs: pauseMs },
        'Discord asks to wait',
      );
      // Its own message and URL hold the token of an interaction.
      return this.#busy(request, closed, pauseMs);
    }
    this.noteAnswer(request);
    if (by === 'bot' && isBotTokenRefused(error)) {
      this.#close(WITH_BOT_TOKEN, TOKEN_REFUSED_PAUSE_MS);
      this.#logger.error(
        { err: error, bucket, waitMs: TOKEN_REFUSED_PAUSE_MS },
        'Discord does not accept the token of the bot: if it was reset, put the new one into DISCORD_TOKEN and start again; nothing is lost meanwhile',
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
    const route = laneOf(request);
    const nowMs = this.#clock.now();
    // A first refusal that is yet to come: the clock was set back.
    this.#refusedSinceMs.set(route, Math.min(this.#refusedSinceMs.get(route) ?? nowMs, nowMs));
  }

  #busy(request: LimitedRequest, bucket: string, retryAfterMs: number): DiscordBusyError {
    const sinceMs = this.#refusedSinceMs.get(laneOf(request));
    const refusedForMs = sinceMs === undefined ? 0 : this.#clock.now() - sinceMs;
    return new DiscordBusyError(shownBucket(request, bucket), {
      retryAfterMs,
      isRouteBlocked:
        request.by === 'interaction' && Math.max(refusedForMs, retryAfterMs) >= BLOCKED_AFTER_MS,
    });
  }
}

/** What shares the request's rate limit. */
function laneOf({ method, route, bucket }: LimitedRequest): string {
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
