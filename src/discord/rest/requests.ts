/**
 * Sends requests to Discord with our own REST clients, so that no request can block another:
 *
 * - The library does not retry: it would repeat a 5xx without a pause, and a repeated upload is a second
 *   message. Callers retry later.
 * - A rate limit is not waited out but thrown, with its duration. Until it ends, its bucket is closed
 *   without further requests, because Discord bans a client that is refused 10,000 times within ten
 *   minutes. The library would let callers wait indefinitely.
 * - Uploads have a longer timeout and separate queues, because the library sends one request per bucket at
 *   a time and texts would wait behind them. Files are streamed from disk. A few uploads run at once, and
 *   their slots are shared fairly between servers.
 * - The library does not get the bot's token: after any 401 it would forget it and fail every later call.
 *   The token is sent as a plain header.
 */
import { REST } from 'discord.js';

import { MINUTE, SECOND, type Clock } from '../../clock.ts';
import { FairSlots } from '../../fair-slots.ts';
import type { Logger } from '../../logger.ts';
import { RateLimits } from './rate-limits.ts';
import { createDiscordTransport, type DiscordTransport } from './transport.ts';

const TIMEOUT_MS = 15 * SECOND;
const UPLOAD_TIMEOUT_MS = 5 * MINUTE;
/** Each server may use at most half of the slots. */
const UPLOADS_AT_ONCE = 16;

export interface DiscordRequest {
  readonly method: 'get' | 'patch' | 'post' | 'put';
  readonly route: `/${string}`;
  /** The authorization: the bot's token, or an interaction's token in the route. */
  readonly by: 'bot' | 'interaction';
  /**
   * Requests with a shared rate limit, such as `edits in <channel>`. Undefined for the message of an
   * interaction, which has its own.
   */
  readonly bucket?: string | undefined;
  readonly body?: object | undefined;
  readonly query?: URLSearchParams | undefined;
  readonly files?: RequestFiles | undefined;
}

export interface RequestFiles {
  /** The holder between which upload slots are shared fairly. */
  readonly share: string;
  /** Called when the request has a slot. */
  readonly open: () => Promise<readonly UploadPart[]>;
}

export interface UploadPart {
  readonly name: string;
  readonly content: Blob;
}

export interface DiscordRequestsOptions {
  readonly apiUrl: string;
  readonly token: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Direct connections by default. */
  readonly transport?: DiscordTransport | undefined;
  /** Timeout of a request with files, in milliseconds. */
  readonly uploadTimeoutMs?: number | undefined;
  /** Called with each client. */
  readonly onClient?: ((client: REST) => void) | undefined;
}

/**
 * @throws DiscordBusyError; DiscordAPIError or HTTPError for a refusal; a socket error or, after the
 *   timeout, an AbortError, with unknown outcome
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
  const uploads = new FairSlots(UPLOADS_AT_ONCE);
  const limits = new RateLimits(clock, logger);
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
    const { method, route, by, query, files } = request;
    limits.check(request);
    const rest = clients[by][files === undefined ? 'plain' : 'upload'];
    const sent = {
      auth: false,
      ...(await contentOf(request)),
      ...(query === undefined ? {} : { query }),
    };
    try {
      const answer = await rest[method](route, sent);
      limits.noteAnswer(request);
      return answer;
    } catch (error) {
      throw limits.afterFailure(error, request);
    }
  };

  return async (request) =>
    request.files === undefined
      ? sendNow(request)
      : uploads.run(request.files.share, async () => sendNow(request));
}

async function contentOf({ body, files }: DiscordRequest) {
  if (files !== undefined) return { passThroughBody: true, body: formOf(body, await files.open()) };
  return body === undefined ? {} : { body };
}

/** Builds the form ourselves, because the library would load the files into memory. */
function formOf(body: object | undefined, parts: readonly UploadPart[]): FormData {
  const form = new FormData();
  for (const [index, { name, content }] of parts.entries()) {
    form.append(`files[${index}]`, content, name);
  }
  if (body !== undefined) form.append('payload_json', JSON.stringify(body));
  return form;
}
