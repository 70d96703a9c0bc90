/** Formats the output of `npm run vendors`. Pure. */
import { usualCredits } from '../catalogue/describe.ts';
import { isValidAt, type Validity } from '../catalogue/lifecycle.ts';
import { modelOf } from '../catalogue/models.ts';
import type { Offer } from '../catalogue/prices/prices.ts';
import type { VendorName } from '../catalogue/vendors.ts';
import type { Withdrawal } from '../vendors/health/withdrawals.ts';
import { modelAt } from '../vendors/model-at.ts';
import { textTable, utcTime } from './text-table.ts';

export interface VendorOffers {
  readonly vendor: VendorName;
  readonly offers: readonly OfferFacts[];
  readonly nowMs: number;
}

interface OfferFacts {
  readonly offer: Offer;
  readonly isRetiredUpstream: boolean;
  readonly withdrawal: Withdrawal | undefined;
}

export function vendorsText(vendors: readonly VendorOffers[]): string {
  return vendors.map((each) => vendorText(each)).join('\n');
}

function vendorText({ vendor, offers, nowMs }: VendorOffers): string {
  const head = ['model', 'vendor id', '5 s at 720p', 'valid until', 'state'];
  const rows = offers.map((facts) => {
    const { offer } = facts;
    const model = modelAt(vendor, offer.model) ?? modelOf(offer.model);
    return [
      offer.model,
      offer.wireModel,
      `${usualCredits(model, offer.price)} cr`,
      endOf(offer.validity),
      stateOf(facts, nowMs),
    ];
  });
  return `${vendor}\n${textTable([head, ...rows], head.length)}`;
}

function endOf({ untilMs }: Validity): string {
  return untilMs === undefined ? '–' : dayOf(untilMs);
}

function stateOf({ offer, isRetiredUpstream, withdrawal }: OfferFacts, nowMs: number): string {
  const { validity } = offer;
  if (!isValidAt(validity, nowMs)) return 'not valid at present';
  if (withdrawal !== undefined) {
    const { code, withdrawnAtMs, recheckAtMs } = withdrawal;
    const why = code === undefined ? '' : ` (${code})`;
    return `withdrawn by the vendor at ${utcTime(withdrawnAtMs)} UTC${why}; rechecked by the first order after ${utcTime(recheckAtMs)} UTC`;
  }
  return isRetiredUpstream ? 'offered; retired by ByteDance, so used last' : 'offered';
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 'YYYY-MM-DD'.length);
}
