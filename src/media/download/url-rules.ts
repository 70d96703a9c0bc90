/**
 * Decides which addresses a download may connect to. Pure except for DNS: the socket resolves names with
 * `publicOnlyLookup`, so that the address checked is the address connected to.
 */
import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

import ipaddr from 'ipaddr.js';

import { UntrustedContentError } from '../../errors.ts';
import { withoutSecrets } from '../../logger.ts';

/** Addresses allocated for the public internet. Source: IANA, IPv6 Address Space registry. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/**
 * Registered as public but reachable only inside a cloud's network, where the bot may run. Other clouds'
 * host services have private or link-local addresses. Sources: Microsoft Learn, "What is
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
 * Names outside the public DNS. Behind a proxy the address is not known here, so the name decides.
 * Sources: RFC 6761 (localhost), RFC 6762 (local), RFC 8375 (home.arpa), ICANN resolution 2024.07.29.06
 * (internal).
 */
const PRIVATE_NAME = /^[^.]+\.?$|\.(?:localhost|local|internal|home\.arpa)\.?$/;

/** `attachment`: from listed hosts only. `result`: from listed hosts and any public host. */
export type DownloadKind = 'attachment' | 'result';

/** A rule forbids the address. The operator may list its host or fix the network. */
export class RefusedAddressError extends UntrustedContentError {
  /** The host as it could be listed in the settings; undefined if listing would not help. */
  readonly listableHost: string | undefined;

  constructor(subject: string, reason: string, listableHost?: string) {
    super(`${subject} is not fetched: ${reason}`);
    this.listableHost = listableHost;
  }
}

/** Returns whether text is a web address; nothing else is fetched, whatever the settings. */
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
 * Checks a URL against the rules. `isListed`: the operator listed its host in the settings, so it may use
 * plain http, any port and a private address.
 *
 * @throws RefusedAddressError that names the broken rule
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
  // Literal addresses skip the socket's DNS lookup; behind a proxy so do names.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isPublic = isIP(host) === 0 ? !PRIVATE_NAME.test(host) : isPublicAddress(host);
  if (!isPublic) refuse('its address is not public');
  return { isListed: false };
}

/** Returns whether the host is listed, as `host` for every port or as `host:port`. */
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
 * Returns whether an IP address is on the public internet. Addresses that embed an IPv4 address (mapped,
 * NAT64, 6to4, Teredo) never are, because they could reach private networks through a gateway.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  // "unicast" also covers unassigned ranges, such as the old IPv4-compatible ::127.0.0.1.
  if (parsed instanceof ipaddr.IPv6) return parsed.match(GLOBAL_UNICAST);
  return !CLOUD_INTERNAL.some((range) => parsed.match(range));
}

/** Returns a DNS lookup for sockets that fails if any address of the name is not public. */
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

/** Returns a URL for messages and logs, without user, query or tokens in its path. */
export function shownUrl(url: URL): string {
  return withoutSecrets(`${url.protocol}//${url.host}${url.pathname}`);
}
