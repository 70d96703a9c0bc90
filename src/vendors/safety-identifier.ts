import { createHmac } from 'node:crypto';

/**
 * Returns the identifier of a member at the vendors. It is stable, and does not reveal the member without
 * the salt.
 *
 * @param salt generated once and stored in the database
 * @returns 64 hexadecimal characters, the maximum length (BytePlus ModelArk, `safety_identifier`)
 */
export function safetyIdentifier(salt: string, userId: string): string {
  return createHmac('sha256', salt).update(userId).digest('hex');
}
