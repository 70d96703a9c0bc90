/**
 * The tag a lost task is found by: an `execution_expires_after` that no other open job of the
 * account uses. The vendors take 3600 to 259200 seconds and echo it in every answer; ours stay
 * close to their default of 48 hours.
 */
export const TAG_MIN_SECONDS = 169_201;
export const TAG_MAX_SECONDS = 172_800;
const TAG_COUNT = TAG_MAX_SECONDS - TAG_MIN_SECONDS + 1;

/**
 * @param random a number in [0, 1): where to begin looking, so that a tag is not reused at once
 * @returns a free tag; any tag when more than 3600 jobs are open, where it no longer tells them apart alone
 */
export function pickExpiryTag(inUse: ReadonlySet<number>, random = Math.random()): number {
  const first = Math.floor(random * TAG_COUNT);
  for (let step = 0; step < TAG_COUNT; step += 1) {
    const tag = TAG_MIN_SECONDS + ((first + step) % TAG_COUNT);
    if (!inUse.has(tag)) return tag;
  }
  return TAG_MIN_SECONDS + first;
}
