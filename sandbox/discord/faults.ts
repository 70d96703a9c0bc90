/** Injected faults: each is used once, or `times` times, and is then gone. */
import type { RequestEntry } from './journal.ts';
import { applyChanges, matchesPayload, type FieldChanges } from './payload-faults.ts';
import type { RouteName } from './rest/router.ts';
import type { Json } from './store.ts';

/** The facts of a request that a fault can match. */
type Sent = Pick<RequestEntry, 'body' | 'files'>;

interface RestFaultTarget {
  /** Method and template as in `coverage.ts`: `PATCH /webhooks/:app/:token/messages/@original`. */
  readonly route: RouteName;
  /** Lets other requests of the route pass; the first request matches when omitted. */
  readonly only?: (request: Sent) => boolean;
  /** How many requests it affects; 1 when omitted. */
  readonly times?: number;
}

/**
 * - `status`: responds with this status and code without doing the work.
 * - `rate-limit`: 429 without doing the work; over after `retryAfterMs`.
 * - `slow`: waits `delayMs`, then does the work as usual.
 * - `hang`: never responds; `when` says whether the work was done.
 * - `cut`: closes the connection before or after doing the work (after: a lost response). With
 *   `reset`, the client sees ECONNRESET, which discord.js retries by itself; otherwise a plain
 *   end, which it reports.
 * - `late`: cuts the connection at once, and does the work when `until` resolves: no client is told,
 *   and it overwrites what was done meanwhile.
 * - `malformed`: does the work, then responds 200 with a body that is not JSON.
 * - `changed-answer`: does the work, then responds with fields omitted, null or unusual. Few fields are
 *   guaranteed: of a callback’s response only `interaction.id` and `interaction.type` (Discord’s OpenAPI
 *   file, `InteractionCallbackResponse`).
 */
export type RestFault = RestFaultTarget &
  (
    | {
        readonly kind: 'status';
        readonly status: number;
        readonly code?: number;
        readonly message?: string;
      }
    | {
        readonly kind: 'rate-limit';
        readonly retryAfterMs: number;
        readonly scope?: 'user' | 'global' | 'shared';
      }
    | { readonly kind: 'slow'; readonly delayMs: number }
    | { readonly kind: 'hang'; readonly when: 'before' | 'after' }
    | { readonly kind: 'cut'; readonly when: 'before' | 'after'; readonly how?: 'end' | 'reset' }
    | { readonly kind: 'late'; readonly until: Promise<unknown> }
    | { readonly kind: 'malformed' }
    | ({ readonly kind: 'changed-answer' } & FieldChanges)
  );

/**
 * - `drop-connection`: cuts the socket instead of sending the next interaction event; the event is
 *   replayed when the bot resumes.
 * - `duplicate-interaction`: sends the next interaction event twice.
 * - `invalid-session`: responds to the next RESUME with op 9.
 * - `dead-resume-host`: responds to the next handshake at the session’s own address (`resume_gateway_url`)
 *   with 503, while the gateway for new sessions works.
 * - `unanswered-resume`, `unanswered-identify`: accepts the next RESUME or IDENTIFY without a response,
 *   while heartbeats on that connection are acknowledged as usual.
 * - `unreadable-operation`: sends op 9 without its flag (`d`, Discord developer docs, "Invalid Session")
 *   before the next interaction event; discord.js throws outside everything that handles events.
 * - `unknown-guild`: the next login does not mention one guild, neither in READY nor in a separate
 *   event, while its members use commands as usual.
 */
export interface GatewayFault {
  readonly kind:
    | 'drop-connection'
    | 'duplicate-interaction'
    | 'invalid-session'
    | 'dead-resume-host'
    | 'unanswered-resume'
    | 'unanswered-identify'
    | 'unreadable-operation'
    | 'unknown-guild';
  readonly times?: number;
}

/**
 * - `absent-fields`: the next such event lacks optional fields, or has null in them.
 * - `poisoned-dispatch`: the next such event lacks or corrupts a field that discord.js relies on.
 *
 * Events without these fields pass, as do those of other guilds when one is named.
 */
export interface DispatchFault extends FieldChanges {
  readonly kind: 'absent-fields' | 'poisoned-dispatch';
  /** For example `INTERACTION_CREATE`. */
  readonly event: string;
  readonly guildId?: string | undefined;
  readonly times?: number;
}

export type Fault = RestFault | GatewayFault | DispatchFault;

export class Faults {
  #pending: { readonly fault: Fault; left: number }[] = [];

  /** @returns removes the fault where it has not happened yet */
  inject(fault: Fault): () => void {
    const entry = { fault, left: fault.times ?? 1 };
    this.#pending.push(entry);
    return () => {
      this.#pending = this.#pending.filter((one) => one !== entry);
    };
  }

  /** Faults not used up yet, for a test to fail on. */
  pending(): Fault[] {
    return this.#pending.map(({ fault }) => fault);
  }

  /** Removes the faults not used up yet. */
  end(): void {
    this.#pending = [];
  }

  takeForRoute(name: RouteName, sent: Sent): RestFault | undefined {
    const entry = this.#pending.find(
      ({ fault }) => 'route' in fault && fault.route === name && (fault.only?.(sent) ?? true),
    );
    if (entry === undefined || !('route' in entry.fault)) return undefined;
    this.#use(entry);
    return entry.fault;
  }

  /** Whether such a gateway fault was pending; the call uses it up. */
  takeForGateway(kind: GatewayFault['kind']): boolean {
    const entry = this.#pending.find(({ fault }) => fault.kind === kind);
    if (entry === undefined) return false;
    this.#use(entry);
    return true;
  }

  /** The event's payload as the bot receives it. */
  dispatched(event: string, guildId: string, data: Json): Json {
    const entry = this.#pending.find(
      ({ fault }) =>
        'event' in fault &&
        fault.event === event &&
        (fault.guildId ?? guildId) === guildId &&
        matchesPayload(data, fault),
    );
    if (entry === undefined || !('event' in entry.fault)) return data;
    this.#use(entry);
    return applyChanges(data, entry.fault);
  }

  #use(entry: { left: number }): void {
    entry.left -= 1;
    this.#pending = this.#pending.filter(({ left }) => left > 0);
  }
}
