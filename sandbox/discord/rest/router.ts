/** Routes as data, and the look-up of a path’s route. */
import type { BucketRule } from '../rate-limits.ts';
import type { ApiAnswer, ApiRequest } from './http.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Route {
  readonly method: Method;
  /** With `:name` for each parameter, `:name*` for the remainder; without `/api/v10`. */
  readonly template: string;
  /** `bot`: the header `Authorization: Bot …`. `token`: the token in the path. */
  readonly auth: 'bot' | 'token';
  readonly bucket?: BucketRule;
  /** The path in Discord’s OpenAPI file, when it has this route. */
  readonly openApiPath?: string;
  readonly handle: (request: ApiRequest) => ApiAnswer;
}

export type RouteName = `${Method} ${string}`;

export function routeName(route: Route): RouteName {
  return `${route.method} ${route.template}`;
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Literal segments take precedence over parameters: `@original` over `:message`. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): Match | undefined {
  const segments = decodedSegments(path);
  const matches = routes
    .filter((route) => route.method === method)
    .flatMap((route) => {
      const params = paramsOf(route.template, segments);
      return params === undefined ? [] : [{ route, params }];
    });
  return matches.toSorted((a, b) => count(a.params) - count(b.params))[0];
}

/** discord.js sends `@original` as `%40original`. */
function decodedSegments(path: string): string[] {
  return path.split('/').map((segment) => {
    try {
      return decodeURIComponent(segment);
    } catch {
      // A malformed escape is kept as it is: no route has one.
      return segment;
    }
  });
}

function paramsOf(
  template: string,
  segments: readonly string[],
): Record<string, string> | undefined {
  const expected = template.split('/');
  const isOpen = template.endsWith('*');
  if (isOpen ? segments.length < expected.length : segments.length !== expected.length)
    return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const actual = segments[index] ?? '';
    if (part.endsWith('*')) params[part.slice(1, -1)] = segments.slice(index).join('/');
    else if (part.startsWith(':')) params[part.slice(1)] = actual;
    else if (part !== actual) return undefined;
  }
  return params;
}

function count(params: Readonly<Record<string, string>>): number {
  return Object.keys(params).length;
}
