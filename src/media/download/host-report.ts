/** Logs the hosts from which finished videos cannot be downloaded, and the setting that would allow them. */
import type { Clock } from '../../clock.ts';
import { createLogLimit } from '../../log-limit.ts';
import type { Logger } from '../../logger.ts';
import { RefusedAddressError } from './url-rules.ts';

/** @param failure with the video's URL, whose query is not logged */
export type ReportHost = (failure: { error: unknown; url: string; jobId: string }) => void;

/** Logs each host at most once an hour, however many videos wait for it. */
export function createHostReport(clock: Clock, logger: Logger): ReportHost {
  const limit = createLogLimit(clock);
  return ({ error, url, jobId }) => {
    const listable = error instanceof RefusedAddressError ? error.listableHost : undefined;
    const host = listable ?? URL.parse(url)?.host ?? 'unknown';
    if (!limit.isDue(host)) return;
    if (listable === undefined) {
      logger.warn(
        { err: error, jobId, host },
        'finished video cannot be fetched from its host; retrying until the link expires',
      );
      return;
    }
    logger.error(
      { err: error, jobId, host, setting: `VIDEO_HOSTS=${host}` },
      'finished video not fetched: add its host to VIDEO_HOSTS to allow it; retrying until the link expires',
    );
  };
}
