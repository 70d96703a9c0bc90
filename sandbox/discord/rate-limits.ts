/** Rate limits by bucket, with Discord's headers (Discord developer docs, "Rate Limits"). */
import { SECOND } from '../../src/clock.ts';

export interface BucketRule {
  /** The bucket’s name, shared by all its routes. */
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
  /** The parameters that separate buckets: channel, or webhook and token. */
  readonly per: readonly string[];
}

/** Per interaction token, as described by staff: discord-api-docs issue 2701. */
export const WEBHOOK_BUCKET: BucketRule = {
  name: 'webhook',
  limit: 5,
  windowMs: 2 * SECOND,
  per: ['token'],
};
/** About what the real one announces; bots must use the headers. */
export const CHANNEL_SEND_BUCKET: BucketRule = {
  name: 'channel-send',
  limit: 5,
  windowMs: 5 * SECOND,
  per: ['channel'],
};
export const CHANNEL_EDIT_BUCKET: BucketRule = { ...CHANNEL_SEND_BUCKET, name: 'channel-edit' };
/** Edits of messages older than an hour, per channel: discord-userdoccers, error 30046. */
export const OLD_EDIT_BUCKET: BucketRule = {
  name: 'old-edit',
  limit: 3,
  windowMs: 6 * SECOND,
  per: ['channel'],
};
/** Discord developer docs: 50 requests per second for each bot; interaction routes are exempt. */
export const GLOBAL_BUCKET: BucketRule = { name: 'global', limit: 50, windowMs: SECOND, per: [] };

export interface Taken {
  readonly isAllowed: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** Until the window ends. */
  readonly retryAfterMs: number;
}

export interface RateLimits {
  take(rule: BucketRule, params: Readonly<Record<string, string>>): Taken;
}

/** Fixed windows that begin with their first request. `now` in Unix milliseconds. */
export function createRateLimits(now: () => number): RateLimits {
  const windows = new Map<string, { used: number; endsAtMs: number }>();

  return {
    take(rule, params) {
      const key = [rule.name, ...rule.per.map((name) => params[name] ?? '')].join(':');
      const known = windows.get(key);
      const window =
        known === undefined || known.endsAtMs <= now()
          ? { used: 0, endsAtMs: now() + rule.windowMs }
          : known;
      windows.set(key, window);
      const isAllowed = window.used < rule.limit;
      if (isAllowed) window.used += 1;
      return {
        isAllowed,
        retryAfterMs: window.endsAtMs - now(),
        headers: headersOf(rule, window, now()),
      };
    },
  };
}

function headersOf(
  rule: BucketRule,
  window: { used: number; endsAtMs: number },
  nowMs: number,
): Record<string, string> {
  return {
    'x-ratelimit-limit': String(rule.limit),
    'x-ratelimit-remaining': String(rule.limit - window.used),
    'x-ratelimit-reset': (window.endsAtMs / SECOND).toFixed(3),
    'x-ratelimit-reset-after': ((window.endsAtMs - nowMs) / SECOND).toFixed(3),
    'x-ratelimit-bucket': Buffer.from(rule.name).toString('hex').padEnd(32, '0'),
  };
}
