/** The CDN. What people give in options and forms lies apart from messages' files, as on the real one. */
import { fileAt } from '../cdn.ts';
import type { Store } from '../store.ts';
import { refusal } from './refusals.ts';
import type { Route } from './router.ts';

const UNKNOWN_TYPE = 'application/octet-stream';

/** Throws refusal 404 for an address that is wrong, forged or expired. */
export function fileRoutes(store: Store): Route[] {
  return ['/attachments', '/ephemeral-attachments'].map((root) => ({
    method: 'GET',
    template: `${root}/:channel/:file/:name`,
    auth: 'token',
    handle: ({ url }) => {
      const file = fileAt(store, url);
      if (file === undefined) throw refusal('not-found');
      return { status: 200, bytes: file.bytes, contentType: file.contentType ?? UNKNOWN_TYPE };
    },
  }));
}
