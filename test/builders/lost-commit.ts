/** A database that loses the answer to a commit: what was written is there, and nobody is told. */
import type { Database } from '#src/storage/database.ts';

export interface LostCommitOptions {
  /** So many transactions after it cannot even begin. */
  thenFails?: number;
  /** Done before the transaction begins. */
  beforeBegin?: () => Promise<void>;
  /** Done between the commit and its failure. */
  beforeAnswer?: () => Promise<void>;
}

/** The first transaction to end is committed, and fails all the same. */
export function losesAnswerOfCommit(
  database: Database,
  { thenFails = 0, beforeBegin, beforeAnswer }: LostCommitOptions = {},
): Database {
  let isToCome = true;
  let failuresLeft = thenFails;
  const gone = (): Error => new Error('Connection terminated unexpectedly');
  const transaction: Database['transaction'] = () => {
    const builder = database.transaction();
    const execute = builder.execute.bind(builder);
    builder.execute = async (work) => {
      if (!isToCome && failuresLeft > 0) {
        failuresLeft -= 1;
        throw gone();
      }
      if (isToCome) await beforeBegin?.();
      const value = await execute(work);
      if (!isToCome) return value;
      isToCome = false;
      await beforeAnswer?.();
      throw gone();
    };
    return builder;
  };
  return new Proxy(database, {
    get(target, name) {
      if (name === 'transaction') return transaction;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
