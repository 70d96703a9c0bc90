/** An SQLite file that records its statements, and whose disk can fail. */
import type { SqliteFile } from '#src/storage/sqlite-driver.ts';

export interface ObservedSqliteFile extends SqliteFile {
  /** In the order they ran. */
  readonly statements: string[];
  /** Which statements fail. */
  failing: ((text: string) => boolean) | undefined;
}

export function observeSqliteFile(file: SqliteFile): ObservedSqliteFile {
  const observed: ObservedSqliteFile = {
    statements: [],
    failing: undefined,
    prepare(text) {
      const statement = file.prepare(text);
      const before = (): void => {
        if (observed.failing?.(text) === true) throw new Error('the disk is gone');
        observed.statements.push(text);
      };
      return {
        reader: statement.reader,
        all: (parameters) => (before(), statement.all(parameters)),
        run: (parameters) => (before(), statement.run(parameters)),
        iterate: (parameters) => (before(), statement.iterate(parameters)),
      };
    },
    close: () => file.close(),
    get isInTransaction() {
      return file.isInTransaction;
    },
  };
  return observed;
}
