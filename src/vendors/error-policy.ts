/**
 * What the official API's error codes mean to us, as data. One HTTP status does not say whether to
 * wait, to tell the operator or to blame the request: 429 alone has three meanings.
 * Source: BytePlus ModelArk and Volcengine Ark, error codes; live answers where the page is silent.
 */
import { z } from 'zod';

import type { VendorError, VendorErrorKind } from '../errors.ts';
import type { ErrorAnswer } from './http/http.ts';
import type { TaskFailureKind } from './vendor.ts';

interface ErrorRule {
  /** The whole code; or, with `*` at its end, how it begins. */
  readonly code: string;
  /** Only when the vendor's text says this: the one code with three meanings. */
  readonly message?: RegExp;
  readonly kind: VendorErrorKind;
  /** The account is well; it is the one model that it may not use, or not any more. */
  readonly isOfModel?: true;
}

/** The first that fits decides. */
export const ERROR_RULES: readonly ErrorRule[] = [
  { code: 'InputTextSensitiveContentDetected*', kind: 'moderated' },
  { code: 'InputImageSensitiveContentDetected*', kind: 'moderated' },
  { code: 'InputVideoSensitiveContentDetected*', kind: 'moderated' },
  { code: 'InputAudioSensitiveContentDetected*', kind: 'moderated' },
  { code: 'OutputTextSensitiveContentDetected*', kind: 'moderated' },
  { code: 'OutputImageSensitiveContentDetected*', kind: 'moderated' },
  { code: 'OutputVideoSensitiveContentDetected*', kind: 'moderated' },
  { code: 'OutputAudioSensitiveContentDetected*', kind: 'moderated' },
  { code: 'SensitiveContentDetected*', kind: 'moderated' },
  { code: 'InputTextRiskDetection', kind: 'moderated' },
  { code: 'InputImageRiskDetection', kind: 'moderated' },
  { code: 'OutputTextRiskDetection', kind: 'moderated' },
  { code: 'OutputImageRiskDetection', kind: 'moderated' },
  { code: 'ContentSecurityDetectionError', kind: 'moderated' },

  { code: 'MissingParameter*', kind: 'rejected' },
  { code: 'InvalidParameter*', kind: 'rejected' },
  { code: 'InvalidImageURL*', kind: 'rejected' },

  // Things only the operator can put right in the vendor's console.
  { code: 'AuthenticationError', kind: 'auth' },
  { code: 'AccessDenied', kind: 'auth' },
  { code: 'ModelNotOpen', kind: 'auth', isOfModel: true },
  { code: 'InvalidEndpoint.ClosedEndpoint', kind: 'auth', isOfModel: true },
  { code: 'InvalidEndpointOrModel*', kind: 'auth', isOfModel: true },
  { code: 'OperationDenied.ServiceOverdue', kind: 'out-of-funds' },
  { code: 'OperationDenied*', kind: 'auth' },

  { code: 'AccountOverdueError', kind: 'out-of-funds' },
  { code: 'InvalidAccountStatus', kind: 'out-of-funds' },
  { code: 'SetLimitExceeded', kind: 'out-of-funds', isOfModel: true },
  // A used-up free trial or Coding Plan does not come back by waiting a little …
  {
    code: 'QuotaExceeded',
    message: /free trial quota|usage quota/i,
    kind: 'out-of-funds',
    isOfModel: true,
  },
  // … but "The request has exceeded the quota." means too many queued tasks.
  { code: 'QuotaExceeded', kind: 'rate-limited' },

  { code: 'RateLimitExceeded*', kind: 'rate-limited' },
  { code: 'ModelAccountRpmRateLimitExceeded', kind: 'rate-limited' },
  { code: 'ModelAccountTpmRateLimitExceeded', kind: 'rate-limited' },
  { code: 'ModelAccountIpmRateLimitExceeded', kind: 'rate-limited' },
  { code: 'APIAccountRpmRateLimitExceeded', kind: 'rate-limited' },
  { code: 'AccountRateLimitExceeded', kind: 'rate-limited' },
  { code: 'RequestBurstTooFast', kind: 'rate-limited' },
  { code: 'InflightBatchsizeExceeded', kind: 'rate-limited' },
  { code: 'ServerOverloaded', kind: 'rate-limited' },

  { code: 'NotFound*', kind: 'not-found' },
  { code: 'InvalidAction*', kind: 'conflict' },
  { code: 'InternalServiceError', kind: 'unavailable' },
];

/** For codes that no rule names, and for answers without one. */
const KIND_OF_STATUS: Readonly<Record<number, VendorErrorKind>> = {
  401: 'auth',
  402: 'out-of-funds',
  403: 'auth',
  404: 'not-found',
  408: 'unavailable',
  409: 'conflict',
  429: 'rate-limited',
};

/** `{"error":{"code","message","param","type"}}`; relays are known to leave out or number the code. */
const envelopeSchema = z.object({
  error: z.object({
    code: z.union([z.string(), z.number().transform(String)]).nullish(),
    message: z.string().nullish().catch(undefined),
  }),
});

/** Codes are shown in logs; whatever does not look like one is not. */
const CODE = /^[\w.[\]-]{1,100}$/;

/** Reads an error answer of the official dialect. */
export function mapOfficialError(answer: { status: number; body: unknown }): ErrorAnswer {
  const { status } = answer;
  const envelope = envelopeSchema.safeParse(answer.body);
  const error = envelope.success ? envelope.data.error : undefined;
  const code = safeCode(error?.code);
  const ruled = code === undefined ? undefined : ruleFor(code, error?.message ?? '');
  const kind = ruled ?? kindOfStatus(status);
  // A gateway's 404 page is not the vendor saying that it knows no such task.
  if (kind === 'not-found' && answer.body === undefined) {
    return { kind: 'bad-response', isDefinite: true };
  }
  return { kind, code, isDefinite: !isOfGateway(status) || ruled !== undefined };
}

/** Why a task failed, from the code in the task itself. What nobody knows is the vendor's fault. */
export function taskFailureKind(code: string, message = ''): TaskFailureKind {
  const kind = ruleFor(code, message);
  return kind === 'moderated' || kind === 'rejected' ? kind : 'unavailable';
}

/** The code, if it looks like one. */
export function safeCode(code: string | null | undefined): string | undefined {
  return code !== null && code !== undefined && CODE.test(code) ? code : undefined;
}

/** Whether other models of the account may still be had. */
export function isAboutOneModel({ kind, code }: Pick<VendorError, 'kind' | 'code'>): boolean {
  if (code === undefined) return false;
  return ERROR_RULES.some(
    (rule) => rule.isOfModel === true && rule.kind === kind && fits(rule, code),
  );
}

/** What a code means, or undefined where no rule names it. */
export function ruleFor(code: string, message: string): VendorErrorKind | undefined {
  return ERROR_RULES.find((rule) => fits(rule, code) && (rule.message?.test(message) ?? true))
    ?.kind;
}

function fits(rule: ErrorRule, code: string): boolean {
  if (!rule.code.endsWith('*')) return code === rule.code;
  const beginning = rule.code.slice(0, -1);
  return code === beginning || code.startsWith(`${beginning}.`);
}

/**
 * Whether somebody before the vendor may have said it, who knows not what became of the request: by a
 * 5xx, or the 408 of a relay that waited too long. The task may exist then: only the vendor's own word
 * counts.
 */
export function isOfGateway(status: number): boolean {
  return status >= 500 || status === 408;
}

/** What a status means by itself. */
export function kindOfStatus(status: number): VendorErrorKind {
  if (status >= 500) return 'unavailable';
  return KIND_OF_STATUS[status] ?? (status >= 400 ? 'rejected' : 'bad-response');
}
