/** Half-filled forms: what the form itself has no room to carry, kept for as long as anyone may take to fill it in. */
import { z } from 'zod';

import { HOUR, type Clock } from '../../clock.ts';
import type { Database } from '../../storage/database.ts';
import { createDocuments } from '../../storage/documents.ts';
import type { FoundPicture } from './pictures-of-message.ts';

const FORM_LIFE_MS = HOUR;

const picturesSchema = z
  .array(z.object({ url: z.string(), fileName: z.string(), declaredBytes: z.number() }))
  .optional();

export interface OpenForms {
  keep(key: string, pictures: readonly FoundPicture[]): Promise<void>;
  /** @returns undefined once the form is too old */
  find(key: string): Promise<FoundPicture[] | undefined>;
}

export function createOpenForms(database: Database, clock: Clock): OpenForms {
  const documents = createDocuments(database, 'animate-form', clock);
  return {
    async keep(key, pictures) {
      await documents.set(key, pictures, FORM_LIFE_MS);
    },
    find: async (key) => picturesSchema.parse(await documents.get(key)),
  };
}
