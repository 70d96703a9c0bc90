/**
 * Claims on interactions: a row by the interaction's id, which one process at most can insert. A
 * doubled event, a replayed one, and two processes on one shard make one job, because work starts
 * only with the claim. The row also keeps the asker's language, and the interaction's
 * token, a secret that opens one message for 15 minutes.
 */
import { DAY, MINUTE, SECOND, type Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { processLease, type Leases } from '../../storage/leases/leases.ts';
import { closestLocale, type Locale } from '../../text/locales.ts';
import { ClaimWriter } from './claim-writer.ts';

/** Discord keeps a token for 15 minutes (Receiving and Responding); the last half minute is not trusted. */
const TOKEN_LIFE_MS = 14.5 * MINUTE;
/**
 * The acknowledgement, for which Discord gives 3 seconds, does not wait for the claim: the member sees
 * a reply that is thinking. A bot that is busy with very many orders writes claims seconds late.
 */
const CLAIM_WITHIN_MS = 4 * SECOND;
/** Discord replays events for minutes after a resume, never for a day. */
const KEEP_FINISHED_MS = DAY;

/** The interaction is another handling's: of a doubled event, or of another process. Dropped without a word. */
export class InteractionTaken extends Error {
  readonly kind = 'interaction-taken';
  override readonly name = 'InteractionTaken';
}

/** The tokens of claimed interactions. */
export interface InteractionTokens {
  /** @returns undefined once it has died, or when the interaction was never claimed */
  find(interactionId: string): Promise<string | undefined>;
  /** Discord says that it is dead, whatever our clock says. */
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
   * Never waits for more than 4 s. A claim that is written after that all the same is finished at
   * once: nothing follows from it.
   *
   * @throws Error when the database cannot be asked, or takes too long
   */
  claim(interaction: ClaimedInteraction): Promise<'ours' | 'taken'>;
  /** Returns the language that the asker of a claimed interaction is answered in. */
  findLocale(interactionId: string): Promise<Locale>;
  /**
   * The handling has ended, and the asker has their answer. Does nothing for what this process has
   * not claimed; never throws: what cannot be written down now is by the next `tidy`.
   */
  finish(interactionId: string): Promise<void>;
  /**
   * The same, in the transaction that records what came of it: an interaction has its job, or the
   * answer that there is none, and never both.
   *
   * @throws InteractionTaken when another process took this one for dead and has answered
   */
  finishWith(transaction: DatabaseTransaction, interactionId: string): Promise<void>;
  /**
   * Takes over every unfinished claim of a dead process, whose asker waits for an answer; of several
   * processes that try, one gets it.
   *
   * @returns the ids of the interactions, oldest first within each dead process
   */
  adoptAbandoned(): Promise<string[]>;
  /** Forgets dead tokens and old claims, and finishes what could not be finished before. */
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
   * The claims of this process that the database has as unfinished, or may have: in somebody's
   * hands, still being written after their time, or over and not written down as such yet.
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
      // Not awaited: it may take as long as the database is away. It throws nothing.
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
      // Nobody is told of these: they are found again, as our own.
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
    // Its answer may be all that was lost. `tidy` sees to it: this database is not asked again now.
    else this.#open.set(id, 'over');
  }

  async #finish(id: string): Promise<void> {
    this.#open.set(id, 'over');
    try {
      await this.#finished(this.#database, id).execute();
      this.#open.delete(id);
    } catch (error) {
      this.#logger.warn({ err: error, interactionId: id }, 'a claim could not be finished yet');
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
      // Held meanwhile, so that others who look take the dead one for alive.
      await using lease =
        processId === own ? undefined : await this.#leases.take(processLease(processId));
      if (processId !== own && lease === undefined) continue;
      for (const claim of claims) if (await this.#adopt(claim)) adopted.push(claim.interactionId);
    }
  }

  /** One of our own that nobody here knows was adopted before, and the answer to that was lost. */
  async #adopt({ interactionId, processId }: OpenClaim): Promise<boolean> {
    if (this.#open.has(interactionId)) return false;
    // Before it is written: another look of this process may see the row before the answer comes.
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
