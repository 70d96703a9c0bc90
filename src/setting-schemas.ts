/** Schemas of settings that people paste: keys, tokens, URLs, hosts. Their faults never repeat a value. */
import { z } from 'zod';

import { addressFault, credentialFault, trimmed } from './pasted-text.ts';

const HOST = /^(?:[a-z\d_.-]+|\[[a-f\d:.]+\])(?::\d{1,5})?$/i;

export const text = z.string();
export const credential = text.transform(refusing(credentialFault));
export const url = text
  .transform(refusing(addressFault))
  .pipe(z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }))
  .transform(refusing(baseUrlFault));
export const proxyUrl = text.transform(refusing(addressFault)).pipe(
  z.url({
    protocol: /^https?$/,
    error: 'must be the http or https URL of a proxy, such as http://proxy.example.com:3128',
  }),
);
/** A SQLite path may contain any characters. */
export const databaseUrl = text
  .transform(refusing((value) => (value.startsWith('sqlite:') ? undefined : addressFault(value))))
  .pipe(
    z.string().regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, {
      error: 'must be sqlite:path/to/file.db or postgres://…',
    }),
  );
/** Each `host` or `host:port`. */
export const hosts = text.transform(list).pipe(
  z.array(
    text.transform(refusing(addressFault)).pipe(
      z.string().regex(HOST, {
        error: 'must be a host, such as cdn.example.com or cdn.example.com:8080, without https://',
      }),
    ),
  ),
);

export function list(value: string): string[] {
  return value
    .split(',')
    .map((part) => trimmed(part))
    .filter((part) => part !== '');
}

/** @param faultOf describes what is wrong with a value, without repeating it */
function refusing(faultOf: (value: string) => string | undefined) {
  return (value: string, context: z.RefinementCtx): string => {
    const message = faultOf(value);
    if (message === undefined) return value;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
}

/** Checks that paths can be appended; the key is sent in a header, so no user name is needed. */
function baseUrlFault(address: string): string | undefined {
  const { search, hash, username, password, pathname } = new URL(address);
  if (search !== '' || hash !== '')
    return 'must end with a path: leave out what begins with ? or #';
  if (username !== '' || password !== '') return 'must not hold a user name or password';
  const isWhole = pathname.replace(/\/+$/, '').endsWith('/contents/generations/tasks');
  return isWhole ? 'must end before /contents/generations/tasks' : undefined;
}
