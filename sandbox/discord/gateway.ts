/**
 * The websocket side: hello, heartbeats, identify, resume with replay, events to every session that
 * has the guild. Source: Discord developer docs, "Gateway" and "Gateway Connection Lifecycle".
 */
import { randomBytes } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';

import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';

import type { Faults } from './faults.ts';
import { guildCreateJson } from './guild-json.ts';
import type { GatewayEntry, JournalEntry } from './journal.ts';
import { userJson } from './message-json.ts';
import type { PayloadWatch } from './payload-watch.ts';
import type { Json, Store } from './store.ts';

const OP = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  presence: 3,
  resume: 6,
  invalidSession: 9,
  hello: 10,
  heartbeatAck: 11,
} as const;

/** Discord developer docs, "Gateway Close Event Codes". */
const CLOSE = {
  unknownOpcode: 4001,
  decodeError: 4002,
  notAuthenticated: 4003,
  authenticationFailed: 4004,
  alreadyAuthenticated: 4005,
  invalidVersion: 4012,
} as const;
/** A client that closes with one of these ends its session. */
const SESSION_ENDING: readonly number[] = [1000, 1001];

const SHARD_SHIFT = 22n;
const INTERACTION = 'INTERACTION_CREATE';
/**
 * Where sessions are resumed: at Discord a separate host, which can fail alone, as on 2026-09-01
 * (Rapptz/discord.py issue 10511: repeated 503 without recovery).
 */
const RESUME_PATH = '/resume';
const DEAD_HOST_STATUS = 503;
/** Belongs to shard 0, whatever the number of shards. */
const NO_GUILD = '0';

const payloadSchema = z.looseObject({ op: z.int(), d: z.unknown().optional() });
const identifySchema = z.looseObject({
  token: z.string(),
  intents: z.int(),
  shard: z.tuple([z.int(), z.int()]).optional(),
});
const resumeSchema = z.looseObject({ token: z.string(), session_id: z.string(), seq: z.int() });

interface SessionEvent {
  readonly s: number;
  readonly text: string;
  /** The interaction it is about, if any. */
  readonly interactionId: string | undefined;
}

interface Session {
  readonly id: string;
  readonly shard: readonly [number, number];
  readonly events: SessionEvent[];
  socket: WebSocket | undefined;
  lastSequence: number;
}

export interface Gateway {
  /** Sends an event to every session whose shard has the guild, now or when it resumes. */
  dispatch(event: string, guildId: string, data: Json): void;
  /**
   * Like `dispatch`, but meets the injected faults for interactions. Those without a guild, from
   * direct messages, go to shard 0 (Discord developer docs, "Sharding").
   */
  dispatchInteraction(guildId: string | undefined, data: Json): void;
  /** Cuts every socket; sessions stay, to be resumed. */
  drop(): void;
  /** Ends every session with the code for an invalid token. */
  rejectToken(): void;
  readonly readies: number;
  close(): void;
}

export interface GatewayOptions {
  readonly server: Server;
  readonly store: Store;
  readonly faults: Faults;
  readonly watch: PayloadWatch;
  readonly journal: JournalEntry[];
  /** Receives operations that nobody should send. */
  readonly onUnknown: (what: string) => void;
  readonly url: () => string;
}

export function startGateway(options: GatewayOptions): Gateway {
  const { server, store, faults, watch, journal, onUnknown } = options;
  const sockets = new WebSocketServer({
    server,
    verifyClient({ req }, accept) {
      const isDead = isAtResumeHost(req) && faults.takeForGateway('dead-resume-host');
      if (isDead) note('refused', `${DEAD_HOST_STATUS} ${req.url ?? ''}`);
      accept(!isDead, DEAD_HOST_STATUS, STATUS_CODES[DEAD_HOST_STATUS]);
    },
  });
  const sessions = new Map<string, Session>();
  let readies = 0;

  function note(direction: GatewayEntry['direction'], what: string): void {
    journal.push({ kind: 'gateway', direction, what, atMs: store.now() });
  }

  function send(socket: WebSocket, payload: Json, what: string): void {
    note('sent', what);
    socket.send(JSON.stringify({ s: null, t: null, d: null, ...payload }));
  }

  function deliver(socket: WebSocket | undefined, event: SessionEvent, what: string): void {
    if (socket?.readyState !== WebSocket.OPEN) return;
    note('sent', what);
    socket.send(event.text);
    const interaction =
      event.interactionId === undefined ? undefined : store.interactions.get(event.interactionId);
    if (interaction !== undefined) interaction.deliveryTries += 1;
  }

  function push(session: Session, name: string, data: Json): void {
    session.lastSequence += 1;
    const s = session.lastSequence;
    const text = JSON.stringify({ op: OP.dispatch, s, t: name, d: data });
    const id = name === INTERACTION ? data['id'] : undefined;
    const event = { s, text, interactionId: typeof id === 'string' ? id : undefined };
    session.events.push(event);
    deliver(session.socket, event, name);
  }

  function identify(socket: WebSocket, data: unknown): Session | undefined {
    if (faults.takeForGateway('unanswered-identify')) return undefined;
    const wanted = identifySchema.safeParse(data);
    if (!wanted.success || wanted.data.token !== store.settings.token) {
      socket.close(CLOSE.authenticationFailed, 'Authentication failed.');
      return undefined;
    }
    const session: Session = {
      id: randomBytes(16).toString('hex'),
      shard: wanted.data.shard ?? [0, 1],
      events: [],
      socket,
      lastSequence: 0,
    };
    sessions.set(session.id, session);
    const all = [...store.guilds.values()].filter(
      (guild) => guild.hasBot && isOnShard(guild.id, session.shard),
    );
    const guilds = faults.takeForGateway('unknown-guild') ? all.slice(1) : all;
    const ready = {
      v: 10,
      user: userJson(store.bot),
      session_id: session.id,
      session_type: 'normal',
      resume_gateway_url: `${options.url()}${RESUME_PATH}`,
      shard: session.shard,
      application: { id: store.settings.applicationId, flags: 0 },
      guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
      private_channels: [],
      relationships: [],
      presences: [],
    };
    push(session, 'READY', faults.dispatched('READY', NO_GUILD, ready));
    const available = guilds.filter(({ isUnavailable }) => !isUnavailable);
    for (const guild of available) {
      const event = faults.dispatched('GUILD_CREATE', guild.id, guildCreateJson(store, guild));
      push(session, 'GUILD_CREATE', event);
    }
    readies += 1;
    store.changed();
    return session;
  }

  function resume(socket: WebSocket, data: unknown): Session | undefined {
    if (faults.takeForGateway('unanswered-resume')) return undefined;
    const wanted = resumeSchema.safeParse(data);
    const session = wanted.success ? sessions.get(wanted.data.session_id) : undefined;
    const isRefused = faults.takeForGateway('invalid-session');
    if (!wanted.success || session === undefined || isRefused) {
      if (session !== undefined) sessions.delete(session.id);
      send(socket, { op: OP.invalidSession, d: false }, 'op 9');
      return undefined;
    }
    if (wanted.data.token !== store.settings.token) {
      socket.close(CLOSE.authenticationFailed, 'Authentication failed.');
      return undefined;
    }
    session.socket = socket;
    for (const event of session.events.filter(({ s }) => s > wanted.data.seq))
      deliver(socket, event, `replayed ${event.s}`);
    push(session, 'RESUMED', {});
    return session;
  }

  function receive(socket: WebSocket, text: string, session: Session | undefined) {
    const payload = payloadSchema.safeParse(parsed(text));
    if (!payload.success) {
      socket.close(CLOSE.decodeError, 'Error while decoding payload.');
      return session;
    }
    const { op, d } = payload.data;
    note('received', `op ${op}`);
    if (op === OP.heartbeat) {
      send(socket, { op: OP.heartbeatAck }, 'op 11');
      return session;
    }
    if (op === OP.identify || op === OP.resume) {
      if (session === undefined)
        return op === OP.identify ? identify(socket, d) : resume(socket, d);
      socket.close(CLOSE.alreadyAuthenticated, 'Already authenticated.');
      return session;
    }
    if (session === undefined) socket.close(CLOSE.notAuthenticated, 'Not authenticated.');
    else if (op !== OP.presence) {
      onUnknown(`GATEWAY op ${op}`);
      socket.close(CLOSE.unknownOpcode, 'Unknown opcode.');
    }
    return session;
  }

  sockets.on('connection', (socket, request) => {
    note('opened', request.url ?? '/');
    let session: Session | undefined;
    socket.on('message', (data: Buffer) => {
      session = receive(socket, data.toString('utf8'), session);
    });
    socket.on('error', (error) => note('closed', `error ${error.message}`));
    socket.on('close', (code) => {
      note('closed', String(code));
      if (session === undefined) return;
      if (session.socket === socket) session.socket = undefined;
      if (SESSION_ENDING.includes(code)) sessions.delete(session.id);
    });
    const query = new URL(request.url ?? '/', 'ws://sandbox').searchParams;
    if (query.get('v') !== '10' || query.get('encoding') !== 'json' || query.has('compress')) {
      onUnknown(`GATEWAY ${request.url ?? '/'}`);
      socket.close(CLOSE.invalidVersion, 'Invalid API version.');
      return;
    }
    const { heartbeatIntervalMs } = store.settings;
    send(socket, { op: OP.hello, d: { heartbeat_interval: heartbeatIntervalMs } }, 'op 10');
  });

  function drop(): void {
    for (const socket of sockets.clients) socket.terminate();
  }

  function dispatch(event: string, guildId: string, data: Json): void {
    const audience = [...sessions.values()].filter(({ shard }) => isOnShard(guildId, shard));
    if (audience.length === 0) return;
    watch.saw(event, data);
    const sent = faults.dispatched(event, guildId, data);
    for (const session of audience) push(session, event, sent);
  }

  return {
    dispatch,
    dispatchInteraction(guildId, data) {
      if (faults.takeForGateway('drop-connection')) {
        for (const session of sessions.values()) {
          session.socket?.terminate();
          session.socket = undefined;
        }
      }
      if (faults.takeForGateway('unreadable-operation')) {
        for (const { socket } of sessions.values())
          if (socket !== undefined) send(socket, { op: OP.invalidSession }, 'op 9 without d');
      }
      dispatch(INTERACTION, guildId ?? NO_GUILD, data);
      if (faults.takeForGateway('duplicate-interaction'))
        dispatch(INTERACTION, guildId ?? NO_GUILD, data);
    },
    drop,
    rejectToken() {
      sessions.clear();
      for (const socket of sockets.clients)
        socket.close(CLOSE.authenticationFailed, 'Authentication failed.');
    },
    get readies() {
      return readies;
    },
    close() {
      drop();
      sockets.close();
    },
  };
}

function isAtResumeHost({ url = '' }: IncomingMessage): boolean {
  return new URL(url, 'ws://sandbox').pathname.startsWith(RESUME_PATH);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Data that is not JSON has no operation: the schema refuses it.
    return undefined;
  }
}

/** Discord developer docs, "Sharding": (guild_id >> 22) % num_shards. */
function isOnShard(guildId: string, [shard, count]: readonly [number, number]): boolean {
  return (BigInt(guildId) >> SHARD_SHIFT) % BigInt(count) === BigInt(shard);
}
