/**
 * The program behind `npm run vendors`: shows the current offers of each vendor with a key. Reads the
 * settings and the database, calls no vendor, spends nothing, and may run while the bot does.
 */
import { systemClock } from '../clock.ts';
import { loadEnvFile } from '../env-file.ts';
import { runVendors } from './run-vendors.ts';

process.exitCode = await runVendors(process.argv.slice(2), {
  environment: () => {
    loadEnvFile();
    return process.env;
  },
  nowMs: systemClock.now(),
  write: (text) => void process.stdout.write(text),
  writeError: (text) => void process.stderr.write(text),
});
