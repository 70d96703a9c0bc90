/** The end of a job, as everybody involved sees it. */
import type { Scenario } from './harness.ts';

export interface Outcome {
  /** The text of the only message, or of all of them. */
  readonly text: string;
  /** How many videos each message in the channel has; notices that link to one are left out. */
  readonly videos: readonly number[];
  /** The change of the server’s credits since the start. */
  readonly balance: number;
  /** The state and the credits of each submission in the vendor ledger. */
  readonly vendorLedger: readonly string[];
  readonly tasks: number;
  readonly creates: number;
}

/** The separate message to a member whose video took long. */
const NOTICE = /video is ready: https:\/\/discord\.com\/channels\//;

export async function outcomeOf(s: Scenario): Promise<Outcome> {
  const messages = s.guild.channel().messages.filter(({ text }) => !NOTICE.test(text));
  const book = await s.ledgers.vendorLedger();
  return {
    text: messages.map(({ text }) => text).join('\n'),
    videos: messages.map(({ media }) => media.length),
    balance: await s.ledgers.serverBalance(),
    vendorLedger: book.map(({ state, credits }) => `${state} ${credits}`),
    tasks: s.vendor.tasks.length,
    creates: s.creates().length,
  };
}

/** The price and the hold of five seconds of 2.0-mini. */
export const USUAL_CREDITS = 39;

/** One message without a video, everything refunded, one create call. */
export const REFUNDED = { videos: [0], balance: 0, creates: 1 } as const;

/** One message with the video, the price settled, one task. */
export const DELIVERED = {
  videos: [1],
  balance: -USUAL_CREDITS,
  vendorLedger: [`billed ${USUAL_CREDITS}`],
  tasks: 1,
} as const;
