/** Tells the operator from which hosts finished videos cannot be fetched, and what would allow it. */
import type { Clock } from '../../clock.ts';
import { createLogLimit } from '../../log-limit.ts';
import type { Logger } from '../../logger.ts';
import { RefusedAddressError } from './url-rules.ts';

/** @param url of the video; its query is not logged */
export type ReportHost = (failure: { error: unknown; url: string; jobId: string }) => void;

/** Logs a host once, then at most hourly, however many videos wait for it. */
export function createHostReport(clock: Clock, logger: Logger): ReportHost {
  const limit = createLogLimit(clock);
  return ({ error, url, jobId }) => {
    const listable = error instanceof RefusedAddressError ? error.listableHost : undefined;
    const host = listable ?? URL.parse(url)?.host ?? 'unknown';
    if (!limit.isDue(host)) return;
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
