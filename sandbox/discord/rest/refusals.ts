/**
 * Discord’s refusals. Codes and texts: Discord developer docs, "Opcodes and
 * Status Codes", JSON error codes; HTTP statuses as seen with each code.
 */

interface RefusalOptions {
  readonly status: number;
  readonly code: number;
  readonly message: string;
  readonly errors?: unknown;
  readonly retryAfterMs?: number | undefined;
}

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: number;
  readonly errors: unknown;
  /** For refusals that are rate limits. */
  readonly retryAfterMs: number | undefined;

  constructor(options: RefusalOptions) {
    super(options.message);
    this.retryAfterMs = options.retryAfterMs;
    this.status = options.status;
    this.code = options.code;
    this.errors = options.errors;
  }

  get body(): Record<string, unknown> {
    const base = { message: this.message, code: this.code };
    return this.errors === undefined ? base : { ...base, errors: this.errors };
  }
}

const REFUSALS = {
  'not-found': { status: 404, code: 0, message: '404: Not Found' },
  unauthorized: { status: 401, code: 0, message: '401: Unauthorized' },
  'unknown-channel': { status: 404, code: 10_003, message: 'Unknown Channel' },
  'unknown-guild': { status: 404, code: 10_004, message: 'Unknown Guild' },
  'unknown-message': { status: 404, code: 10_008, message: 'Unknown Message' },
  'unknown-user': { status: 404, code: 10_013, message: 'Unknown User' },
  'unknown-webhook': { status: 404, code: 10_015, message: 'Unknown Webhook' },
  'unknown-interaction': { status: 404, code: 10_062, message: 'Unknown interaction' },
  'not-this-application': {
    status: 403,
    code: 20_012,
    message: 'You are not authorized to perform this action on this application',
  },
  'too-many-attachments': {
    status: 400,
    code: 30_015,
    message: 'Maximum number of attachments in a message reached (10)',
  },
  'old-message-edits': {
    status: 429,
    code: 30_046,
    message: 'Maximum number of edits to messages older than 1 hour reached. Try again later',
  },
  'too-large': { status: 413, code: 40_005, message: 'Request entity too large' },
  'already-acknowledged': {
    status: 400,
    code: 40_060,
    message: 'Interaction has already been acknowledged.',
  },
  'missing-access': { status: 403, code: 50_001, message: 'Missing Access' },
  'not-the-author': {
    status: 403,
    code: 50_005,
    message: 'Cannot edit a message authored by another user',
  },
  'not-in-direct-messages': {
    status: 403,
    code: 50_003,
    message: 'Cannot execute action on a DM channel',
  },
  'empty-message': { status: 400, code: 50_006, message: 'Cannot send an empty message' },
  'closed-direct-messages': {
    status: 403,
    code: 50_007,
    message: 'Cannot send messages to this user',
  },
  // Opening direct messages with a bot fails with the same code, but as a bad request.
  'bot-recipient': { status: 400, code: 50_007, message: 'Cannot send messages to this user' },
  'missing-permissions': { status: 403, code: 50_013, message: 'Missing Permissions' },
  'expired-token': { status: 401, code: 50_027, message: 'Invalid Webhook Token' },
  'invalid-recipient': { status: 400, code: 50_033, message: 'Invalid Recipient(s)' },
  'invalid-version': { status: 400, code: 50_041, message: 'Invalid API version provided' },
  'invalid-json': {
    status: 400,
    code: 50_109,
    message: 'The request body contains invalid JSON.',
  },
  'no-shared-guild': {
    status: 403,
    code: 50_278,
    message: 'Cannot send messages to this user due to having no mutual guilds',
  },
  'no-read-history': {
    status: 403,
    code: 160_002,
    message: 'Cannot reply without permission to read message history',
  },
  'blocked-by-automod': {
    status: 400,
    code: 200_000,
    message: 'Message was blocked by automatic moderation',
  },
} as const;

export type RefusalName = keyof typeof REFUSALS;

/** Creates the named refusal, to be thrown. */
export function refusal(name: RefusalName, retryAfterMs?: number): Refusal {
  return new Refusal({ ...REFUSALS[name], retryAfterMs });
}

/** One fault in a request’s body. */
export interface FieldFault {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
}

/** Error 50035 with its nested `errors`: Discord developer docs, reference, "Error Messages". */
export function invalidForm(faults: readonly FieldFault[]): Refusal {
  const errors: Record<string, unknown> = {};
  for (const { path, code, message } of faults) {
    let node = errors;
    for (const key of path) node = child(node, String(key));
    const list = node['_errors'];
    const fault = { code, message };
    if (Array.isArray(list)) list.push(fault);
    else node['_errors'] = [fault];
  }
  return new Refusal({ status: 400, code: 50_035, message: 'Invalid Form Body', errors });
}

function child(node: Record<string, unknown>, key: string): Record<string, unknown> {
  const known = node[key];
  if (isRecord(known)) return known;
  const fresh: Record<string, unknown> = {};
  node[key] = fresh;
  return fresh;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Throws 50035 when there is any fault. */
export function refuseFaults(faults: readonly FieldFault[]): void {
  if (faults.length > 0) throw invalidForm(faults);
}
