/** Describes a job's state, and the outcome of its video, in its message. */
import { linkDiesAtMs } from '../../jobs/collector.ts';
import { isExactPosition } from '../../jobs/queue/shown-position.ts';
import { lastSubmission, type Job } from '../../jobs/record/job.ts';
import { text, type Text, type TextList } from '../../text/text.ts';
import { fileSize, timestamp } from '../text.ts';
import { failureText } from './failure-text.ts';

/** @param position queue position of a waiting job, as `shownPosition` returns it */
export function statusText(job: Job, position?: number): Text | TextList {
  switch (job.state) {
    case 'accepted':
    case 'submitting':
      return waitingText(job, position);
    case 'queued': {
      const since = timestamp(submittedAtMs(job));
      return { sentences: [text('cards:queued', { since }), ...expectation(job)] };
    }
    case 'running': {
      const since = timestamp(submittedAtMs(job));
      return { sentences: [text('cards:rendering', { since }), ...expectation(job)] };
    }
    case 'succeeded':
    // A delivered job's message shows the video instead.
    case 'delivered':
      return { sentences: [text('cards:rendered'), fetchingText(job)] };
    case 'cancelled':
      return text('cards:cancelled', { reason: failureText(job) });
    case 'failed':
    case 'expired':
      return text('cards:failed', { reason: failureText(job) });
    default:
      return job.state satisfies never;
  }
}

function waitingText(job: Job, position: number | undefined): Text | TextList {
  const since = timestamp(job.createdAtMs);
  if (position === undefined) {
    return { sentences: [text('cards:waiting', { since }), ...serviceBusy(job)] };
  }
  const key = isExactPosition(position) ? 'cards:waitingAt' : 'cards:waitingAbout';
  return text(key, { position, since });
}

/** Shown while a job waits to retry a busy vendor; omitted when another vendor is tried. */
function serviceBusy(job: Job): Text[] {
  const last = lastSubmission(job);
  const isWaiting = last?.refusedAs !== undefined && job.retryAtMs > job.stateSinceMs;
  const earlier = job.submissions.slice(0, -1);
  const isAskedAgain = earlier.some(({ vendor }) => vendor === last?.vendor);
  const isBusy = job.state === 'accepted' ? isWaiting : isAskedAgain;
  return isBusy ? [text('cards:serviceBusy')] : [];
}

function expectation(job: Job): Text[] {
  if (job.expectedAtMs === undefined) return [];
  if (job.isLate) return [text(job.state === 'queued' ? 'cards:lateInQueue' : 'cards:late')];
  return [text('cards:expected', { at: timestamp(job.expectedAtMs) })];
}

function submittedAtMs(job: Job): number {
  return lastSubmission(job)?.submittedAtMs ?? job.createdAtMs;
}

function fetchingText(job: Job): Text {
  if (job.wantedEncoding !== undefined) return encodingText(job);
  if (job.video !== undefined || job.isFetchDelayed !== true) return text('cards:fetching');
  return text('cards:fetchDelayed', { until: timestamp(linkDiesAtMs(job)) });
}

function encodingText({ wantedEncoding, video }: Job): Text {
  const { kind, maxBytes = 0 } = wantedEncoding ?? {};
  if (kind === 'sound') return text('cards:convertingSound');
  return (video?.bytes ?? 0) > maxBytes
    ? text('cards:compressing', { size: fileSize(maxBytes) })
    : text('cards:convertingFormat');
}
