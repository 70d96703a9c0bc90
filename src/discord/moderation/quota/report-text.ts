/** `/quota report` in words: in all, by member, by model, and what failed. Pure. */
import { describeCredits } from '../../../catalogue/describe.ts';
import type { Report, Tally } from '../../../quota/reports/report.ts';
import { timestamp } from '../../text.ts';

/** More lines than these nobody reads, and Discord takes 4000 characters in all. */
const MEMBERS_SHOWN = 10;
const FAILURES_SHOWN = 8;

const FAILURE_WORDS: Readonly<Record<string, string>> = {
  'moderated-input': 'the prompt or a picture was refused as not allowed',
  'moderated-output': 'the finished video was held back by the content check',
  rejected: 'the video service did not accept the request',
  'vendor-out-of-funds': 'the video service’s account was out of money',
  'model-unavailable': 'the video service no longer offers the model',
  'vendor-unavailable': 'the video service could not be reached',
  'vendor-failed': 'the video service failed while rendering',
  'vendor-expired': 'not finished within the video service’s time limit',
  'vendor-cancelled': 'cancelled by the video service',
  'vendor-forgot': 'the video service lost the task',
  'vendor-silent': 'the video service never said how it ended',
  'finished-without-file': 'the video service finished without giving a file',
  'submission-lost': 'the connection broke while it was being asked for',
  'video-lost': 'the finished video could not be fetched',
  undeliverable: 'the finished video could not be posted',
  'removed-from-server': 'the bot was removed from this server',
};

/** @returns paragraphs */
export function reportText(report: Report): string[] {
  const { period, timeZone, total, byMember, byModel, failures } = report;
  const days = `${timestamp(period.startsAtMs, 'D')} to ${timestamp(period.endsAtMs - 1, 'D')}, ${timeZone}`;
  const heading = `**Report for ${period.key}**\n-# ${days}`;
  if (byMember.length === 0) return [heading, 'Nobody has asked for a video in this time.'];
  return [
    heading,
    totalText(total, report),
    section(
      'By member',
      byMember.slice(0, MEMBERS_SHOWN).map((one) => `<@${one.memberId}>: ${tallyText(one)}`),
      byMember.length - MEMBERS_SHOWN,
    ),
    section(
      'By model',
      byModel.map((one) => `${one.model}: ${tallyText(one)}`),
    ),
    ...(failures.length === 0
      ? []
      : [
          section(
            'Failures, which cost nothing',
            failures
              .slice(0, FAILURES_SHOWN)
              .map(({ reason, count }) => `${count} × ${FAILURE_WORDS[reason] ?? reason}`),
            failures.length - FAILURES_SHOWN,
          ),
        ]),
  ];
}

function totalText(total: Tally, { granted, taken }: Report): string {
  const line = `**${describeCredits(total.spent)}** for ${videos(total.videos)}`;
  const rest = [
    ...(total.open > 0 ? [`${total.open} under way, ${describeCredits(total.held)} held`] : []),
    ...(total.failed > 0 ? [`${total.failed} failed`] : []),
    ...(total.cancelled > 0 ? [`${total.cancelled} cancelled`] : []),
    ...(granted > 0 ? [`${granted} granted`] : []),
    ...(taken > 0 ? [`${taken} taken back`] : []),
  ];
  return [line, ...rest].join(' · ');
}

function tallyText({ videos: count, spent, open, held, failed }: Tally): string {
  return [
    `${describeCredits(spent)}, ${videos(count)}`,
    ...(open > 0 ? [`${open} under way (${held} held)`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ].join(' · ');
}

function section(heading: string, lines: readonly string[], more = 0): string {
  const rest = more > 0 ? [`-# and ${more} more`] : [];
  return [`**${heading}**`, ...lines.map((line) => `- ${line}`), ...rest].join('\n');
}

function videos(count: number): string {
  return count === 1 ? '1 video' : `${count} videos`;
}
