/**
 * Requests to Discord by clients of our own, made so that one of them can hold up no other:
 *
 * - Nothing is repeated by the library: a 5xx would be asked again without a pause, and a repeated
 *   upload is a second message. Whoever asked tries again, later.
 * - A rate limit is not waited out but told, with the time it takes; until then its lane is closed,
 *   without another request (Discord shuts out whoever is refused 10 000 times in ten minutes). The
 *   library would wait for ever, and whoever waits with it.
 * - Uploads have minutes, and queues of their own: the library sends one request of a bucket at a
 *   time, so that words would wait behind them. Few go at once, because each is whole in memory.
 * - The library is never given the bot's token: after any 401 it would forget it, and then fail
 *   every call. Ours is a header.
 */
import { RateLimitError, REST, type RawFile } from 'discord.js';

import { pauseLeftMs } from '../../backoff.ts';
import { HOUR, MINUTE, SECOND, type Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import { Turns } from '../../turns.ts';
import { isBotTokenRefused } from '../discord-error.ts';
import { createDiscordTransport, type DiscordTransport } from '../rest/transport.ts';

const TIMEOUT_MS = 15 * SECOND;
const UPLOAD_TIMEOUT_MS = 5 * MINUTE;
/** Each holds its file in memory, up to 100 MiB in servers of the highest tier. */
const UPLOADS_AT_ONCE = 8;
/** After the bot's token was refused: a fault of Discord's passes, a token that was reset stays dead. */
const TOKEN_REFUSED_PAUSE_MS = 30 * SECOND;
/** What a rate limit without a readable time is taken for, and the longest that is believed. */
const LEAST_PAUSE_MS = SECOND;
const MOST_PAUSE_MS = HOUR;

const EVERYTHING = 'everything';
const WITH_BOT_TOKEN = 'with the bot token';

/** Discord takes no request of this lane now; none was sent, or it was not carried out. */
export class DiscordBusyError extends Error {
  readonly kind = 'discord-busy';
  override readonly name = 'DiscordBusyError';
  readonly retryAfterMs: number;

  constructor(lane: string, retryAfterMs: number, options: ErrorOptions = {}) {
    super(`Discord takes no request now (${lane}); again in ${retryAfterMs} ms`, options);
    this.retryAfterMs = retryAfterMs;
  }
}

export interface DiscordRequest {
  readonly method: 'get' | 'patch' | 'post' | 'put';
  readonly route: `/${string}`;
  /** Whose right it is: the bot's, or that of an interaction's token, which is in the route. */
  readonly by: 'bot' | 'interaction';
  /**
   * What shares one rate limit, such as `edits in <channel>`. None for what has its own: the message
   * of an interaction.
   */
  readonly lane?: string | undefined;
  readonly body?: object | undefined;
  readonly query?: URLSearchParams | undefined;
  /** Reads the files, in the request's turn. */
  readonly files?: (() => Promise<RawFile[]>) | undefined;
}

export interface DiscordRequestsOptions {
  readonly apiUrl: string;
  readonly token: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Direct connections by default. */
  readonly transport?: DiscordTransport | undefined;
  /** How long one request with files may take, in milliseconds. */
  readonly uploadTimeoutMs?: number | undefined;
  /** Told of each client that is made. */
  readonly onClient?: ((client: REST) => void) | undefined;
}

/**
 * @throws DiscordBusyError; DiscordAPIError or HTTPError for a refusal; what the socket throws, or
 *   an AbortError when it took too long: then nobody knows whether it was carried out
 */
export type SendRequest = (request: DiscordRequest) => Promise<unknown>;

export function createDiscordRequests({
  apiUrl,
  token,
  clock,
  logger,
  transport = createDiscordTransport(),
  uploadTimeoutMs = UPLOAD_TIMEOUT_MS,
  onClient = () => {},
}: DiscordRequestsOptions): SendRequest {
  const uploads = new Turns(UPLOADS_AT_ONCE);
  const lanes = new Lanes(clock, logger);
  const client = (by: DiscordRequest['by'], timeout: number): REST =>
    new REST({
      api: apiUrl,
      version: '10',
      makeRequest: transport,
      timeout,
      retries: 0,
      rejectOnRateLimit: () => true,
      ...(by === 'bot'
        ? { headers: { authorization: `Bot ${token}` } }
        : // Interaction routes are exempt from the global limit (Discord developer docs, Rate Limits).
          { globalRequestsPerSecond: Number.POSITIVE_INFINITY }),
    });
  const clients = {
    bot: { plain: client('bot', TIMEOUT_MS), upload: client('bot', uploadTimeoutMs) },
    interaction: {
      plain: client('interaction', TIMEOUT_MS),
      upload: client('interaction', uploadTimeoutMs),
    },
  };
  for (const { plain, upload } of Object.values(clients)) [plain, upload].forEach(onClient);

  const sendNow = async (request: DiscordRequest): Promise<unknown> => {
    const { method, route, by, body, query, files } = request;
    lanes.check(request);
    const rest = clients[by][files === undefined ? 'plain' : 'upload'];
    const sent = {
      auth: false,
      ...(body === undefined ? {} : { body }),
      ...(query === undefined ? {} : { query }),
      ...(files === undefined ? {} : { files: await files() }),
    };
    try {
      return await rest[method](route, sent);
    } catch (error) {
      throw lanes.closedBy(error, request);
    }
  };

  return async (request) =>
    request.files === undefined
      ? sendNow(request)
      : uploads.run(new AbortController().signal, async () => sendNow(request));
}

interface Closed {
  readonly untilMs: number;
  /** For how long it was closed. */
  readonly waitMs: number;
}

/** Which lanes are closed, and until when. */
class Lanes {
  readonly #closed = new Map<string, Closed>();
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** @throws DiscordBusyError */
  check({ by, lane }: DiscordRequest): void {
    const nowMs = this.#clock.now();
    for (const [name, closed] of this.#closed) {
      if (pauseLeftMs(closed, nowMs) <= 0) this.#closed.delete(name);
    }
    const isConcerned = (name: string): boolean =>
      name === lane || (by === 'bot' && (name === WITH_BOT_TOKEN || name === EVERYTHING));
    const first = [...this.#closed].find(([name]) => isConcerned(name));
    if (first !== undefined) throw new DiscordBusyError(first[0], pauseLeftMs(first[1], nowMs));
  }

  /** The failure as it is told on; closes what it says is closed. */
  closedBy(error: unknown, { by, lane }: DiscordRequest): unknown {
    if (error instanceof RateLimitError) {
      const pauseMs = believedPauseMs(error);
      const closed = error.global && by === 'bot' ? EVERYTHING : lane;
      if (closed !== undefined) this.#close(closed, pauseMs);
      this.#logger.info({ lane: closed, waitMs: pauseMs }, 'Discord asks to wait');
      // Its own message and URL hold the token of an interaction.
      return new DiscordBusyError(closed ?? 'one message', pauseMs);
    }
    if (by === 'bot' && isBotTokenRefused(error)) {
      this.#close(WITH_BOT_TOKEN, TOKEN_REFUSED_PAUSE_MS);
      this.#logger.error(
        { err: error, waitMs: TOKEN_REFUSED_PAUSE_MS },
        'Discord does not accept the token of the bot: if it was reset, put the new one into DISCORD_TOKEN and start again; nothing is lost meanwhile',
      );
    }
    return error;
  }

  #close(lane: string, waitMs: number): void {
    this.#closed.set(lane, { untilMs: this.#clock.now() + waitMs, waitMs });
  }
}

function believedPauseMs({ retryAfter, timeToReset }: RateLimitError): number {
  const saidMs = Math.max(retryAfter, timeToReset);
  if (!Number.isFinite(saidMs)) return LEAST_PAUSE_MS;
  return Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, Math.ceil(saidMs)));
}
