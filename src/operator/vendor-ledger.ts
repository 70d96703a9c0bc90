/**
 * The program behind `npm run vendor-ledger`: shows the vendor ledger and corrects it according to an
 * invoice. Needs only `DATABASE_URL` and may run while the bot does.
 */
import { systemClock } from '../clock.ts';
import { loadEnvFile } from '../env-file.ts';
import { createIdMaker } from '../ids.ts';
import { runVendorLedger } from './run-vendor-ledger.ts';

process.exitCode = await runVendorLedger(process.argv.slice(2), {
  environment: () => {
    loadEnvFile();
    return process.env;
  },
  ids: createIdMaker(),
  nowMs: systemClock.now(),
  write: (text) => void process.stdout.write(text),
  writeError: (text) => void process.stderr.write(text),
});
