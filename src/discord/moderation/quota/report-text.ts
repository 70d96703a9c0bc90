/** `/quota report` as text: totals, by member, by model, and failures. Pure. */
import { UNKNOWN, type Report, type Tally } from '../../../quota/reports/report.ts';
import { credits } from '../../../text/credits.ts';
import type { Locale } from '../../../text/locales.ts';
import type { TextKey } from '../../../text/resources.ts';
import { inWords, text, translate, type Text, type TextValue } from '../../../text/text.ts';
import { timestamp } from '../../text.ts';
import { dateName } from '../date-name.ts';

/** Keeps the list readable and below Discord's 4000 characters. */
const MEMBERS_SHOWN = 10;
const FAILURES_SHOWN = 8;

const FAILURE_KEYS: Readonly<Record<string, TextKey>> = {
  'moderated-input': 'moderation:whyModeratedInput',
  'moderated-output': 'moderation:whyModeratedOutput',
  rejected: 'moderation:whyRejected',
  'vendor-out-of-funds': 'moderation:whyOutOfFunds',
  'model-unavailable': 'moderation:whyModelUnavailable',
  'vendor-unavailable': 'moderation:whyVendorUnavailable',
  'vendor-failed': 'moderation:whyVendorFailed',
  'vendor-expired': 'moderation:whyVendorExpired',
  'vendor-cancelled': 'moderation:whyVendorCancelled',
  'vendor-forgot': 'moderation:whyVendorForgot',
  'vendor-silent': 'moderation:whyVendorSilent',
  'finished-without-file': 'moderation:whyWithoutFile',
  'submission-lost': 'moderation:whySubmissionLost',
  'video-lost': 'moderation:whyVideoLost',
  undeliverable: 'moderation:whyUndeliverable',
  'removed-from-server': 'moderation:whyRemovedFromServer',
};

/** @returns paragraphs */
export function reportText(report: Report, locale: Locale): string[] {
  const { byMember, byModel, failures } = report;
  const heading = translate(locale, headingText(report, locale));
  if (byMember.length === 0) return [heading, translate(locale, text('moderation:reportEmpty'))];
  const tallies = (rows: ReadonlyArray<Tally & { readonly name: TextValue }>): string[] =>
    rows.map((row) => translate(locale, tallyLine(row)));
  return [
    heading,
    inWords(locale, totalText(report)),
    section(locale, 'moderation:reportByMember', {
      lines: tallies(
        byMember.map((row) => ({ ...row, name: known(row.memberId, `<@${row.memberId}>`) })),
      ),
      most: MEMBERS_SHOWN,
    }),
    section(locale, 'moderation:reportByModel', {
      lines: tallies(byModel.map((row) => ({ ...row, name: known(row.model) }))),
    }),
    ...(failures.length === 0
      ? []
      : [
          section(locale, 'moderation:reportFailures', {
            lines: failures.map((failure) => failureLine(locale, failure)),
            most: FAILURES_SHOWN,
          }),
        ]),
  ];
}

function headingText({ period, timeZone }: Report, locale: Locale): Text {
  return text('moderation:reportHeading', {
    period: dateName(locale, period.key),
    from: timestamp(period.startsAtMs, 'D'),
    to: timestamp(period.endsAtMs - 1, 'D'),
    timeZone,
  });
}

function totalText({ total, granted, taken }: Report): TextValue {
  const { videos: count, spent, cancelled } = total;
  return {
    parts: [
      text('moderation:reportTotal', { count, credits: credits(spent) }),
      ...unfinished(total),
      ...(cancelled > 0 ? [text('moderation:reportCancelled', { cancelled })] : []),
      ...(granted > 0 ? [text('moderation:granted', { credits: granted })] : []),
      ...(taken > 0 ? [text('moderation:deducted', { credits: taken })] : []),
    ],
  };
}

function known(id: string, name = id): TextValue {
  return id === UNKNOWN ? text('moderation:reportUnknown') : name;
}

function tallyLine({ name, ...tally }: Tally & { readonly name: TextValue }): Text {
  const { videos: count, spent } = tally;
  const made = text('moderation:reportTally', { count, credits: credits(spent) });
  return text('moderation:reportLine', { name, tally: { parts: [made, ...unfinished(tally)] } });
}

function unfinished({ open, held, failed }: Tally): Text[] {
  return [
    ...(open > 0 ? [text('moderation:reportOpen', { open, credits: credits(held) })] : []),
    ...(failed > 0 ? [text('moderation:reportFailed', { failed })] : []),
  ];
}

function failureLine(locale: Locale, { reason, count }: Report['failures'][number]): string {
  const key = FAILURE_KEYS[reason];
  const why = key === undefined ? known(reason) : text(key);
  return `${inWords(locale, count)} × ${inWords(locale, why)}`;
}

function section(
  locale: Locale,
  heading: TextKey,
  { lines, most = lines.length }: { readonly lines: readonly string[]; readonly most?: number },
): string {
  const more = lines.length - most;
  return [
    `**${translate(locale, text(heading))}**`,
    ...lines.slice(0, most).map((line) => `- ${line}`),
    ...(more > 0 ? [`-# ${translate(locale, text('moderation:reportMore', { more }))}`] : []),
  ].join('\n');
}
