/**
 * The vendor’s refusals: one envelope, `{error:{code,message,param,type}}`, whose message ends with
 * the request id. Codes and texts: BytePlus ModelArk, error codes.
 */

const TYPE_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
};

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** The field at fault; often empty in reality too. */
  readonly param?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Thrown where the fault is found; turned into a response in one place, the server. */
export class ArkRefusal extends Error {
  override readonly name = 'ArkRefusal';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** The official envelope. */
export function refusalBody(refusal: Refusal, { requestId }: { readonly requestId: string }) {
  const { status, code, message, param } = refusal;
  return {
    error: {
      code,
      message: `${message.replace(/\.?$/u, '.')} Request id: ${requestId}`,
      param: param ?? '',
      type: typeOfStatus(status),
    },
  };
}

export function typeOfStatus(status: number): string {
  return TYPE_OF_STATUS[status] ?? 'InternalServerError';
}

export function invalidParameter(param: string, message: string): ArkRefusal {
  return new ArkRefusal({ status: 400, code: 'InvalidParameter', param, message });
}

export function notValid(param: string, reason?: string): ArkRefusal {
  const tail = reason === undefined ? '.' : `: ${reason}.`;
  return invalidParameter(
    param,
    `The parameter \`${param}\` specified in the request is not valid${tail}`,
  );
}

export function missingParameter(param: string): ArkRefusal {
  return new ArkRefusal({
    status: 400,
    code: 'MissingParameter',
    param,
    message: `The required parameter ${param} is missing.`,
  });
}

export function unauthorized(): ArkRefusal {
  return new ArkRefusal({
    status: 401,
    code: 'AuthenticationError',
    message: 'The API key or AK/SK in the request is missing or invalid.',
    headers: { 'x-error-code': 'AuthN_AuthenticationError' },
  });
}

export function accountOverdue(): ArkRefusal {
  return new ArkRefusal({
    status: 403,
    code: 'AccountOverdueError',
    message: 'The request failed because your account has an overdue balance.',
  });
}

export function modelNotFound(model: string): ArkRefusal {
  return new ArkRefusal({
    status: 404,
    code: 'InvalidEndpointOrModel.NotFound',
    param: 'model',
    message: `The model or endpoint ${model} does not exist or you do not have access to it.`,
  });
}

/** Only the HTTP status is certain; the code for a deleted task is not documented. */
export function taskNotFound(id: string): ArkRefusal {
  return new ArkRefusal({
    status: 404,
    code: 'NotFound.Task',
    message: `The specified task ${id} is not found.`,
  });
}

export function taskIsRunning(id: string): ArkRefusal {
  return new ArkRefusal({
    status: 409,
    code: 'InvalidAction.RunningTaskDeletion',
    message: `Cannot delete task \`${id}\` because it is currently running.`,
  });
}

/** The refusal is documented; its code is not. */
export function taskIsCancelled(id: string): ArkRefusal {
  return new ArkRefusal({
    status: 409,
    code: 'InvalidAction.CancelledTaskDeletion',
    message: `Cannot delete task \`${id}\` because it is already cancelled.`,
  });
}

export function tooManyCreates(): ArkRefusal {
  return new ArkRefusal({
    status: 429,
    code: 'ModelAccountRpmRateLimitExceeded',
    message: 'RPM (Requests Per Minute) limit of the model is exceeded.',
  });
}

export function tooManyRequests(): ArkRefusal {
  return new ArkRefusal({
    status: 429,
    code: 'AccountRateLimitExceeded',
    message: 'The request rate limit of your account has been exceeded.',
  });
}

export function queueFull(): ArkRefusal {
  return new ArkRefusal({
    status: 429,
    code: 'QuotaExceeded',
    message: 'The request has exceeded the quota.',
  });
}
