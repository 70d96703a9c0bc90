/** What every dialect is built from and does alike. */
import type { Dispatcher } from 'undici';

import type { ModelId, VideoRequest } from '../catalogue/request.ts';
import type { Clock } from '../clock.ts';
import { VendorError, type VendorErrorKind } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { DEFAULT_LOCALE } from '../text/locales.ts';
import { translate } from '../text/text.ts';
import { vendorViolations } from './check-capabilities.ts';
import { mapErrors, type DialectErrors } from './error-mapping.ts';
import { createVendorHttp, type VendorHttp } from './http/http.ts';
import type { VendorTimeouts } from './http/http.ts';
import type { TaskStatus } from './vendor.ts';

/** @typeParam Name how the vendor is called in `VENDOR_ORDER` */
export interface DialectOptions<Name extends string = string> {
  readonly name: Name;
  readonly apiKey: string;
  /** As the vendor documents it: what its paths are appended to. */
  readonly baseUrl: string;
  /** The ids this vendor gives the models it offers; see `Vendor.wireModel`. */
  readonly wireModels: Readonly<Partial<Record<ModelId, string>>>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly timeouts?: VendorTimeouts | undefined;
  readonly maxAnswerBytes?: number | undefined;
  readonly dispatcher?: Dispatcher | undefined;
}

/**
 * @param headers sent with each request: the credentials
 * @param errors how the dialect's errors differ from the tables
 */
export function createDialectHttp(
  { name, logger, clock, baseUrl, timeouts, maxAnswerBytes, dispatcher }: DialectOptions,
  headers: Readonly<Record<string, string>>,
  errors: DialectErrors = {},
): VendorHttp {
  return createVendorHttp({
    vendor: name,
    baseUrl,
    headers,
    mapError: mapErrors(errors),
    logger,
    clock,
    timeouts,
    maxAnswerBytes,
    dispatcher,
  });
}

/** What stands before a link of the vendor's own that names no host. */
export function originOf({ baseUrl }: Pick<DialectOptions, 'baseUrl'>): string {
  return new URL(baseUrl).origin;
}

export function bearer({ apiKey }: Pick<DialectOptions, 'apiKey'>): Record<string, string> {
  return { authorization: `Bearer ${apiKey}` };
}

/**
 * The id of the request's model, once it is certain that this vendor can do all that is asked.
 *
 * @throws VendorError, a definite no: nothing has been sent that would be done otherwise than priced
 */
export function offeredModel(
  { name, wireModels }: Pick<DialectOptions, 'name' | 'wireModels'>,
  request: VideoRequest,
): string {
  const wireModel = wireModels[request.model];
  if (wireModel === undefined) throw rejectBeforeSending(name, 'MODEL_NOT_OFFERED');
  const [violation] = vendorViolations(name, request);
  if (violation === undefined) return wireModel;
  const code = `CANNOT_${violation.topic.toUpperCase().replaceAll('-', '_')}`;
  throw rejectBeforeSending(name, code, {
    cause: new Error(translate(DEFAULT_LOCALE, violation.reason)),
  });
}

/** A create that never left: the vendor has certainly not taken it. */
export function rejectBeforeSending(
  vendor: string,
  code: string,
  { kind = 'rejected', cause }: { kind?: VendorErrorKind; cause?: unknown } = {},
): VendorError {
  return new VendorError({
    vendor,
    operation: 'prepare',
    kind,
    code,
    isDefinite: true,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A look whose "I know no such task" is an answer, not a failure. */
export async function missingIfNotFound(look: Promise<TaskStatus>): Promise<TaskStatus> {
  try {
    return await look;
  } catch (error) {
    if (isOfKind(error, 'task-not-found')) return { status: 'missing' };
    throw error;
  }
}

export function isOfKind(error: unknown, kind: VendorErrorKind): boolean {
  return error instanceof VendorError && error.kind === kind;
}
