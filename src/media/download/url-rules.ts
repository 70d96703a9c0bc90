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
/**
 * Public by their registry, but answered only inside a cloud's own network, where the bot may run.
 * Other clouds' host services have private or link-local addresses. Sources: Microsoft Learn, "What is
 * IP address 168.63.129.16?"; Google Cloud, "Configure Private Google Access"; IBM Cloud, "Service
 * endpoints".
 */
const CLOUD_INTERNAL = [
  '168.63.129.16/32',
  '199.36.153.4/30',
  '199.36.153.8/30',
  '161.26.0.0/16',
  '166.8.0.0/14',
].map((range) => ipaddr.IPv4.parseCIDR(range));
/**
 * Names that the public DNS does not answer. Through a proxy no address is seen here, so that the name
 * has to tell. Sources: RFC 6761 (localhost), RFC 6762 (local), RFC 8375 (home.arpa), ICANN resolution
 * 2024.07.29.06 (internal).
 */
const PRIVATE_NAME = /^[^.]+\.?$|\.(?:localhost|local|internal|home\.arpa)\.?$/;

/** `attachment`: from the listed hosts only. `result`: from the listed hosts and any public one. */
export type DownloadKind = 'attachment' | 'result';

/** A rule does not allow the address, at present: the operator may list its host, or mend the network. */
export class RefusedAddressError extends UntrustedContentError {
  /** As the settings would list it; undefined where listing does not help. */
  readonly listableHost: string | undefined;

  constructor(subject: string, reason: string, listableHost?: string) {
    super(`${subject} is not fetched: ${reason}`);
    this.listableHost = listableHost;
  }
}

/** Whether a text could be the address of a file: whatever the settings, no other is ever fetched. */
export function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && unusableBecause(url) === undefined;
}

function unusableBecause(url: URL): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'it is not a web address';
  const hasCredentials = url.username !== '' || url.password !== '';
  return hasCredentials ? 'it carries a user name or password' : undefined;
}

/**
 * What a URL is allowed to be. `isListed`: the operator wrote its host into the settings, so it may
 * be plain http, on any port, and private.
 *
 * @throws RefusedAddressError naming the rule that the URL breaks
 */
export function checkDownloadUrl(
  url: URL,
  kind: DownloadKind,
  listedHosts: readonly string[],
): { readonly isListed: boolean } {
  const unusable = unusableBecause(url);
  if (unusable !== undefined) throw new RefusedAddressError(shownUrl(url), unusable);
  if (isHostListed(url, listedHosts)) return { isListed: true };

  const refuse = (reason: string): never => {
    throw new RefusedAddressError(shownUrl(url), reason, url.host);
  };
  if (kind === 'attachment') refuse('its host is not one that attachments come from');
  if (url.protocol !== 'https:') refuse('it is not https');
  if (url.port !== '') refuse('its port is not 443');
  // A literal address never reaches the socket's look-up, and behind a proxy no name does.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isPublic = isIP(host) === 0 ? !PRIVATE_NAME.test(host) : isPublicAddress(host);
  if (!isPublic) refuse('its address is not public');
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
  if (parsed instanceof ipaddr.IPv6) return parsed.match(GLOBAL_UNICAST);
  return !CLOUD_INTERNAL.some((range) => parsed.match(range));
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
        const reason = 'its address is not public';
        return callback(new RefusedAddressError(hostname, reason, hostname), []);
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
