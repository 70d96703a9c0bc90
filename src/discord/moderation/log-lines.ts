/** Renders the log channel's lines on videos, changes and budgets, in the server's language. Pure. */
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
/** Below Discord's limit of 4000 characters per message. */
const MAX_LENGTH = 3900;

/** The line to post, and a version without members' text for servers whose AutoMod refuses it. */
export interface Line {
  readonly text: string;
  readonly withoutQuote: string;
}

/** For a private video, shows only the member, the model and the cost. */
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
    // Words that moderators ban are often refused by the server's AutoMod too.
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
