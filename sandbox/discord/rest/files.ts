/** The CDN. Uploads to options and forms are separate from the files of messages, as on the real one. */
import { fileAt, proxiedFile } from '../cdn.ts';
import type { Store, StoredFile } from '../store.ts';
import { param, type ApiAnswer } from './http.ts';
import { refusal } from './refusals.ts';
import type { Route } from './router.ts';

const UNKNOWN_TYPE = 'application/octet-stream';

/** Throws refusal 404 for an address that is wrong, forged or expired. */
export function fileRoutes(store: Store): Route[] {
  const own = ['/attachments', '/ephemeral-attachments'].map((root): Route => ({
    method: 'GET',
    template: `${root}/:channel/:file/:name`,
    auth: 'token',
    handle: ({ url }) => serveFile(fileAt(store, url)),
  }));
  const proxied: Route = {
    method: 'GET',
    template: '/external/:key/:address*',
    auth: 'token',
    handle: (request) => serveFile(proxiedFile(store, param(request, 'key'))),
  };
  return [...own, proxied];
}

function serveFile(file: StoredFile | undefined): ApiAnswer {
  if (file === undefined) throw refusal('not-found');
  return { status: 200, bytes: file.bytes, contentType: file.contentType ?? UNKNOWN_TYPE };
}
