/** A hand-written bot, for rules that discord.js itself never breaks: raw HTTP and websocket. */
import { WebSocket } from 'ws';
import { z } from 'zod';

import type { DiscordSandbox } from '#sandbox/discord/discord.ts';

export interface WireAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

export interface WireRequest {
  readonly json?: unknown;
  readonly files?: readonly { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[];
  /** The Authorization header; the bot's when omitted, none when null. */
  readonly authorization?: string | null;
}

const errorSchema = z.looseObject({ code: z.number() });

/** Discord’s error code in a response; 0 when there is none. */
export function codeOf(answer: WireAnswer): number {
  const parsed = errorSchema.safeParse(answer.body);
  return parsed.success ? parsed.data.code : 0;
}

const idSchema = z.looseObject({ id: z.string() });

export function idOf(answer: WireAnswer): string {
  return idSchema.parse(answer.body).id;
}

export async function call(
  discord: DiscordSandbox,
  route: string,
  { json, files, authorization = `Bot ${discord.token}` }: WireRequest = {},
): Promise<WireAnswer> {
  const [method = 'GET', path = '/'] = route.split(' ');
  const headers = new Headers();
  if (authorization !== null) headers.set('authorization', authorization);
  let body: string | FormData | undefined;
  if (files !== undefined) {
    body = new FormData();
    for (const [index, file] of files.entries())
      body.append(`files[${index}]`, new Blob([file.bytes]), file.name);
    body.append('payload_json', JSON.stringify(json ?? {}));
  } else if (json !== undefined) {
    headers.set('content-type', 'application/json');
    body = JSON.stringify(json);
  }
  const response = await fetch(`${discord.apiUrl}/v10${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

/** Fetches the file at an address. Throws when the address is refused. */
export async function bytesAt(url: string): Promise<Buffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} for ${url}`);
  return Buffer.from(await response.arrayBuffer());
}

const payloadSchema = z.looseObject({
  op: z.number(),
  s: z.number().nullish(),
  t: z.string().nullish(),
  d: z.unknown().optional(),
});
export type Payload = z.infer<typeof payloadSchema>;

/** A gateway connection that keeps what it receives. */
export class WireGateway {
  readonly socket: WebSocket;
  readonly received: Payload[] = [];
  closeCode: number | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.on('message', (data: Buffer) => {
      this.received.push(payloadSchema.parse(JSON.parse(data.toString('utf8'))));
      this.#announce();
    });
    this.socket.on('close', (code) => {
      this.closeCode = code;
      this.#announce();
    });
  }

  send(op: number, d: unknown): void {
    this.socket.send(JSON.stringify({ op, d }));
  }

  /** The first payload like this, now or later. */
  async next(predicate: (payload: Payload) => boolean): Promise<Payload> {
    for (;;) {
      const found = this.received.find((payload) => predicate(payload));
      if (found !== undefined) return found;
      await this.#changed.promise;
    }
  }

  async closed(): Promise<number> {
    while (this.closeCode === undefined) await this.#changed.promise;
    return this.closeCode;
  }

  #announce(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

export function gatewayUrl(discord: DiscordSandbox): string {
  return `ws://${discord.cdnHost}?v=10&encoding=json`;
}

/** Connected and identified. */
export async function connect(discord: DiscordSandbox): Promise<WireGateway> {
  const gateway = new WireGateway(gatewayUrl(discord));
  await gateway.next(({ op }) => op === 10);
  gateway.send(2, { token: discord.token, intents: 1, properties: {} });
  await gateway.next(({ t }) => t === 'READY');
  return gateway;
}

const interactionSchema = z.looseObject({ id: z.string(), token: z.string(), type: z.number() });
export type WireInteraction = z.infer<typeof interactionSchema>;

/** The event of that interaction, with the token that only the bot receives. */
export async function interactionEvent(
  gateway: WireGateway,
  interactionId: string,
): Promise<WireInteraction> {
  const event = await gateway.next(
    ({ t, d }) =>
      t === 'INTERACTION_CREATE' && interactionSchema.safeParse(d).data?.id === interactionId,
  );
  return interactionSchema.parse(event.d);
}
