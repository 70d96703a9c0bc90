/**
 * The tag that finds a lost task: an `execution_expires_after` that no other open job of the account
 * uses. The vendors accept 3600 to 259200 seconds and echo the value in every answer; our tags stay
 * close to their default of 48 hours.
 */
export const TAG_MIN_SECONDS = 169_201;
export const TAG_MAX_SECONDS = 172_800;
const TAG_COUNT = TAG_MAX_SECONDS - TAG_MIN_SECONDS + 1;

/**
 * @param random where to start, in [0, 1), so that a tag is not reused at once
 * @returns a free tag; a used one when more than 3600 jobs are open, so that the tag is not unique
 */
export function pickExpiryTag(inUse: ReadonlySet<number>, random = Math.random()): number {
  const first = Math.floor(random * TAG_COUNT);
  for (let step = 0; step < TAG_COUNT; step += 1) {
    const tag = TAG_MIN_SECONDS + ((first + step) % TAG_COUNT);
    if (!inUse.has(tag)) return tag;
  }
  return TAG_MIN_SECONDS + first;
}
