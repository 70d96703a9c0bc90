/** The differences between the vendors' APIs; everything else is shared. */
import { wireId, type VendorModel } from './create/models.ts';
import { unauthorized, type Refusal } from './errors.ts';
import type { Answer, Exchange } from './exchange.ts';
import type { RouteName } from './faults.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Clips } from './results/clip.ts';
import type { Links } from './results/links.ts';
import type { TaskBook } from './tasks/tasks.ts';
import type { AnswerVariant } from './variants.ts';

export type DialectName =
  | 'official'
  | 'azerion'
  | 'powertokens'
  | 'kyyaipower'
  | 'pixazo'
  | 'aimlapi';

export interface Dialect {
  readonly name: DialectName;
  /** The prefix of every path. */
  readonly basePath: string;
  readonly routes: readonly Route[];
  readonly coverage: readonly Coverage[];
  /**
   * The models served at a given time; any other is answered with 404.
   *
   * @param idPrefix the option of that name
   * @param nowMs by the sandbox’s clock
   */
  readonly models: (idPrefix: string, nowMs: number) => readonly VendorModel[];
  /** Whether `service_tier` may be `flex`. */
  readonly hasFlex: boolean;
  readonly keyHeader: 'authorization' | 'ocp-apim-subscription-key';
  /** Measured on ModelArk: POST below a task (…/cancel, …/stop) falls through to the create. */
  readonly hasCreateFallThrough: boolean;
  /** The JSON of its error responses. */
  readonly refusalBody: (refusal: Refusal, context: RefusalContext) => unknown;
}

export interface RefusalContext {
  readonly requestId: string;
  readonly path: string;
}

export interface Route {
  readonly route: RouteName | 'last-frame';
  readonly method: string;
  /** As in the vendor’s documentation; `{id}` stands for a task’s id. */
  readonly path: string;
  readonly handle: (exchange: Exchange, account: Account) => Promise<Answer> | Answer;
}

/** The served part of a route; a test compares the list with the routes. */
export interface Coverage {
  readonly route: Route['route'];
  readonly method: string;
  readonly path: string;
  readonly state: 'supported' | 'partial';
  readonly missing: readonly string[];
}

/** State that all routes share. */
export interface Account {
  readonly dialect: Dialect;
  readonly key: string;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly idPrefix: string;
  readonly flagPrecedence: 'flags' | 'body';
  /** Which of its two response styles Pixazo uses. */
  readonly pixazoStyle: 'task' | 'request';
  readonly tasks: TaskBook;
  readonly limits: RateLimits;
  readonly clips: Clips;
  readonly links: Links;
  readonly keepsPictures: boolean;
  /** The variant of all responses, when they do not follow the documentation. */
  variant: AnswerVariant | undefined;
  hasFunds: boolean;
  /** Ids of models that are answered with 404, although the documentation still lists them. */
  readonly retired: Set<string>;
}

export function hasValidKey(exchange: Pick<Exchange, 'headers'>, account: Account): boolean {
  const { keyHeader } = account.dialect;
  const expected = keyHeader === 'authorization' ? `Bearer ${account.key}` : account.key;
  return exchange.headers[keyHeader] === expected;
}

/** @throws ArkRefusal 401 */
export function authorize(exchange: Exchange, account: Account): void {
  if (!hasValidKey(exchange, account)) throw unauthorized();
}

/** The models that the account can use now. */
export function servedModels(
  { dialect, idPrefix, retired }: Account,
  nowMs: number,
): VendorModel[] {
  return dialect.models(idPrefix, nowMs).filter((model) => !retired.has(wireId(model, idPrefix)));
}
