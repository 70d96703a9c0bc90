/**
 * The program behind `npm run vendor-ledger`: shows what is booked for each vendor, and corrects it
 * after an invoice. It needs `DATABASE_URL` and no other setting, and may run while the bot does.
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
