/**
 * Interaction tokens: secrets that open one message for 15 minutes. They are kept only that long,
 * apart from the job, and dropped by themselves.
 */
import { z } from 'zod';

import { MINUTE } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import type { Database } from '../../storage/database.ts';
import { createDocuments } from '../../storage/documents.ts';

/** Discord keeps a token for 15 minutes (Receiving and Responding); the last half minute is not trusted. */
const TOKEN_LIFE_MS = 14.5 * MINUTE;
const tokenSchema = z.string().optional();

export interface InteractionTokens {
  /** @param createdAtMs when Discord made the interaction */
  keep(interactionId: string, token: string, createdAtMs: number): Promise<void>;
  /** @returns undefined once it has died */
  find(interactionId: string): Promise<string | undefined>;
  /** Discord says that it is dead, whatever our clock says. */
  drop(interactionId: string): Promise<void>;
}

export function createInteractionTokens(database: Database, clock: Clock): InteractionTokens {
  const documents = createDocuments(database, 'interaction-token', clock);
  return {
    async keep(interactionId, token, createdAtMs) {
      const lifeMs = createdAtMs + TOKEN_LIFE_MS - clock.now();
      if (lifeMs > 0) await documents.set(interactionId, token, lifeMs);
    },
    find: async (interactionId) => tokenSchema.parse(await documents.get(interactionId)),
    async drop(interactionId) {
      await documents.delete(interactionId);
    },
  };
}
