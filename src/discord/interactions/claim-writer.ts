/**
 * Writes claims to the database, several in one statement when many come at once: each commit waits for
 * the disk, and Discord waits 3 seconds for an answer to each.
 */
import type { Insertable } from 'kysely';

import type { Database } from '../../storage/database.ts';
import type { ClaimTable } from '../../storage/schema.ts';

/** So that one statement that hangs does not hold up all others. */
const STATEMENTS_AT_ONCE = 4;
/** Each has six values, and Postgres takes 65,535 in one statement. */
const MOST_IN_STATEMENT = 500;

export type NewClaim = Insertable<ClaimTable>;

interface Waiting {
  readonly claim: NewClaim;
  readonly landed: PromiseWithResolvers<'ours' | 'taken'>;
}

export class ClaimWriter {
  readonly #database: Database;
  #waiting: Waiting[] = [];
  #underWay = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Inserts the claim unless its interaction has one. No interaction may be passed twice at once.
   *
   * @throws the database's error, then also for other claims of the same statement
   */
  async insert(claim: NewClaim): Promise<'ours' | 'taken'> {
    const landed = Promise.withResolvers<'ours' | 'taken'>();
    this.#waiting.push({ claim, landed });
    this.#writeNext();
    return landed.promise;
  }

  #writeNext(): void {
    if (this.#underWay >= STATEMENTS_AT_ONCE || this.#waiting.length === 0) return;
    const batch = this.#waiting.slice(0, MOST_IN_STATEMENT);
    this.#waiting = this.#waiting.slice(MOST_IN_STATEMENT);
    this.#underWay += 1;
    void this.#write(batch).finally(() => {
      this.#underWay -= 1;
      this.#writeNext();
    });
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    try {
      const rows = await this.#database
        .insertInto('claims')
        .values(batch.map(({ claim }) => claim).toSorted(byInteraction))
        .onConflict((conflict) => conflict.column('interaction_id').doNothing())
        .returning('interaction_id')
        .execute();
      const ours = new Set(rows.map((row) => row.interaction_id));
      for (const { claim, landed } of batch) {
        landed.resolve(ours.has(claim.interaction_id) ? 'ours' : 'taken');
      }
    } catch (error) {
      for (const { landed } of batch) landed.reject(error);
    }
  }
}

/** Two processes that write the same claims wait for each other's rows: in one order, never in a circle. */
function byInteraction(one: NewClaim, other: NewClaim): number {
  return one.interaction_id < other.interaction_id ? -1 : 1;
}
