/**
 * Which addresses a download may go to. The rules are pure but for the DNS answer: the socket asks
 * it through `publicOnlyLookup`, so that the address checked is the address connected to.
 */
import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

import ipaddr from 'ipaddr.js';

import { UntrustedContentError } from '../../errors.ts';
import { withoutSecrets } from '../../logger.ts';

/** Addresses handed out for the public internet so far. Source: IANA, IPv6 Address Space registry. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** `attachment`: from the listed hosts only. `result`: from the listed hosts and any public one. */
export type OutsideKind = 'attachment' | 'result';

/**
 * What a URL is allowed to be. `isListed`: the operator wrote its host into the settings, so it may
 * be plain http, on any port, and private.
 *
 * @throws UntrustedContentError naming the rule that the URL breaks
 */
export function checkOutsideUrl(
  url: URL,
  kind: OutsideKind,
  listedHosts: readonly string[],
): { readonly isListed: boolean } {
  const refuse = (reason: string): never => {
    throw new UntrustedContentError(`${shownUrl(url)} is not fetched: ${reason}`);
  };
  if (url.protocol !== 'https:' && url.protocol !== 'http:') refuse('it is not a web address');
  if (url.username !== '' || url.password !== '') refuse('it carries a user name or password');
  if (isHostListed(url, listedHosts)) return { isListed: true };

  if (kind === 'attachment') refuse('its host is not one that attachments come from');
  if (url.protocol !== 'https:') refuse('it is not https');
  if (url.port !== '') refuse('its port is not 443');
  // A literal address never reaches the socket's look-up.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isPublicAddress(host)) refuse('its address is not public');
  return { isListed: false };
}

/** A list entry is `host`, for every port, or `host:port`. */
function isHostListed(url: URL, listedHosts: readonly string[]): boolean {
  const port = url.port === '' ? defaultPort(url) : url.port;
  return listedHosts.some((entry) => {
    const lower = entry.toLowerCase();
    return lower === url.hostname || lower === `${url.hostname}:${port}`;
  });
}

function defaultPort(url: URL): string {
  return url.protocol === 'https:' ? '443' : '80';
}

/**
 * Whether an IP address is on the public internet. Addresses that wrap an IPv4 one (mapped, NAT64,
 * 6to4, Teredo) are not, wherever they lead: they would reach private networks through a gateway.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  // "unicast" is also what no other range claims, such as the old IPv4-compatible ::127.0.0.1.
  return !(parsed instanceof ipaddr.IPv6) || parsed.match(GLOBAL_UNICAST);
}

/** A socket's look-up that fails when the name has even one address that is not public. */
export function publicOnlyLookup(lookup: LookupFunction = lookupAll): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, answer, family) => {
      if (error !== null) return callback(error, answer, family);
      const found =
        typeof answer === 'string' ? [{ address: answer, family: family ?? 0 }] : answer;
      const [first] = found;
      if (first === undefined || !found.every(({ address }) => isPublicAddress(address))) {
        const reason = `${hostname} is not fetched: its address is not public`;
        return callback(new UntrustedContentError(reason), []);
      }
      return options.all === true
        ? callback(null, found)
        : callback(null, first.address, first.family);
    });
  };
}

const lookupAll: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, { ...options, all: true }, callback);
};

/** A URL fit for messages and logs: no user, no query, no token in its path. */
export function shownUrl(url: URL): string {
  return withoutSecrets(`${url.protocol}//${url.host}${url.pathname}`);
}
