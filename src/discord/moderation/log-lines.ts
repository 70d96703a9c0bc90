/** What the log channel is told of videos and budgets. Pure. */
import { describeCredits, describeRequest } from '../../catalogue/describe.ts';
import type { Job } from '../../jobs/job.ts';
import type { BudgetWarning } from '../../quota/warnings.ts';
import { quotable, timestamp } from '../text.ts';

const MAX_PROMPT_SHOWN = 300;

/** Of a private video only who, which model and what it cost. */
export function videoLine(job: Job): string {
  const { memberId, request, costCredits, holdCredits, isPrivate, isEphemeral } = job;
  const cost = describeCredits(costCredits ?? holdCredits);
  if (isPrivate || isEphemeral) {
    return `🎬 <@${memberId}> made a private video · ${request.model} · ${cost}`;
  }
  const link = `https://discord.com/channels/${job.guildId}/${job.channelId}/${job.messageId}`;
  return [
    `🎬 <@${memberId}> made [a video](${link}) · ${describeRequest(request)} · ${cost}`,
    `> ${quotable(request.prompt, MAX_PROMPT_SHOWN)}`,
  ].join('\n');
}

export function warningLine({ percent, drawn, have, resetsAtMs }: BudgetWarning): string {
  const sum = `${drawn} of ${describeCredits(have)} are spent or held`;
  const resets = `It resets ${timestamp(resetsAtMs)}.`;
  return percent >= 100
    ? `🛑 **This server’s budget is used up**: ${sum}. ${resets} More can be granted with \`/quota grant\`.`
    : `⚠️ **${percent} % of this server’s budget is used**: ${sum}. ${resets}`;
}
