/** Discord ids carry their time of birth, and discord.js reads it (`createdTimestamp`). */

/** Discord developer docs, reference, "Snowflakes": milliseconds since the first second of 2015. */
const DISCORD_EPOCH_MS = 1_420_070_400_000n;
const TIME_SHIFT = 22n;

/** Makes ids that grow strictly, from the time the given clock says (Unix milliseconds). */
export function snowflakeSource(now: () => number): () => string {
  let last = 0n;
  return () => {
    const fromTime = (BigInt(Math.trunc(now())) - DISCORD_EPOCH_MS) << TIME_SHIFT;
    last = fromTime > last ? fromTime : last + 1n;
    return last.toString();
  };
}
