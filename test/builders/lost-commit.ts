/** A database that loses the answer to a commit: what was written is there, and nobody is told. */
import type { Database } from '#src/storage/database.ts';

/** The first transaction to end is committed, and fails all the same. */
export function losesAnswerOfCommit(database: Database): Database {
  let isToCome = true;
  const transaction: Database['transaction'] = () => {
    const builder = database.transaction();
    const execute = builder.execute.bind(builder);
    builder.execute = async (work) => {
      const value = await execute(work);
      if (!isToCome) return value;
      isToCome = false;
      throw new Error('Connection terminated unexpectedly');
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
