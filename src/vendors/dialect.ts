/** What all dialects share. */
import type { Dispatcher } from 'undici';

import type { ModelId, VideoRequest } from '../catalogue/request.ts';
import type { Clock } from '../clock.ts';
import { VendorError, type VendorErrorKind } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { DEFAULT_LOCALE } from '../text/locales.ts';
import { translate } from '../text/text.ts';
import { vendorViolations } from './check-capabilities.ts';
import { mapErrors, type DialectErrors } from './error-mapping.ts';
import { createVendorHttp, type VendorHttp, type VendorTimeouts } from './http/http.ts';
import type { TaskStatus } from './vendor.ts';

/** @typeParam Name the vendor's name in `VENDOR_ORDER` */
export interface DialectOptions<Name extends string = string> {
  readonly name: Name;
  readonly apiKey: string;
  /** The documented base URL, to which paths are appended. */
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
 * @param headers the credentials, sent with each request
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

/** Returns the origin that completes the vendor's relative links. */
export function originOf({ baseUrl }: Pick<DialectOptions, 'baseUrl'>): string {
  return new URL(baseUrl).origin;
}

export function bearer({ apiKey }: Pick<DialectOptions, 'apiKey'>): Record<string, string> {
  return { authorization: `Bearer ${apiKey}` };
}

/**
 * Returns the vendor's id of the request's model, after checking that the vendor supports the request.
 *
 * @throws a definite VendorError, so that nothing is sent that would be made differently than priced
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

/** Returns the error for a create that was not sent, which is definite. */
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

/** Turns a "task not found" error of a check into the status `missing`. */
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
