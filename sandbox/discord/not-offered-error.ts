/** The member’s Discord client, or Discord itself, would refuse this. A fault of the test. */
export class NotOffered extends Error {
  override readonly name = 'NotOffered';
}
