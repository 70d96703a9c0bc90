/** Tells the operator from which hosts finished videos cannot be fetched, and what would allow it. */
import { pauseLeftMs } from '../../backoff.ts';
import { HOUR, type Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import { RefusedAddressError } from './rules.ts';

const REPORT_AGAIN_MS = HOUR;
/** Vendors name a handful of hosts; the bound is for one that names a new one each time. */
const MAX_HOSTS = 1000;

/** @param url of the video; its query is not logged */
export type ReportHost = (failure: { error: unknown; url: string; jobId: string }) => void;

/** Logs a host once, then at most hourly, however many videos wait for it. */
export function createHostReport(clock: Clock, logger: Logger): ReportHost {
  const quietUntilMs = new Map<string, number>();
  return ({ error, url, jobId }) => {
    const listable = error instanceof RefusedAddressError ? error.listableHost : undefined;
    const host = listable ?? URL.parse(url)?.host ?? 'unknown';
    const nowMs = clock.now();
    const untilMs = quietUntilMs.get(host);
    if (untilMs !== undefined && pauseLeftMs({ untilMs, waitMs: REPORT_AGAIN_MS }, nowMs) > 0)
      return;
    if (quietUntilMs.size >= MAX_HOSTS) quietUntilMs.clear();
    quietUntilMs.set(host, nowMs + REPORT_AGAIN_MS);
    if (listable === undefined) {
      logger.warn(
        { err: error, jobId, host },
        'a finished video cannot be fetched from its host yet; retrying while the link lives',
      );
      return;
    }
    logger.error(
      { err: error, jobId, host, setting: `VIDEO_HOSTS=${host}` },
      'a finished video is not fetched: add its host to VIDEO_HOSTS to allow it; retrying while the link lives',
    );
  };
}
