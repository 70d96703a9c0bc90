/** Makes the connections of our HTTP client: direct ones, or through the operator's proxy. */
import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';

export interface ProxySettings {
  /** `HTTPS_PROXY`, with user and password where the proxy asks for them. */
  readonly https: string | undefined;
  /** `HTTP_PROXY`; also serves https where `HTTPS_PROXY` is unset. */
  readonly http: string | undefined;
  /** `NO_PROXY`: hosts that are connected to directly. */
  readonly except: string;
}

export const NO_PROXY: ProxySettings = { https: undefined, http: undefined, except: '' };

export function hasProxy({ https, http }: ProxySettings): boolean {
  return https !== undefined || http !== undefined;
}

/**
 * Connections are HTTP/1.1, so that a cut concerns one request and not all of them. The caller closes
 * the dispatcher.
 *
 * @param options `connect` concerns direct connections only: behind a proxy, the proxy looks names up
 */
export function createDispatcher(
  proxy: ProxySettings,
  options: Omit<Agent.Options, 'allowH2'> = {},
): Dispatcher {
  const all = { ...options, allowH2: false };
  if (!hasProxy(proxy)) return new Agent(all);
  const { https, http, except } = proxy;
  // An empty text keeps the library from reading the environment by itself.
  return new EnvHttpProxyAgent({
    ...all,
    httpsProxy: https ?? '',
    httpProxy: http ?? '',
    noProxy: except,
  });
}
