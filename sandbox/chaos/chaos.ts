/**
 * `npm run chaos`: hundreds of jobs over several servers under every fault of Discord, the vendor and the
 * members, while the bot is killed at every named kill point and at random. Ends with a report, and
 * with status 1 when anything was lost or done twice.
 *
 * @example npm run chaos -- --jobs 500 --kills 50 --seed 7 --database postgres
 */
import colours from 'picocolors';

import { readOptions } from './options.ts';
import { play } from './play.ts';

try {
  const { TEST_POSTGRES_URL } = process.env;
  const options = readOptions(process.argv.slice(2), TEST_POSTGRES_URL);
  if (options.isPostgresMissing)
    console.log(colours.yellow('Postgres is skipped: no --postgres-url, no TEST_POSTGRES_URL'));
  let isClean = true;
  for (const database of options.databases) {
    const processes = options.processes(database);
    const { lines, result, outcome } = await play({
      ...options,
      database,
      processes,
      isShort: false,
      say: (line) => console.log(line),
    });
    for (const line of lines) console.log(line);
    isClean &&= result.violations.length === 0 && outcome.missed.length === 0;
  }
  process.exitCode = isClean ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 2;
}
