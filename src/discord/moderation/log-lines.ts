/** What the log channel is told of videos, changes and budgets. Pure. */
import { describeCredits, describeRequest } from '../../catalogue/describe.ts';
import type { Job } from '../../jobs/record/job.ts';
import type { LoggedChange } from '../../quota/moderation/change-log.ts';
import type { BudgetWarning } from '../../quota/warnings.ts';
import { isForMemberOnly } from '../messages/audience.ts';
import { linkToJobMessage } from '../messages/job-link.ts';
import { quotable, timestamp } from '../text.ts';
import { changeLine } from './change-text.ts';

const MAX_PROMPT_SHOWN = 300;
/** Of a message's text; Discord takes 4000 characters. */
const MAX_LENGTH = 3900;

/** What is posted; and the same without the words of a member, for where the server's own rules refuse those. */
export interface Line {
  readonly text: string;
  readonly withoutQuote: string;
}

/** Of a private video only who, which model and what it cost. */
export function videoLine(job: Job): Line {
  const { memberId, request, costCredits, holdCredits } = job;
  const cost = describeCredits(costCredits ?? holdCredits);
  if (isForMemberOnly(job)) {
    return unquoted(`🎬 <@${memberId}> made a private video · ${request.model} · ${cost}`);
  }
  const withoutQuote = `🎬 <@${memberId}> made [a video](${linkToJobMessage(job)}) · ${describeRequest(request)} · ${cost}`;
  if (request.prompt === '') return unquoted(withoutQuote);
  return {
    text: `${withoutQuote}\n> ${quotable(request.prompt, MAX_PROMPT_SHOWN)}`,
    withoutQuote,
  };
}

export function loggedChangeLine(change: LoggedChange): Line {
  const { note: _quoted, ...others } = change;
  const withoutQuote =
    // The words that moderators refuse are those that a server's own rules refuse too.
    change.action === 'settings'
      ? `<@${change.actorId}> · **Settings** changed, see \`/quota log\``
      : cut(changeLine(others));
  return { text: cut(changeLine(change)), withoutQuote };
}

export function warningLine({ percent, drawn, have, resetsAtMs }: BudgetWarning): Line {
  const sum = `${drawn} of ${describeCredits(have)} are spent or held`;
  const resets = `It resets ${timestamp(resetsAtMs)}.`;
  return unquoted(
    percent >= 100
      ? `🛑 **This server’s budget is used up**: ${sum}. ${resets} More can be granted with \`/quota grant\`.`
      : `⚠️ **${percent} % of this server’s budget is used**: ${sum}. ${resets}`,
  );
}

function unquoted(text: string): Line {
  return { text, withoutQuote: text };
}

function cut(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 1)}…`;
}
