/** The video services' state, for `/settings check`: which ones work, which are paused, and why. */
import { VENDORS } from '../../../catalogue/vendors.ts';
import type { Offer } from '../../../jobs/submission/offers.ts';
import type { TextKey } from '../../../text/resources.ts';
import { text, type Text } from '../../../text/text.ts';
import type { VendorHealth } from '../../../vendors/health/breaker.ts';
import type { FailingKind } from '../../../vendors/health/failing.ts';
import type { VendorStates } from '../../../vendors/health/vendor-health.ts';
import type { Withdrawal } from '../../../vendors/health/withdrawals.ts';
import { timestamp } from '../../text.ts';
import type { Finding } from './finding.ts';

const REASONS = {
  unavailable: 'settings:serviceUnavailable',
  timeout: 'settings:serviceTimeout',
  'bad-response': 'settings:serviceBadResponse',
  auth: 'settings:serviceAuth',
  'out-of-funds': 'settings:serviceOutOfFunds',
} as const satisfies Record<FailingKind, TextKey>;

/**
 * Returns one finding per service, and one more when no service can make the usual video.
 *
 * @param usual the offers for the usual video; empty when there is no such video
 */
export function vendorFindings(states: VendorStates, usual: readonly Offer[]): Finding[] {
  const each = [...states].map(([name, health]) => vendorFinding(VENDORS[name].title, health));
  const isStopped = usual.length > 0 && usual.every(({ health }) => health.state === 'resting');
  if (!isStopped) return each;
  return [...each, { level: 'stops', text: text('settings:noServiceUsual') }];
}

function vendorFinding(service: string, health: VendorHealth): Finding {
  if (health.state === 'up') {
    return { level: 'fine', text: text('settings:serviceWorks', { service }) };
  }
  const values = {
    service,
    since: timestamp(health.sinceMs),
    reason: text(REASONS[health.why]),
  };
  return {
    level: 'mind',
    text:
      health.state === 'resting'
        ? text('settings:servicePaused', { ...values, again: timestamp(health.untilMs) })
        : text('settings:serviceOnTrial', values),
  };
}

/** Returns one finding for each model that a vendor does not serve. */
export function withdrawalFindings(withdrawals: readonly Withdrawal[]): Finding[] {
  return withdrawals.map((withdrawal) => ({ level: 'mind', text: withdrawalText(withdrawal) }));
}

/** Such as `2.0 at BytePlus ModelArk: the service says that the model is retired, … Next check <time>.` */
export function withdrawalText({ vendor, model, recheckAtMs }: Withdrawal): Text {
  return text('settings:modelWithdrawn', {
    model,
    service: VENDORS[vendor].title,
    recheck: timestamp(recheckAtMs),
  });
}
