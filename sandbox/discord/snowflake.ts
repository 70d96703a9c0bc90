/** Discord ids contain their creation time, which discord.js reads (`createdTimestamp`). */

/** Discord developer docs, reference, "Snowflakes": milliseconds since the first second of 2015. */
const DISCORD_EPOCH_MS = 1_420_070_400_000n;
const TIME_SHIFT = 22n;

/** Creates strictly increasing ids from the given clock’s time (Unix milliseconds). */
export function snowflakeSource(now: () => number): () => string {
  let last = 0n;
  return () => {
    const fromTime = (BigInt(Math.trunc(now())) - DISCORD_EPOCH_MS) << TIME_SHIFT;
    last = fromTime > last ? fromTime : last + 1n;
    return last.toString();
  };
}
