/** Prints the offers of each vendor, and says what went wrong in plain words. */
import { isRetiredUpstream } from '../catalogue/lifecycle.ts';
import { offersOf, type Offer } from '../catalogue/prices/prices.ts';
import { VENDOR_NAMES, type VendorName } from '../catalogue/vendors.ts';
import { readVendorSettings, type VendorSettings } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { openBesideBot } from '../storage/database.ts';
import { safetySalt } from '../storage/installation.ts';
import { accountId, readWithdrawals, type Withdrawal } from '../vendors/health/withdrawals.ts';
import { vendorsText, type VendorOffers } from './vendors-text.ts';

const HELP = `Shows what each vendor with a key offers at the moment: models, price, end of validity, and what the
vendor itself has withdrawn. Nothing is spent, and no vendor is asked.

  npm run vendors [-- NAME]
      All vendors, or the one named as in VENDOR_ORDER.

The vendor keys, PRICES and DATABASE_URL are read from the environment or from .env. The bot may be running.
`;

export interface VendorsProgram {
  /** Reads such as `process.env`, once it is needed. */
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
    const names = chosen(words, settings);
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
function chosen(words: readonly string[], { vendors }: VendorSettings): VendorName[] {
  if (words.length === 0) return [...vendors.keys()];
  return words.map((word) => {
    const name = VENDOR_NAMES.find((each) => each === word);
    if (name === undefined) {
      throw new ConfigError([
        `There is no vendor ${JSON.stringify(word)}, only ${VENDOR_NAMES.join(', ')}.`,
      ]);
    }
    if (!vendors.has(name)) {
      throw new ConfigError([`${name} has no key: set ${name.toUpperCase()}_API_KEY.`]);
    }
    return name;
  });
}

/** A database that is not there yet has no withdrawals; one that cannot be read is said aloud. */
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
    const reason = error instanceof ConfigError ? error.faults.join(' ') : 'it does not answer';
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
