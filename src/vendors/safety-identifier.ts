import { createHmac } from 'node:crypto';

/**
 * The name a member has at the vendors: stable, and without the salt nobody can tell who it is.
 *
 * @param salt made once and kept in the database
 * @returns 64 hexadecimal characters, the most the vendors take (BytePlus ModelArk, `safety_identifier`)
 */
export function safetyIdentifier(salt: string, userId: string): string {
  return createHmac('sha256', salt).update(userId).digest('hex');
}
