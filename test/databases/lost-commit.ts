/** A database that loses the response to a commit: the data is written, and the caller gets an error. */
import type { Database } from '#src/storage/database.ts';

export interface LostCommitOptions {
  /** After it, this many transactions cannot even begin. */
  thenFails?: number;
  /** No transaction after it gets a response. */
  thenHangs?: boolean;
  /** Runs before the transaction begins. */
  beforeBegin?: () => Promise<void>;
  /** Runs between the commit and its failure. */
  beforeAnswer?: () => Promise<void>;
  /** Decides after each commit whether its response is lost. The first one unless given. */
  isAnswered?: () => Promise<boolean>;
}

/** The first transaction to end is committed and still fails. */
export function loseCommitAnswer(
  database: Database,
  {
    thenFails = 0,
    thenHangs = false,
    beforeBegin,
    beforeAnswer,
    isAnswered,
  }: LostCommitOptions = {},
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
      if (!isToCome && thenHangs) return new Promise(() => undefined);
      if (isToCome) await beforeBegin?.();
      const value = await execute(work);
      if (!isToCome || (await isAnswered?.()) === true) return value;
      isToCome = false;
      await beforeAnswer?.();
      throw gone();
    };
    return builder;
  };
  return withTransaction(database, transaction);
}

/** The first transaction that records a job fails at its end, and is committed only once `lands` has resolved. */
export function loseAnswerBeforeCommit(database: Database, lands: Promise<void>): Database {
  let isToCome = true;
  const transaction: Database['transaction'] = () => {
    const builder = database.transaction();
    const execute = builder.execute.bind(builder);
    builder.execute = async (work) => {
      const { promise: isLost, resolve: decide } = Promise.withResolvers<boolean>();
      const landing = execute(async (transactionOfWork) => {
        const value = await work(transactionOfWork);
        const jobs = await transactionOfWork.selectFrom('jobs').select('id').execute();
        const isLosing = isToCome && jobs.length > 0;
        if (isLosing) isToCome = false;
        decide(isLosing);
        if (isLosing) await lands;
        return value;
      });
      if (await Promise.race([isLost, landing.then(() => false)])) {
        throw new Error('Connection terminated unexpectedly');
      }
      return landing;
    };
    return builder;
  };
  return withTransaction(database, transaction);
}

export interface Outage {
  /** The database as the bot uses it. */
  readonly database: Database;
  /** Makes it answer again. */
  end(): void;
}

/** Stops answering from the commit that records the first job, whose response is lost. */
export function disappearAfterFirstJob(database: Database): Outage {
  let state: 'before' | 'gone' | 'back' = 'before';
  const gone = (): Error => new Error('Connection terminated unexpectedly');
  const answering = (): void => {
    if (state === 'gone') throw gone();
  };
  const transaction: Database['transaction'] = () => {
    const builder = database.transaction();
    const execute = builder.execute.bind(builder);
    builder.execute = async (work) => {
      answering();
      const value = await execute(work);
      if (state !== 'before') return value;
      const jobs = await database.selectFrom('jobs').select('id').execute();
      if (jobs.length === 0) return value;
      state = 'gone';
      throw gone();
    };
    return builder;
  };
  return {
    database: withTransaction(database, transaction, answering),
    end() {
      state = 'back';
    },
  };
}

function withTransaction(
  database: Database,
  transaction: Database['transaction'],
  beforeOthers: () => void = () => {},
): Database {
  return new Proxy(database, {
    get(target, name) {
      if (name === 'transaction') return transaction;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...parameters: unknown[]): unknown => {
        beforeOthers();
        return Reflect.apply(value, target, parameters);
      };
    },
  });
}
