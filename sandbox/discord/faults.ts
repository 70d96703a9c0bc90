/** Misbehaviour on demand: each fault is consumed once, or `times` times, and then is gone. */
import type { RequestEntry } from './journal.ts';
import { changed, fits, type FieldChanges } from './payload-faults.ts';
import type { RouteName } from './rest/router.ts';
import type { Json } from './store.ts';

/** What a request brought. */
type Sent = Pick<RequestEntry, 'body' | 'files'>;

interface RestFaultTarget {
  /** Method and template as in `coverage.ts`: `PATCH /webhooks/:app/:token/messages/@original`. */
  readonly route: RouteName;
  /** Lets every other request of the route pass; it meets the first to come when omitted. */
  readonly only?: (request: Sent) => boolean;
  /** How many requests it meets; 1 when omitted. */
  readonly times?: number;
}

/**
 * - `status`: answers this status and code without doing the work.
 * - `rate-limit`: 429 without doing the work; over after `retryAfterMs`.
 * - `slow`: waits `delayMs`, then does the work as usual.
 * - `hang`: never answers; `when` says whether the work was done.
 * - `cut`: closes the connection before or after doing the work (after: the lost answer). Told to
 *   `reset`, the client sees ECONNRESET, which discord.js tries again by itself; otherwise a plain
 *   end, which it reports.
 * - `late`: cuts the connection at once, and does the work when `until` resolves: nobody hears of it,
 *   and it takes the place of what was done meanwhile.
 * - `malformed`: does the work, then answers 200 with something that is no JSON.
 * - `changed-answer`: does the work, then answers with fields left out, null or odd. Documents promise
 *   few fields: of a callback's answer only `interaction.id` and `interaction.type` (Discord's OpenAPI
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
 * - `invalid-session`: answers the next RESUME with op 9.
 * - `dead-resume-host`: answers the next handshake at the session's own address (`resume_gateway_url`)
 *   with 503, while the gateway that fresh sessions go to is well.
 * - `unanswered-resume`, `unanswered-identify`: takes the next RESUME or IDENTIFY and answers nothing to
 *   it, while heartbeats on that connection are acknowledged as usual.
 * - `unreadable-operation`: sends op 9 without its flag (`d`, Discord developer docs, "Invalid Session")
 *   before the next interaction event; discord.js throws outside everything that handles events.
 * - `unknown-guild`: the next login is told nothing of one guild, neither in READY nor in an event of
 *   its own, while its members use commands as usual.
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
 * - `poisoned-dispatch`: the next such event lacks or spoils a field that discord.js relies on.
 *
 * Events without these fields pass, and so do those of other guilds where one is named.
 */
export interface DispatchFault extends FieldChanges {
  readonly kind: 'absent-fields' | 'poisoned-dispatch';
  /** As in `INTERACTION_CREATE`. */
  readonly event: string;
  readonly guildId?: string | undefined;
  readonly times?: number;
}

export type Fault = RestFault | GatewayFault | DispatchFault;

export class Faults {
  #pending: { readonly fault: Fault; left: number }[] = [];

  /** @returns takes back what of it has not happened yet */
  inject(fault: Fault): () => void {
    const entry = { fault, left: fault.times ?? 1 };
    this.#pending.push(entry);
    return () => {
      this.#pending = this.#pending.filter((one) => one !== entry);
    };
  }

  /** Those not yet used up, for a test to fail on. */
  pending(): Fault[] {
    return this.#pending.map(({ fault }) => fault);
  }

  /** Those not yet used up will not happen. */
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

  /** Whether such a gateway fault was pending; it is used up by asking. */
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
        fits(data, fault),
    );
    if (entry === undefined || !('event' in entry.fault)) return data;
    this.#use(entry);
    return changed(data, entry.fault);
  }

  #use(entry: { left: number }): void {
    entry.left -= 1;
    this.#pending = this.#pending.filter(({ left }) => left > 0);
  }
}
