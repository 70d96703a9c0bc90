/** Whole files from outside: a picture into memory, a video onto the disk and on after a cut. */
import { rm, type FileHandle } from 'node:fs/promises';

import { fileTypeFromBuffer } from 'file-type';

import { backoffMs, type BackoffPolicy } from '../../backoff.ts';
import { SECOND, type Clock } from '../../clock.ts';
import { UntrustedContentError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { createDiskReport, moveIntoPlace, PART_SUFFIX, writeDurably } from '../files/disk.ts';
import { DownloadError } from './download-error.ts';
import type { OutsideRequest, RequestOutside } from './request.ts';
import type { OutsideResponse } from './response.ts';

/** A result's URL lives for 100 downloads (BytePlus ModelArk, video generation): few tries each. */
const RETRY: RetryPolicy = { tries: 5, firstMs: SECOND / 2, maxMs: 8 * SECOND };
const RANGE_NOT_SATISFIABLE = 416;
const SNIFF_BYTES = 4100;
/** MP4 under the names its brands go by. */
const MP4_TYPES: ReadonlySet<string | undefined> = new Set([
  'video/mp4',
  'video/x-m4v',
  'video/quicktime',
]);

export interface RetryPolicy extends BackoffPolicy {
  /** Requests for one file at most. */
  readonly tries: number;
}

export type DownloadRequest = Pick<OutsideRequest, 'kind' | 'maxBytes' | 'timeoutMs' | 'signal'>;

export interface FileRequest extends DownloadRequest {
  /** What the content must be, by its first bytes. */
  readonly expect?: 'mp4' | undefined;
}

/** What came broke no rule, but is something else: it may be a page that says to come back later. */
export class UnexpectedContentError extends UntrustedContentError {
  constructor() {
    super('A result was not kept: its content is not an MP4 video');
  }
}

export interface Downloaded {
  readonly byteLength: number;
  /** As the server calls it; not to be believed. */
  readonly contentType: string | undefined;
}

export interface Downloads {
  /** One try. @throws what `RequestOutside` throws */
  fetchBytes(url: string, request: DownloadRequest): Promise<Uint8Array>;
  /**
   * Streams to disk; a cut is resumed where it was, a changed file started over, within one total
   * time. Leaves the whole file at `path`, whose folder exists, or nothing.
   *
   * @throws what `RequestOutside` throws; UnexpectedContentError when it is not what was expected;
   *   DiskFullError
   */
  downloadToFile(url: string, path: string, request: FileRequest): Promise<Downloaded>;
}

export function createDownloads(dependencies: {
  readonly requestOutside: RequestOutside;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retry?: RetryPolicy | undefined;
}): Downloads {
  const { requestOutside, clock, logger, retry = RETRY } = dependencies;
  const reportingFullDisk = createDiskReport(clock, logger);

  const fill = async (part: Part, url: string, request: FileRequest): Promise<Downloaded> => {
    const deadlineMs = clock.now() + request.timeoutMs;
    for (let attempt = 1; ; attempt += 1) {
      const timeoutMs = deadlineMs - clock.now();
      try {
        return await part.receive(requestOutside, url, { ...request, timeoutMs });
      } catch (error) {
        const pauseMs = backoffMs(retry, attempt);
        const isLast = attempt >= retry.tries || clock.now() + pauseMs >= deadlineMs;
        if (isLast || !(error instanceof DownloadError) || !part.mayGoOnAfter(error)) throw error;
        logger.info({ err: error, attempt, receivedBytes: part.byteLength }, 'download goes on');
        await clock.sleep(pauseMs, request.signal);
        request.signal?.throwIfAborted();
      }
    }
  };

  return {
    async fetchBytes(url, request) {
      const { body } = await requestOutside(url, request);
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      return Buffer.concat(chunks);
    },

    downloadToFile: async (url, path, request) =>
      reportingFullDisk(async () => {
        const partPath = `${path}${PART_SUFFIX}`;
        try {
          const downloaded = await writeDurably(partPath, async (file) =>
            fill(new Part(file, request.expect), url, request),
          );
          await moveIntoPlace(partPath, path);
          return downloaded;
        } catch (error) {
          await rm(partPath, { force: true });
          throw error;
        }
      }),
  };
}

/** The file as far as it has come. Its first `byteLength` bytes are always one file's, in order. */
class Part {
  byteLength = 0;
  #totalBytes: number | undefined;
  #validator: string | undefined;
  #isContentChecked = false;
  readonly #file: FileHandle;
  readonly #expect: FileRequest['expect'];

  constructor(file: FileHandle, expect: FileRequest['expect']) {
    this.#file = file;
    this.#expect = expect;
  }

  mayGoOnAfter(error: DownloadError): boolean {
    if (error.status !== RANGE_NOT_SATISFIABLE || this.byteLength === 0) return error.isRetryable;
    this.byteLength = 0;
    return true;
  }

  async receive(
    requestOutside: RequestOutside,
    url: string,
    request: FileRequest,
  ): Promise<Downloaded> {
    const response = await requestOutside(url, {
      ...request,
      rangeFromByte: this.byteLength,
      ifStill: this.#validator,
    });
    try {
      await this.#takeUp(response);
      for await (const chunk of response.body) {
        await writeFully(this.#file, chunk, this.byteLength);
        this.byteLength += chunk.byteLength;
        if (this.byteLength >= SNIFF_BYTES) await this.#checkContent();
      }
    } finally {
      response.cancel();
    }
    if (this.byteLength < (this.#totalBytes ?? 0)) throw incomplete();
    await this.#checkContent();
    return { byteLength: this.byteLength, contentType: response.contentType };
  }

  /** Goes on only with the same file, from where it stands; starts over with any other. */
  async #takeUp({ startsAtByte, totalBytes, validator }: OutsideResponse): Promise<void> {
    const isSame =
      startsAtByte === this.byteLength &&
      totalBytes === this.#totalBytes &&
      // An answer to If-Range may leave the date out: the server has compared it (RFC 9110, 15.3.7).
      (validator ?? this.#validator) === this.#validator;
    if (isSame && this.byteLength > 0) return;
    this.byteLength = 0;
    if (startsAtByte !== 0) throw incomplete();
    this.#totalBytes = totalBytes;
    this.#validator = validator;
    this.#isContentChecked = this.#expect === undefined;
    if ((await this.#file.stat()).size > 0) await this.#file.truncate(0);
  }

  async #checkContent(): Promise<void> {
    if (this.#isContentChecked) return;
    const head = new Uint8Array(Math.min(this.byteLength, SNIFF_BYTES));
    await this.#file.read(head, 0, head.length, 0);
    if (!MP4_TYPES.has((await fileTypeFromBuffer(head))?.mime)) {
      throw new UnexpectedContentError();
    }
    this.#isContentChecked = true;
  }
}

/** What came is not the file's rest, or not all of it: ask for the rest. */
function incomplete(): DownloadError {
  return new DownloadError({ subject: 'the rest of a file', failure: 'connection' });
}

/** A write may take less than it was given. */
async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const rest = bytes.length - written;
    written += (await file.write(bytes, written, rest, position + written)).bytesWritten;
  }
}
