/**
 * Requests to Discord by clients of our own, made so that one of them can hold up no other:
 *
 * - Nothing is repeated by the library: a 5xx would be asked again without a pause, and a repeated
 *   upload is a second message. Whoever asked tries again, later.
 * - A rate limit is not waited out but told, with the time it takes; until then its lane is closed,
 *   without another request (Discord shuts out whoever is refused 10 000 times in ten minutes). The
 *   library would wait for ever, and whoever waits with it.
 * - Uploads have minutes, and queues of their own: the library sends one request of a bucket at a
 *   time, so that words would wait behind them. They are read from the disk as they are sent. Few go
 *   at once, and servers share these slots fairly: slow uploads of one hold up no other's.
 * - The library is never given the bot's token: after any 401 it would forget it, and then fail
 *   every call. Ours is a header.
 */
import { REST } from 'discord.js';

import { MINUTE, SECOND, type Clock } from '../../clock.ts';
import { FairSlots } from '../../fair-slots.ts';
import type { Logger } from '../../logger.ts';
import { RateLimits } from './rate-limits.ts';
import { createDiscordTransport, type DiscordTransport } from './transport.ts';

const TIMEOUT_MS = 15 * SECOND;
const UPLOAD_TIMEOUT_MS = 5 * MINUTE;
/** Of which one server alone gets half. */
const UPLOADS_AT_ONCE = 16;

export interface DiscordRequest {
  readonly method: 'get' | 'patch' | 'post' | 'put';
  readonly route: `/${string}`;
  /** Whose right it is: the bot's, or that of an interaction's token, which is in the route. */
  readonly by: 'bot' | 'interaction';
  /**
   * What shares one rate limit, such as `edits in <channel>`. None for what has its own: the message
   * of an interaction.
   */
  readonly bucket?: string | undefined;
  readonly body?: object | undefined;
  readonly query?: URLSearchParams | undefined;
  readonly files?: RequestFiles | undefined;
}

export interface RequestFiles {
  /** Who shares the upload slots fairly with the others. */
  readonly share: string;
  /** Called when the request has its slot. */
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

/** The library would make the form from files that are whole in memory. */
function formOf(body: object | undefined, parts: readonly UploadPart[]): FormData {
  const form = new FormData();
  for (const [index, { name, content }] of parts.entries()) {
    form.append(`files[${index}]`, content, name);
  }
  if (body !== undefined) form.append('payload_json', JSON.stringify(body));
  return form;
}
