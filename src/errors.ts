/**
 * The errors this project throws deliberately. Callers compare `kind`, never message text. Only the text
 * of a `UserError` (and of its subclass `QuotaExceeded`) may reach Discord.
 */
import { DEFAULT_LOCALE, type Locale } from './text/locales.ts';
import { inWords, type Text, type TextList } from './text/text.ts';

/** The request cannot be fulfilled. The text states the problem and the fix. */
export class UserError extends Error {
  readonly kind: string = 'user';
  override readonly name: string = 'UserError';
  readonly #text: Text | TextList;

  /** @param text shown in the reader's language; logged in English */
  constructor(text: Text | TextList, options?: ErrorOptions) {
    super(inWords(DEFAULT_LOCALE, text), options);
    this.#text = text;
  }

  /** Returns the text in a language. */
  in(locale: Locale): string {
    return inWords(locale, this.#text);
  }
}

/** A limit or budget does not allow the request. Nothing was held. */
export class QuotaExceeded extends UserError {
  override readonly kind = 'quota-exceeded';
  override readonly name = 'QuotaExceeded';
}

/** An operator's program cannot do what was requested. The message is for its user, in English. */
export class OperatorError extends Error {
  readonly kind = 'operator';
  override readonly name = 'OperatorError';
}

/** The settings cannot be used. Each fault names its setting. */
export class ConfigError extends Error {
  readonly kind = 'config';
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The settings cannot be used:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/** An event that is invalid in the job's state. Always a bug. */
export class IllegalTransition extends Error {
  readonly kind = 'illegal-transition';
  override readonly name = 'IllegalTransition';

  constructor(state: string, event: string) {
    super(`A job that is ${state} cannot take the event ${event}`);
  }
}

/** An untrusted URL, file or answer broke a rule (size, scheme, address, content). */
export class UntrustedContentError extends Error {
  readonly kind = 'untrusted-content';
  override readonly name = 'UntrustedContentError';
}

/**
 * `model-unavailable`: the model is retired or not activated for the account. `task-not-found`: the vendor
 * does not know the task; `not-found`: anything else is missing, such as the address. `input-unreadable`: a
 * file of the request could not be read from our disk, and nothing was sent.
 */
export const VENDOR_ERROR_KINDS = [
  'auth',
  'out-of-funds',
  'model-unavailable',
  'rejected',
  'moderated',
  'rate-limited',
  'unavailable',
  'timeout',
  'bad-response',
  'not-found',
  'task-not-found',
  'conflict',
  'input-unreadable',
] as const;
export type VendorErrorKind = (typeof VENDOR_ERROR_KINDS)[number];

export interface VendorErrorOptions {
  vendor: string;
  kind: VendorErrorKind;
  /** The failed operation: `create`, `retrieve`, `list`, `cancel`, or `prepare` if nothing was sent. */
  operation: string;
  /** The vendor's own error code, such as `AccountOverdueError`. Never a whole body. */
  code?: string;
  /** HTTP status, when there was an answer. */
  status?: number;
  retryAfterMs?: number;
  /**
   * True if the task certainly does not exist: the vendor answered with an error or was never reached.
   * False for an unknown outcome: the answer was lost, truncated or unreadable.
   */
  isDefinite: boolean;
  cause?: unknown;
}

/** A vendor refused a call or could not be reached. */
export class VendorError extends Error {
  override readonly name = 'VendorError';
  readonly vendor: string;
  readonly kind: VendorErrorKind;
  readonly operation: string;
  readonly code: string | undefined;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly isDefinite: boolean;

  constructor(options: VendorErrorOptions) {
    const detail = [options.code, options.status].filter((part) => part !== undefined).join(', ');
    super(
      `${options.vendor} ${options.operation}: ${options.kind}${detail === '' ? '' : ` (${detail})`}`,
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.vendor = options.vendor;
    this.kind = options.kind;
    this.operation = options.operation;
    this.code = options.code;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.isDefinite = options.isDefinite;
  }
}
