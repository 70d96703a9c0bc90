/** A database that fails at a chosen statement. */
import type { KyselyPlugin } from 'kysely';

export interface FailingStatements {
  readonly plugin: KyselyPlugin;
  /** How many statements were executed. */
  readonly sent: number;
  /** Makes a statement fail, counted from here and from 1: either unsent, or executed with its response lost. */
  failAt(statement: number, when: 'before' | 'after'): void;
}

export function failingStatements(): FailingStatements {
  let sent = 0;
  let answered = 0;
  let failing: { at: number; when: 'before' | 'after' } | undefined;
  const meet = (statement: number, when: 'before' | 'after'): void => {
    if (failing?.when !== when || failing.at !== statement) return;
    failing = undefined;
    throw new Error('The database is gone');
  };
  return {
    plugin: {
      transformQuery({ node }) {
        sent += 1;
        meet(sent, 'before');
        return node;
      },
      async transformResult({ result }) {
        answered += 1;
        meet(answered, 'after');
        return Promise.resolve(result);
      },
    },
    get sent() {
      return sent;
    },
    failAt(statement, when) {
      failing = { at: (when === 'before' ? sent : answered) + statement, when };
    },
  };
}
