/** What the log channel is told of videos, changes and budgets, in the server's language. Pure. */
import { describeRequest } from '../../catalogue/describe.ts';
import type { Job } from '../../jobs/record/job.ts';
import type { LoggedChange } from '../../quota/moderation/change-log.ts';
import type { BudgetWarning } from '../../quota/warnings.ts';
import { credits } from '../../text/credits.ts';
import type { Locale } from '../../text/locales.ts';
import { text, translate } from '../../text/text.ts';
import { isForMemberOnly } from '../messages/audience.ts';
import { linkToJobMessage } from '../messages/job-link.ts';
import { quotable, timestamp } from '../text.ts';
import { changeHeading, changeLine } from './change-text.ts';

const MAX_PROMPT_SHOWN = 300;
/** Of a message's text; Discord takes 4000 characters. */
const MAX_LENGTH = 3900;

/** What is posted; and the same without the words of a member, for where the server's own rules refuse those. */
export interface Line {
  readonly text: string;
  readonly withoutQuote: string;
}

/** Of a private video only who, which model and what it cost. */
export function videoLine(job: Job, locale: Locale): Line {
  const { request, costCredits, holdCredits } = job;
  const member = `<@${job.memberId}>`;
  const cost = credits(costCredits ?? holdCredits);
  if (isForMemberOnly(job)) {
    const { model } = request;
    return unquoted(translate(locale, text('logChannel:privateVideo', { member, model, cost })));
  }
  const values = { member, link: linkToJobMessage(job), request: describeRequest(request), cost };
  const withoutQuote = translate(locale, text('logChannel:video', values));
  if (request.prompt === '') return unquoted(withoutQuote);
  return {
    text: `${withoutQuote}\n> ${quotable(request.prompt, MAX_PROMPT_SHOWN)}`,
    withoutQuote,
  };
}

export function loggedChangeLine(change: LoggedChange, locale: Locale): Line {
  const { note: _quoted, ...others } = change;
  const actor = `<@${change.actorId}>`;
  const withoutQuote =
    // The words that moderators refuse are those that a server's own rules refuse too.
    change.action === 'settings'
      ? text('logChannel:settingsChanged', { actor, heading: changeHeading(change) })
      : changeLine(others);
  return {
    text: cut(translate(locale, changeLine(change))),
    withoutQuote: cut(translate(locale, withoutQuote)),
  };
}

export function warningLine(
  { percent, drawn, have, resetsAtMs }: BudgetWarning,
  locale: Locale,
): Line {
  const values = { drawn, have: credits(have), resets: timestamp(resetsAtMs) };
  const warning =
    percent >= 100
      ? text('logChannel:budgetUsedUp', values)
      : text('logChannel:budgetNearlyUsed', { ...values, percent });
  return unquoted(translate(locale, warning));
}

function unquoted(words: string): Line {
  return { text: words, withoutQuote: words };
}

function cut(words: string): string {
  return words.length <= MAX_LENGTH ? words : `${words.slice(0, MAX_LENGTH - 1)}…`;
}
