/** The video services, for `/settings check`: which are asked for videos, which are left alone and why. */
import { VENDORS } from '../../../catalogue/vendors.ts';
import type { Offer } from '../../../jobs/submission/offers.ts';
import type { VendorHealth } from '../../../vendors/health/breaker.ts';
import type { FailingKind } from '../../../vendors/health/failing.ts';
import type { VendorStates } from '../../../vendors/health/vendor-health.ts';
import type { Withdrawal } from '../../../vendors/health/withdrawals.ts';
import { timestamp } from '../../text.ts';
import type { Finding } from './finding.ts';

const REASONS = {
  unavailable: 'it answered with errors, or could not be reached',
  timeout: 'it did not answer in time',
  'bad-response': 'its answers could not be understood',
  auth: 'it did not accept the bot’s key, which only the operator of the bot can mend',
  'out-of-funds': 'the operator’s account there is out of money',
} as const satisfies Record<FailingKind, string>;

/**
 * One for each service, and one more when no usual video could be made.
 *
 * @param usual who could make the usual video; none when there is no such video
 */
export function vendorFindings(states: VendorStates, usual: readonly Offer[]): Finding[] {
  const each = [...states].map(([name, health]) => vendorFinding(VENDORS[name].title, health));
  const isStopped = usual.length > 0 && usual.every(({ health }) => health.state === 'resting');
  if (!isStopped) return each;
  const text =
    'No service that can make the usual video takes any at the moment. The credits for one asked for now come back unless that changes soon.';
  return [...each, { level: 'stops', text }];
}

function vendorFinding(title: string, health: VendorHealth): Finding {
  if (health.state === 'up') return { level: 'fine', text: `${title} is asked for videos.` };
  const again =
    health.state === 'resting' ? timestamp(health.untilMs) : 'now, with one video at a time';
  return {
    level: 'mind',
    text: `${title} has been left alone since ${timestamp(health.sinceMs)}: ${REASONS[health.why]}. It is tried again ${again}.`,
  };
}

/** One for each model that a vendor says it does not serve. */
export function withdrawalFindings(withdrawals: readonly Withdrawal[]): Finding[] {
  return withdrawals.map((withdrawal) => ({ level: 'mind', text: withdrawalText(withdrawal) }));
}

/** Such as `2.0 at BytePlus ModelArk: it says the model is retired, or not activated for this bot; checked again <time>.` */
export function withdrawalText({ vendor, model, recheckAtMs }: Withdrawal): string {
  return `${model} at ${VENDORS[vendor].title}: it says the model is retired, or not activated for this bot’s account; checked again ${timestamp(recheckAtMs)}.`;
}
