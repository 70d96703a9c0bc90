/** Stores what an open form itself cannot carry, for as long as a member may take to fill it in. */
import { z } from 'zod';

import { HOUR, type Clock } from '../../clock.ts';
import type { OrderOrigin } from '../../jobs/acceptance/accept-job.ts';
import type { Database } from '../../storage/database.ts';
import { createDocuments } from '../../storage/documents.ts';
import type { FoundPicture } from './pictures-of-message.ts';

const FORM_LIFE_MS = HOUR;

const formSchema = z.object({
  guildId: z.string(),
  memberId: z.string(),
  pictures: z.array(z.object({ url: z.string(), fileName: z.string(), declaredBytes: z.number() })),
});

export type WhoFillsIn = Pick<OrderOrigin, 'guildId' | 'memberId'>;

export interface OpenForms {
  keep(key: string, who: WhoFillsIn, pictures: readonly FoundPicture[]): Promise<void>;
  /** @returns undefined when the form has expired or was opened for another member */
  find(key: string, who: WhoFillsIn): Promise<FoundPicture[] | undefined>;
}

export function createOpenForms(database: Database, clock: Clock): OpenForms {
  const documents = createDocuments(database, 'animate-form', clock);
  return {
    async keep(key, { guildId, memberId }, pictures) {
      await documents.set(key, { guildId, memberId, pictures }, FORM_LIFE_MS);
    },
    async find(key, { guildId, memberId }) {
      // A form stored by an older version counts as expired.
      const form = formSchema.safeParse(await documents.get(key)).data;
      const isTheirs = form?.guildId === guildId && form.memberId === memberId;
      return isTheirs ? form.pictures : undefined;
    },
  };
}
