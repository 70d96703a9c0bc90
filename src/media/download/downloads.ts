/** Downloads files to disk and resumes interrupted downloads. */
import { rm, type FileHandle } from 'node:fs/promises';

import { fileTypeFromBuffer } from 'file-type';

import { backoffMs, type BackoffPolicy } from '../../backoff.ts';
import { SECOND, type Clock } from '../../clock.ts';
import { UntrustedContentError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { createDiskReport, moveIntoPlace, PART_SUFFIX, writeDurably } from '../files/disk.ts';
import { inFile } from '../formats/byte-source.ts';
import { isWholeMp4 } from '../formats/mp4-completeness.ts';
import { DownloadError } from './download-error.ts';
import { subjectOf, type SafeRequest, type SendSafeRequest } from './request.ts';
import type { SafeResponse } from './response.ts';

/** A result's URL allows 100 downloads (BytePlus ModelArk, video generation), so only few tries in a row. */
const RETRY: RetryPolicy = { tries: 5, firstMs: SECOND / 2, maxMs: 8 * SECOND };
const RANGE_NOT_SATISFIABLE = 416;
const SNIFF_BYTES = 4100;
/** The size, type and brand of the first box, the minimum for detecting the type. */
const LEAST_SNIFF_BYTES = 12;
/** The format in which object stores send errors. */
const XML = 'application/xml';
/** The types of MP4's brands. */
const MP4_TYPES: ReadonlySet<string | undefined> = new Set([
  'video/mp4',
  'video/x-m4v',
  'video/quicktime',
]);

export interface RetryPolicy extends BackoffPolicy {
  /** Maximum requests for one file. */
  readonly tries: number;
}

export type DownloadRequest = Pick<SafeRequest, 'kind' | 'maxBytes' | 'timeoutMs' | 'signal'>;

export interface FileRequest extends DownloadRequest {
  /** The required content, checked by its first bytes and its boxes: a complete MP4 or MOV. */
  readonly expect?: 'mp4' | undefined;
  /** Maximum requests; defaults to the retry policy's. */
  readonly tries?: number | undefined;
}

/** The content broke no rule but is not a video. */
export class UnexpectedContentError extends UntrustedContentError {
  /** The type of another kind of file. Undefined for a page or text, which may be a temporary error. */
  readonly mimeType: string | undefined;

  constructor(mimeType?: string) {
    super('A result was not kept: its content is not an MP4 video');
    this.mimeType = mimeType;
  }
}

export interface Downloaded {
  readonly byteLength: number;
  /** As sent by the server; untrusted. */
  readonly contentType: string | undefined;
}

export interface Downloads {
  /**
   * Streams a file to disk. Resumes an interrupted download and restarts when the file has changed,
   * within one total timeout. Leaves the complete file at `path`, whose folder must exist, or nothing.
   *
   * @throws what `SendSafeRequest` throws; UnexpectedContentError for unexpected content; DiskFullError
   */
  downloadToFile(url: string, path: string, request: FileRequest): Promise<Downloaded>;
}

export function createDownloads(dependencies: {
  readonly sendSafeRequest: SendSafeRequest;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retry?: RetryPolicy | undefined;
}): Downloads {
  const { sendSafeRequest, clock, logger, retry = RETRY } = dependencies;
  const reportingFullDisk = createDiskReport(clock, logger);

  const fill = async (part: Part, url: string, request: FileRequest): Promise<Downloaded> => {
    const deadlineMs = clock.now() + request.timeoutMs;
    const tries = Math.min(request.tries ?? retry.tries, retry.tries);
    for (let attempt = 1; ; attempt += 1) {
      const timeoutMs = deadlineMs - clock.now();
      try {
        return await part.receive(sendSafeRequest, url, { ...request, timeoutMs });
      } catch (error) {
        const pauseMs = backoffMs(retry, attempt);
        const isLast = attempt >= tries || clock.now() + pauseMs >= deadlineMs;
        if (isLast || !(error instanceof DownloadError) || !part.mayGoOnAfter(error)) throw error;
        logger.info({ err: error, attempt, receivedBytes: part.byteLength }, 'resuming download');
        await clock.sleep(pauseMs, request.signal);
        request.signal?.throwIfAborted();
      }
    }
  };

  return {
    downloadToFile: async (url, path, request) =>
      reportingFullDisk(async () => {
        const partPath = `${path}${PART_SUFFIX}`;
        try {
          const downloaded = await writeDurably(partPath, async (file) =>
            fill(new Part(file, subjectOf(url), request.expect), url, request),
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

/** A partially downloaded file. Its first `byteLength` bytes always come from one version of the file. */
class Part {
  byteLength = 0;
  #totalBytes: number | undefined;
  #validator: string | undefined;
  #isContentChecked = false;
  readonly #file: FileHandle;
  readonly #subject: string;
  readonly #expect: FileRequest['expect'];

  /** @param subject the URL for display */
  constructor(file: FileHandle, subject: string, expect: FileRequest['expect']) {
    this.#file = file;
    this.#subject = subject;
    this.#expect = expect;
  }

  mayGoOnAfter(error: DownloadError): boolean {
    if (error.status !== RANGE_NOT_SATISFIABLE || this.byteLength === 0) return error.mayPass;
    this.byteLength = 0;
    return true;
  }

  async receive(
    sendSafeRequest: SendSafeRequest,
    url: string,
    request: FileRequest,
  ): Promise<Downloaded> {
    const response = await sendSafeRequest(url, {
      ...request,
      rangeFromByte: this.#canBeResumed() ? this.byteLength : 0,
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
    if (this.byteLength < (this.#totalBytes ?? 0)) throw this.#incomplete();
    await this.#checkContent();
    await this.#checkCompleteness();
    return { byteLength: this.byteLength, contentType: response.contentType };
  }

  /** Returns whether a later part can be recognised as belonging to the same file. */
  #canBeResumed(): boolean {
    return this.#totalBytes !== undefined || this.#validator !== undefined;
  }

  /** Continues with a part of the same file at the current position; otherwise starts over. */
  async #takeUp({ startsAtByte, totalBytes, validator }: SafeResponse): Promise<void> {
    const isSame =
      this.#canBeResumed() &&
      startsAtByte === this.byteLength &&
      // The first answer may lack the file's length while a later part has it.
      totalBytes === (this.#totalBytes ?? totalBytes) &&
      // An answer to If-Range may omit the date, because the server has compared it (RFC 9110, 15.3.7).
      (validator ?? this.#validator) === this.#validator;
    if (isSame && this.byteLength > 0) {
      this.#totalBytes = totalBytes;
      return;
    }
    this.byteLength = 0;
    if (startsAtByte !== 0) throw this.#incomplete();
    this.#totalBytes = totalBytes;
    this.#validator = validator;
    this.#isContentChecked = this.#expect === undefined;
    if ((await this.#file.stat()).size > 0) await this.#file.truncate(0);
  }

  async #checkContent(): Promise<void> {
    if (this.#isContentChecked) return;
    if (this.byteLength < LEAST_SNIFF_BYTES) {
      this.byteLength = 0;
      throw this.#incomplete();
    }
    const head = new Uint8Array(Math.min(this.byteLength, SNIFF_BYTES));
    await this.#file.read(head, 0, head.length, 0);
    const mimeType = (await fileTypeFromBuffer(head))?.mime;
    if (!MP4_TYPES.has(mimeType)) {
      throw new UnexpectedContentError(mimeType === XML ? undefined : mimeType);
    }
    this.#isContentChecked = true;
  }

  async #checkCompleteness(): Promise<void> {
    if (this.#expect === undefined) return;
    const isLengthConfirmed = this.#totalBytes !== undefined;
    const source = inFile(this.#file, this.byteLength);
    if (await isWholeMp4(source, { isLengthConfirmed })) return;
    // The server's file itself is incomplete; it may still be being written, so start over.
    if (isLengthConfirmed) this.byteLength = 0;
    throw this.#incomplete();
  }

  /** Returns the error for an answer that lacks part of the file; the download is then resumed. */
  #incomplete(): DownloadError {
    return new DownloadError({ subject: this.#subject, failure: 'incomplete', wasAnswered: true });
  }
}

/** Writes all bytes: a single write may be partial. */
async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const rest = bytes.length - written;
    written += (await file.write(bytes, written, rest, position + written)).bytesWritten;
  }
}
