/**
 * Limits how many orders fetch their files at once (in total, per server and per member) and how many
 * bytes per second one server may transfer. Reading, hashing and sending files takes processor time
 * from all other servers. Orders wait first come, first served, before any credits are held.
 */
import { MINUTE, type Clock } from '../../clock.ts';
import { UserError } from '../../errors.ts';
import { Semaphore } from '../../semaphore.ts';
import { text } from '../../text/text.ts';
import { ByteRateLimiter } from './byte-rate-limiter.ts';

const AT_ONCE = { inAll: 8, inGuild: 4, ofMember: 1 } as const;
/** Together with the fetch itself, well below the 15-minute lifetime of an interaction token. */
const WAIT_MS = 3 * MINUTE;
/** Per server and process. Two pictures of the largest size pass without a wait after a pause. */
const RATE = {
  bytesPerSecond: 8_000_000,
  burstBytes: 64_000_000,
  maxWaitMs: WAIT_MS,
} as const;

/** The member who orders, and the total size of the files as declared by Discord. */
export interface FetchOrder {
  readonly guildId: string;
  readonly memberId: string;
  readonly declaredBytes: number;
}

export interface FetchQueue {
  /** @throws UserError when no slot was free in time; what `work` throws */
  run<T>(order: FetchOrder, work: () => Promise<T>): Promise<T>;
}

export function createFetchQueue(clock: Pick<Clock, 'now' | 'sleep'>): FetchQueue {
  const rateLimiter = new ByteRateLimiter(RATE, clock);
  const all = new Semaphore(AT_ONCE.inAll);
  const guilds = new KeyedSemaphores(AT_ONCE.inGuild);
  const members = new KeyedSemaphores(AT_ONCE.ofMember);
  return {
    async run({ guildId, memberId, declaredBytes }, work) {
      const wait = startWait(clock);
      try {
        // Narrowest limit first: an order that waits for its member's other orders takes no other slot.
        return await members.run(`${guildId}/${memberId}`, wait.signal, async () =>
          guilds.run(guildId, wait.signal, async () => {
            await rateLimiter.acquire(guildId, declaredBytes, wait.signal);
            return all.run(wait.signal, async () => {
              wait.end();
              return work();
            });
          }),
        );
      } finally {
        wait.end();
      }
    },
  };
}

function startWait(clock: Pick<Clock, 'sleep'>) {
  const over = new AbortController();
  const timedOut = new AbortController();
  void clock.sleep(WAIT_MS, over.signal).then(() => {
    if (over.signal.aborted) return;
    timedOut.abort(new UserError(text('orders:tooManyFetches')));
  });
  return { signal: timedOut.signal, end: (): void => over.abort() };
}

/** A semaphore per key, kept while it is held or waited for. */
class KeyedSemaphores {
  readonly #atOnce: number;
  readonly #byKey = new Map<string, { readonly semaphore: Semaphore; users: number }>();

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  async run<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const entry = this.#byKey.get(key) ?? { semaphore: new Semaphore(this.#atOnce), users: 0 };
    this.#byKey.set(key, entry);
    entry.users += 1;
    try {
      return await entry.semaphore.run(signal, work);
    } finally {
      entry.users -= 1;
      if (entry.users === 0) this.#byKey.delete(key);
    }
  }
}
