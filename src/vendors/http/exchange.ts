import { request as send, type Dispatcher } from 'undici';

import { describeFailure, type HttpFailure, OversizedAnswerError } from './failure.ts';
import type { Upload } from './upload.ts';

export interface Exchange {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** The credentials; content type and length are added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly upload: Upload | undefined;
  readonly signal: AbortSignal | undefined;
  /** Timeout of the whole exchange. */
  readonly wholeMs: number;
  /** Timeout between two chunks of the answer. */
  readonly silenceMs: number;
  readonly maxAnswerBytes: number;
  readonly dispatcher: Dispatcher;
}

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Empty for a refusal whose body could not be read. */
  readonly text: string;
}

/** Sends a request and returns its answer, whatever the status, or why there was none. Does not follow redirects. */
export async function exchange(call: Exchange): Promise<Answer | { failure: HttpFailure }> {
  const deadline = AbortSignal.timeout(call.wholeMs);
  try {
    const answer = await send(call.url, {
      dispatcher: call.dispatcher,
      method: call.method,
      headers: headersOf(call),
      body: call.upload?.stream ?? null,
      signal: call.signal === undefined ? deadline : AbortSignal.any([call.signal, deadline]),
      headersTimeout: call.wholeMs,
      bodyTimeout: call.silenceMs,
    });
    return await receive(answer, call.maxAnswerBytes);
  } catch (error) {
    const failure = describeFailure(error, {
      isBodyIncomplete: call.upload !== undefined && !call.upload.isWhollyHanded(),
      isDeadline: deadline.aborted,
      isAborted: call.signal?.aborted === true,
    });
    return { failure };
  }
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function headersOf({ headers, upload }: Exchange): Record<string, string> {
  const common = { accept: 'application/json', 'user-agent': 'seedance-discord', ...headers };
  if (upload === undefined) return common;
  return {
    ...common,
    'content-type': 'application/json',
    'content-length': String(upload.byteLength),
  };
}

async function receive(answer: Dispatcher.ResponseData, maxBytes: number): Promise<Answer> {
  const { statusCode: status, headers } = answer;
  const retryAfter = [headers['retry-after']].flat()[0];
  try {
    return { status, retryAfter, text: await textOf(answer.body, maxBytes) };
  } catch (error) {
    // The status of a refusal is enough; an unreadable body must not hide it.
    if (!isSuccess(status)) return { status, retryAfter, text: '' };
    throw error;
  }
}

async function textOf(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.byteLength;
    if (size > maxBytes) throw new OversizedAnswerError(`more than ${maxBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
