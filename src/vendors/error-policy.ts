/**
 * What vendors' refusals mean, as tables for all dialects: by documented code, then by the words of the
 * vendor's JSON, then by status. A status alone does not tell whether to wait, to alert the operator or
 * to blame the request: 429 has three meanings. `error-mapping.ts` applies the tables. Sources: BytePlus
 * ModelArk and Volcengine Ark, error codes; Azerion and AI/ML API, error pages; Pixazo's response table;
 * the codes of relays based on one-api, as kyyAiPower and PowerTokens seem to be; live answers where the
 * pages say nothing.
 */
import type { VendorError, VendorErrorKind } from '../errors.ts';
import type { TaskFailureKind } from './vendor.ts';

/**
 * What a refusal means for the vendor that gave it. After `end-of-job` no other vendor is called either.
 * `not-read`: our input could not be read, so no vendor is involved and another would not help.
 */
export type RefusalMeaning = 'not-now' | 'not-this-vendor' | 'not-read' | 'end-of-job';

interface ErrorPolicy {
  /** What a definite refusal of a create means for the vendor that gave it. */
  readonly means: RefusalMeaning;
  /** Why the job failed, if no other vendor is left. */
  readonly reason: string;
  /**
   * Whether it counts towards resting the vendor: a problem of the vendor or of the operator's account,
   * which other jobs would have too. Other errors concern the request or pass within seconds.
   */
  readonly isVendorFailing: boolean;
  /** Whether, as the error of a check, it concerns one task only; otherwise the vendor is unreachable at present. */
  readonly isAboutOneTask: boolean;
  /** Whether it concerns the account, so that a success status without a task can be this error. */
  readonly isAboutAccount: boolean;
}

/** What each kind of error means. */
export const VENDOR_ERROR_POLICY = {
  auth: {
    means: 'not-this-vendor',
    reason: 'vendor-unavailable',
    isVendorFailing: true,
    isAboutOneTask: false,
    isAboutAccount: true,
  },
  'out-of-funds': {
    means: 'not-this-vendor',
    reason: 'vendor-out-of-funds',
    isVendorFailing: true,
    isAboutOneTask: false,
    isAboutAccount: true,
  },
  'model-unavailable': {
    means: 'not-this-vendor',
    reason: 'model-unavailable',
    isVendorFailing: false,
    isAboutOneTask: true,
    isAboutAccount: false,
  },
  // The vendor's validation, its parameters, a link it cannot fetch: another vendor may accept the same.
  rejected: {
    means: 'not-this-vendor',
    reason: 'rejected',
    isVendorFailing: false,
    isAboutOneTask: true,
    isAboutAccount: false,
  },
  conflict: {
    means: 'not-this-vendor',
    reason: 'rejected',
    isVendorFailing: false,
    isAboutOneTask: true,
    isAboutAccount: false,
  },
  'task-not-found': {
    means: 'not-this-vendor',
    reason: 'rejected',
    isVendorFailing: false,
    isAboutOneTask: true,
    isAboutAccount: false,
  },
  'not-found': {
    means: 'not-this-vendor',
    reason: 'vendor-unavailable',
    isVendorFailing: false,
    isAboutOneTask: true,
    isAboutAccount: false,
  },
  moderated: {
    means: 'end-of-job',
    reason: 'moderated-input',
    isVendorFailing: false,
    isAboutOneTask: true,
    isAboutAccount: false,
  },
  'rate-limited': {
    means: 'not-now',
    reason: 'vendor-unavailable',
    isVendorFailing: false,
    isAboutOneTask: false,
    isAboutAccount: true,
  },
  unavailable: {
    means: 'not-now',
    reason: 'vendor-unavailable',
    isVendorFailing: true,
    isAboutOneTask: false,
    isAboutAccount: false,
  },
  timeout: {
    means: 'not-now',
    reason: 'vendor-unavailable',
    isVendorFailing: true,
    isAboutOneTask: false,
    isAboutAccount: false,
  },
  'bad-response': {
    means: 'not-now',
    reason: 'vendor-unavailable',
    isVendorFailing: true,
    isAboutOneTask: true,
    isAboutAccount: false,
  },
  'input-unreadable': {
    means: 'not-read',
    reason: 'input-unreadable',
    isVendorFailing: false,
    isAboutOneTask: false,
    isAboutAccount: false,
  },
} as const satisfies Record<VendorErrorKind, ErrorPolicy>;

export interface ErrorRule {
  /** The complete code, or a prefix ending in `*`. */
  readonly code: string;
  /** The text that must also match: one code has three meanings. */
  readonly message?: RegExp;
  readonly kind: VendorErrorKind;
  /** The account is fine, but may not, or no longer, use this model. */
  readonly isOfModel?: true;
  /** A relay's code for a missing upstream answer, so the task may exist. */
  readonly isOutcomeUnknown?: true;
}

/** The first match decides. A documented code is a definite refusal, whatever the status. */
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

  // The model is retired, or not activated for this account.
  { code: 'ModelNotOpen*', kind: 'model-unavailable' },
  { code: 'InvalidEndpointOrModel*', kind: 'model-unavailable' },
  { code: 'InvalidEndpoint*', kind: 'model-unavailable' },

  // Only the operator can fix these, in the vendor's console.
  { code: 'AuthenticationError', kind: 'auth' },
  { code: 'AccessDenied', kind: 'auth' },
  { code: 'OperationDenied.ServiceOverdue', kind: 'out-of-funds' },
  { code: 'OperationDenied*', kind: 'auth' },

  { code: 'AccountOverdueError', kind: 'out-of-funds' },
  { code: 'InvalidAccountStatus', kind: 'out-of-funds' },
  { code: 'SetLimitExceeded', kind: 'out-of-funds', isOfModel: true },
  // A used-up free trial or Coding Plan does not recover within minutes …
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

  // "NotFound" alone may be a wrong address, so the words decide.
  { code: 'NotFound.Task', kind: 'task-not-found' },
  { code: 'ResourceNotFound*', kind: 'task-not-found' },
  { code: 'InvalidAction*', kind: 'conflict' },
  { code: 'InternalServiceError', kind: 'unavailable' },

  // Relays based on one-api, which use OpenAI's codes.
  { code: 'model_not_found', kind: 'model-unavailable' },
  { code: 'insufficient_quota', kind: 'out-of-funds' },
  { code: 'insufficient_user_quota', kind: 'out-of-funds' },
  { code: 'pre_consume_token_quota_failed', kind: 'out-of-funds' },
  { code: 'billing_hard_limit_reached', kind: 'out-of-funds' },
  { code: 'invalid_api_key', kind: 'auth' },
  { code: 'content_policy_violation', kind: 'moderated' },
  { code: 'sensitive_words_detected', kind: 'moderated' },
  { code: 'rate_limit_exceeded', kind: 'rate-limited' },
  { code: 'task_not_exist', kind: 'task-not-found' },
  { code: 'task_not_found', kind: 'task-not-found' },
  { code: 'do_request_failed', kind: 'unavailable', isOutcomeUnknown: true },
  { code: 'fail_to_fetch_task', kind: 'unavailable', isOutcomeUnknown: true },
  { code: 'bad_response_status_code', kind: 'unavailable', isOutcomeUnknown: true },
  { code: 'read_response_body_failed', kind: 'unavailable', isOutcomeUnknown: true },
  { code: 'upstream_error', kind: 'unavailable', isOutcomeUnknown: true },
];

/** With one of these and a JSON error of the vendor, no task was created. */
export const DEFINITE_STATUSES: ReadonlySet<number> = new Set([
  400, 401, 402, 403, 404, 405, 410, 413, 415, 422, 429,
]);

/** What a vendor's error means when neither its code nor its words are in a table. */
const KIND_OF_STATUS: Readonly<Record<number, VendorErrorKind>> = {
  401: 'auth',
  402: 'out-of-funds',
  403: 'auth',
  404: 'not-found',
  405: 'not-found',
  408: 'unavailable',
  409: 'conflict',
  410: 'model-unavailable',
  429: 'rate-limited',
};

/**
 * What a status means without an error of the vendor. It may then come from a gateway, such as a
 * firewall that sends a 403 in plain text.
 */
const KIND_OF_BARE_STATUS: Readonly<Record<number, VendorErrorKind>> = {
  401: 'auth',
  403: 'unavailable',
  408: 'unavailable',
  429: 'rate-limited',
};

export function kindOfStatus(status: number): VendorErrorKind {
  if (status >= 500) return 'unavailable';
  return KIND_OF_STATUS[status] ?? (status >= 400 ? 'rejected' : 'bad-response');
}

export function kindOfBareStatus(status: number): VendorErrorKind {
  if (status >= 500) return 'unavailable';
  return KIND_OF_BARE_STATUS[status] ?? 'bad-response';
}

/** Returns why a task failed, from the code in the task. Unknown reasons count as the vendor's fault. */
export function taskFailureKind(code: string, message = ''): TaskFailureKind {
  const kind = ruleFor(code, message)?.kind;
  return kind === 'moderated' || kind === 'rejected' ? kind : 'unavailable';
}

/** Returns whether other models of the account may still be available. */
export function isAboutOneModel({ kind, code }: Pick<VendorError, 'kind' | 'code'>): boolean {
  if (code === undefined) return false;
  return ERROR_RULES.some(
    (rule) => rule.isOfModel === true && rule.kind === kind && fits(rule, code),
  );
}

/** Returns the rule for a code, if any. */
export function ruleFor(code: string, message: string): ErrorRule | undefined {
  return ERROR_RULES.find((rule) => fits(rule, code) && (rule.message?.test(message) ?? true));
}

function fits(rule: ErrorRule, code: string): boolean {
  if (!rule.code.endsWith('*')) return code === rule.code;
  const beginning = rule.code.slice(0, -1);
  return code === beginning || code.startsWith(`${beginning}.`);
}
