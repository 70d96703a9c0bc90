/** Creates the connections of our HTTP client, direct or through the operator's proxy. */
import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';

export interface ProxySettings {
  /** `HTTPS_PROXY`, with user and password if the proxy requires them. */
  readonly https: string | undefined;
  /** `HTTP_PROXY`; also used for https if `HTTPS_PROXY` is unset. */
  readonly http: string | undefined;
  /** `NO_PROXY`: hosts with direct connections. */
  readonly except: string;
}

export const NO_PROXY: ProxySettings = { https: undefined, http: undefined, except: '' };

export function hasProxy({ https, http }: ProxySettings): boolean {
  return https !== undefined || http !== undefined;
}

/**
 * Creates a dispatcher, which the caller must close. Uses HTTP/1.1, so that a broken connection affects
 * only one request.
 *
 * @param options `connect` applies to direct connections only, since a proxy resolves names itself
 */
export function createDispatcher(
  proxy: ProxySettings,
  options: Omit<Agent.Options, 'allowH2'> = {},
): Dispatcher {
  const all = { ...options, allowH2: false };
  if (!hasProxy(proxy)) return new Agent(all);
  const { https, http, except } = proxy;
  // An empty string keeps the library from reading the environment.
  return new EnvHttpProxyAgent({
    ...all,
    httpsProxy: https ?? '',
    httpProxy: http ?? '',
    noProxy: except,
  });
}
