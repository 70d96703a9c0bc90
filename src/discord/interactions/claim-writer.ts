/**
 * Writes claims to the database, batched into one statement when many arrive at once: each commit waits
 * for the disk, and Discord waits only 3 seconds per interaction.
 */
import type { Insertable } from 'kysely';

import type { Database } from '../../storage/database.ts';
import type { ClaimTable } from '../../storage/schema.ts';

/** More than one, so that a hanging statement does not block all others. */
const STATEMENTS_AT_ONCE = 4;
/** Each claim has six values, and Postgres allows 65,535 per statement. */
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
   * Inserts the claim unless its interaction has one. The same interaction must not be passed twice
   * concurrently.
   *
   * @throws the database's error, for all claims of the same statement
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

/** Orders claims, so that processes that write the same ones do not deadlock. */
function byInteraction(one: NewClaim, other: NewClaim): number {
  return one.interaction_id < other.interaction_id ? -1 : 1;
}
