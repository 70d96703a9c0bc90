/** Prints the offers of each vendor, or the error. */
import { isRetiredUpstream } from '../catalogue/lifecycle.ts';
import { offersOf, type Offer } from '../catalogue/prices/prices.ts';
import { VENDOR_NAMES, type VendorName } from '../catalogue/vendors.ts';
import { readVendorSettings, type VendorSettings } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { openBesideBot } from '../storage/database.ts';
import { safetySalt } from '../storage/installation.ts';
import { accountId, readWithdrawals, type Withdrawal } from '../vendors/health/withdrawals.ts';
import { vendorsText, type VendorOffers } from './vendors-text.ts';

const HELP = `Shows the current offers of each vendor with a key: models, prices, last valid day, and models that the
vendor has withdrawn. Calls no vendor and spends nothing.

  npm run vendors [-- NAME]
      All vendors, or one of the names in VENDOR_ORDER.

Reads the vendor keys, PRICES and DATABASE_URL from the environment or from .env. The bot may be running.
`;

export interface VendorsProgram {
  /** Returns the environment, such as `process.env`; called only when needed. */
  readonly environment: () => Readonly<Record<string, string | undefined>>;
  readonly nowMs: number;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
}

/** @returns the exit status */
export async function runVendors(
  words: readonly string[],
  program: VendorsProgram,
): Promise<0 | 1> {
  if (words.includes('--help') || words.includes('-h')) {
    program.write(HELP);
    return 0;
  }
  try {
    const settings = readVendorSettings(program.environment());
    const names = chooseVendors(words, settings);
    const { withdrawals, note } = await withdrawalsFor(settings);
    const vendors = names.map((name) => offersAt(name, { settings, withdrawals, ...program }));
    program.write(`${vendorsText(vendors)}${note}`);
    return 0;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    program.writeError(`${error instanceof ConfigError ? error.faults.join('\n') : reason}\n`);
    return 1;
  }
}

/** @throws ConfigError for a vendor that does not exist or has no key */
function chooseVendors(words: readonly string[], { vendors }: VendorSettings): VendorName[] {
  if (words.length === 0) return [...vendors.keys()];
  return words.map((word) => {
    const name = VENDOR_NAMES.find((each) => each === word);
    if (name === undefined) {
      throw new ConfigError([
        `Unknown vendor ${JSON.stringify(word)}. Known vendors: ${VENDOR_NAMES.join(', ')}.`,
      ]);
    }
    if (!vendors.has(name)) {
      throw new ConfigError([`${name} has no key: set ${name.toUpperCase()}_API_KEY.`]);
    }
    return name;
  });
}

/** Reads the withdrawals. If the database cannot be read, returns none and a note that says so. */
async function withdrawalsFor({
  databaseUrl,
  vendors,
}: VendorSettings): Promise<{ withdrawals: readonly Withdrawal[]; note: string }> {
  try {
    const { database, close } = await openBesideBot(databaseUrl);
    try {
      const salt = await safetySalt(database);
      const ids = new Map([...vendors].map(([name, account]) => [name, accountId(salt, account)]));
      return { withdrawals: await readWithdrawals(database, ids), note: '' };
    } finally {
      await close();
    }
  } catch (error) {
    const reason =
      error instanceof ConfigError ? error.faults.join(' ') : 'No answer from the database.';
    return { withdrawals: [], note: `\nWithdrawn models are not shown. ${reason}\n` };
  }
}

interface Facts {
  settings: VendorSettings;
  withdrawals: readonly Withdrawal[];
  nowMs: number;
}

function offersAt(vendor: VendorName, { settings, withdrawals, nowMs }: Facts): VendorOffers {
  const offers = Object.values(offersOf(vendor, settings.prices)).map((offer: Offer) => ({
    offer,
    isRetiredUpstream: isRetiredUpstream(offer.model, nowMs),
    withdrawal: withdrawals.find((each) => each.vendor === vendor && each.model === offer.model),
  }));
  return { vendor, offers, nowMs };
}
