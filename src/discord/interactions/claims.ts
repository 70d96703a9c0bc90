/**
 * Claims on interactions: a row keyed by the interaction's id, which only one process can insert. Work
 * starts only with the claim, so duplicate events, replayed events and two processes on one shard create
 * one job. The row also stores the interaction's token, a secret that gives access to one message for 15
 * minutes.
 */
import { DAY, MINUTE, SECOND, type Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { processLease, type Leases } from '../../storage/leases/leases.ts';
import { closestLocale, type Locale } from '../../text/locales.ts';
import { ClaimWriter } from './claim-writer.ts';

/** Tokens live for 15 minutes (Receiving and Responding); the last half minute is a safety margin. */
const TOKEN_LIFE_MS = 14.5 * MINUTE;
/**
 * Timeout of a claim. The acknowledgement, due within 3 seconds, does not wait for it; the member already
 * sees a "thinking" reply. Under very high load claims are written seconds late.
 */
const CLAIM_WITHIN_MS = 4 * SECOND;
/** Discord replays events minutes after a resume, never a day later. */
const KEEP_FINISHED_MS = DAY;

/** Another handler has the interaction, because of a duplicate event or in another process. Ignored silently. */
export class InteractionTaken extends Error {
  readonly kind = 'interaction-taken';
  override readonly name = 'InteractionTaken';
}

/** The tokens of claimed interactions. */
export interface InteractionTokens {
  /** @returns undefined once the token has expired, or if the interaction was never claimed */
  find(interactionId: string): Promise<string | undefined>;
  /** Deletes a token that Discord reports as expired. */
  drop(interactionId: string): Promise<void>;
}

export interface ClaimedInteraction {
  readonly id: string;
  readonly token: string;
  /** The language that its asker is answered in. */
  readonly locale: Locale;
}

export interface Claims extends InteractionTokens {
  /**
   * Claims the interaction. Waits at most 4 s; a claim that is written later is finished at once, without
   * any effect.
   *
   * @throws Error when the database is unreachable or takes too long
   */
  claim(interaction: ClaimedInteraction): Promise<'ours' | 'taken'>;
  /** Returns the language that the asker of a claimed interaction is answered in. */
  findLocale(interactionId: string): Promise<Locale>;
  /**
   * Marks the claim as finished, after the member got an answer. Does nothing for an interaction that this
   * process has not claimed. Never throws: a failed write is repeated by the next `tidy`.
   */
  finish(interactionId: string): Promise<void>;
  /**
   * Like `finish`, in the transaction that records the job, so that an interaction gets either its job or
   * the answer that there is none, never both.
   *
   * @throws InteractionTaken when another process considered this one dead and has answered
   */
  finishWith(transaction: DatabaseTransaction, interactionId: string): Promise<void>;
  /**
   * Takes over every unfinished claim of a dead process, whose member waits for an answer. If several
   * processes try, one gets the claim.
   *
   * @returns the ids of the interactions, oldest first within each dead process
   */
  adoptAbandoned(): Promise<string[]>;
  /** Deletes expired tokens and old claims, and finishes claims whose `finish` failed. */
  tidy(): Promise<void>;
}

export interface ClaimsDependencies {
  database: Database;
  leases: Leases;
  clock: Clock;
  logger: Logger;
}

export function createClaims(dependencies: ClaimsDependencies): Claims {
  return new StoredClaims(dependencies);
}

interface OpenClaim {
  readonly interactionId: string;
  readonly processId: string;
}

class StoredClaims implements Claims {
  readonly #database: Database;
  readonly #writer: ClaimWriter;
  readonly #leases: Leases;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /**
   * The claims of this process that are, or may be, unfinished in the database: `in-hand`: being handled;
   * `landing`: still being written after the timeout; `over`: finished but not yet saved as such.
   */
  readonly #open = new Map<string, 'in-hand' | 'landing' | 'over'>();

  constructor({ database, leases, clock, logger }: ClaimsDependencies) {
    this.#database = database;
    this.#writer = new ClaimWriter(database);
    this.#leases = leases;
    this.#clock = clock;
    this.#logger = logger;
  }

  async claim({ id, token, locale }: ClaimedInteraction): Promise<'ours' | 'taken'> {
    if (this.#open.has(id)) return 'taken';
    this.#open.set(id, 'in-hand');
    const landing = this.#writer.insert({
      interaction_id: id,
      process_id: this.#leases.processId,
      claimed_at: this.#clock.now(),
      token,
      locale,
      finished_at: null,
    });
    const answered = new AbortController();
    try {
      const outcome = await Promise.race([landing, this.#timeUp(answered.signal)]);
      if (outcome === 'taken') this.#open.delete(id);
      return outcome;
    } catch (error) {
      this.#open.set(id, 'landing');
      // Not awaited: it may take as long as the database is unreachable. Never throws.
      void this.#finishOnceLanded(id, landing);
      throw error;
    } finally {
      answered.abort();
    }
  }

  async finish(id: string): Promise<void> {
    if (this.#open.get(id) === 'in-hand') await this.#finish(id);
  }

  async finishWith(transaction: DatabaseTransaction, id: string): Promise<void> {
    const { numUpdatedRows } = await this.#finished(transaction, id).executeTakeFirst();
    if (numUpdatedRows === 1n) return;
    throw new InteractionTaken('another process has answered this interaction as abandoned');
  }

  async find(interactionId: string): Promise<string | undefined> {
    const row = await this.#database
      .selectFrom('claims')
      .select('token')
      .where('interaction_id', '=', interactionId)
      .where('claimed_at', '>', this.#deadBeforeMs())
      .executeTakeFirst();
    return row?.token ?? undefined;
  }

  async findLocale(interactionId: string): Promise<Locale> {
    const row = await this.#database
      .selectFrom('claims')
      .select('locale')
      .where('interaction_id', '=', interactionId)
      .executeTakeFirst();
    return closestLocale(row?.locale);
  }

  async drop(interactionId: string): Promise<void> {
    await this.#database
      .updateTable('claims')
      .set({ token: null })
      .where('interaction_id', '=', interactionId)
      .execute();
  }

  async adoptAbandoned(): Promise<string[]> {
    const adopted: string[] = [];
    try {
      await this.#adoptAll(adopted);
    } catch (error) {
      // The caller does not learn of these; they are found again as our own.
      for (const id of adopted) this.#open.delete(id);
      throw error;
    }
    return adopted;
  }

  async tidy(): Promise<void> {
    const over = [...this.#open].flatMap(([id, state]) => (state === 'over' ? [id] : []));
    for (const id of over) await this.#finish(id);
    await this.#database
      .updateTable('claims')
      .set({ token: null })
      .where('token', 'is not', null)
      .where('claimed_at', '<=', this.#deadBeforeMs())
      .execute();
    await this.#database
      .deleteFrom('claims')
      .where('finished_at', '<=', this.#clock.now() - KEEP_FINISHED_MS)
      .execute();
  }

  async #timeUp(signal: AbortSignal): Promise<never> {
    await this.#clock.sleep(CLAIM_WITHIN_MS, signal);
    throw new Error(`The database did not take a claim within ${CLAIM_WITHIN_MS} ms`);
  }

  async #finishOnceLanded(id: string, landing: Promise<'ours' | 'taken'>): Promise<void> {
    const outcome = await landing.catch(() => 'failed' as const);
    if (outcome === 'ours') await this.#finish(id);
    else if (outcome === 'taken') this.#open.delete(id);
    // Only the answer may have been lost. `tidy` handles it, to avoid another query now.
    else this.#open.set(id, 'over');
  }

  async #finish(id: string): Promise<void> {
    this.#open.set(id, 'over');
    try {
      await this.#finished(this.#database, id).execute();
      this.#open.delete(id);
    } catch (error) {
      this.#logger.warn({ err: error, interactionId: id }, 'claim not finished; retrying');
    }
  }

  #finished(database: Database | DatabaseTransaction, id: string) {
    return database
      .updateTable('claims')
      .set({ finished_at: this.#clock.now() })
      .where('interaction_id', '=', id)
      .where('process_id', '=', this.#leases.processId)
      .where('finished_at', 'is', null);
  }

  async #unfinished(): Promise<OpenClaim[]> {
    const rows = await this.#database
      .selectFrom('claims')
      .select(['interaction_id', 'process_id'])
      .where('finished_at', 'is', null)
      .orderBy('claimed_at')
      .execute();
    return rows.map((row) => ({ interactionId: row.interaction_id, processId: row.process_id }));
  }

  async #adoptAll(adopted: string[]): Promise<void> {
    const { processId: own } = this.#leases;
    const unfinished = Map.groupBy(await this.#unfinished(), ({ processId }) => processId);
    for (const [processId, claims] of unfinished) {
      // Held meanwhile, so that other processes consider the dead one alive.
      await using lease =
        processId === own ? undefined : await this.#leases.take(processLease(processId));
      if (processId !== own && lease === undefined) continue;
      for (const claim of claims) if (await this.#adopt(claim)) adopted.push(claim.interactionId);
    }
  }

  /** Adopts a claim. An unknown claim of our own was adopted earlier, and the answer to that was lost. */
  async #adopt({ interactionId, processId }: OpenClaim): Promise<boolean> {
    if (this.#open.has(interactionId)) return false;
    // Before the write: a concurrent search of this process may see the row before the answer arrives.
    this.#open.set(interactionId, 'in-hand');
    let isOurs = false;
    try {
      const { numUpdatedRows } = await this.#database
        .updateTable('claims')
        .set({ process_id: this.#leases.processId })
        .where('interaction_id', '=', interactionId)
        .where('process_id', '=', processId)
        .where('finished_at', 'is', null)
        .executeTakeFirst();
      isOurs = numUpdatedRows === 1n;
      return isOurs;
    } finally {
      if (!isOurs) this.#open.delete(interactionId);
    }
  }

  #deadBeforeMs(): number {
    return this.#clock.now() - TOKEN_LIFE_MS;
  }
}
