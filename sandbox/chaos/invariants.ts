/**
 * Checks the invariants of a run: nothing lost and nothing done twice. Every request has its response;
 * every accepted job has ended, with one vendor task or a recorded reason for none, and with one message
 * with its video or refund; both ledgers balance; nothing is left open or behind.
 */
import { hasEnded, lastSubmission, type Job } from '../../src/jobs/record/job.ts';
import type { SandboxTask } from '../vendor/vendor.ts';
import type { Evidence, SeenMessage } from './evidence.ts';
import { faultsExpecting, type Expectation } from './fault-plan.ts';
import { isEnd } from './follow-ups.ts';
import type { Placed } from './scene.ts';

export interface Violation {
  readonly what: string;
  /** The request it is about, if any. */
  readonly placed?: Placed | undefined;
  readonly job?: Job | undefined;
}

export interface InvariantResult {
  readonly violations: readonly Violation[];
  /** How each request ended, in words, and how often. */
  readonly ends: ReadonlyMap<string, number>;
}

/** The facts about one request. */
interface Case {
  readonly placed: Placed;
  readonly job: Job | undefined;
  /** The messages that answer it, and those with the bot’s own token that are about it. */
  readonly messages: readonly SeenMessage[];
}

/** Logged by a bot that exits because it receives nothing more from Discord. */
const NOTHING_HEARD = 'no data from Discord for minutes';
/** How the message of a job without a video begins, below its prompt. Other replies also say that nothing was charged. */
const REFUND = /\*\*(?:No video this time|Cancelled)\.\*\*/;
/** What a member reads when the bot could not read their interaction. */
const CANNOT_READ = 'in a form that the bot can’t read';

/** Logged when neither the message nor a new one could show how a job ended. */
const COULD_NOT_BE_TOLD = 'end of a job not shown to its member';

export function checkInvariants(evidence: Evidence): InvariantResult {
  const ends = new Map<string, number>();
  const violations: Violation[] = [];
  const accuse = (violation: Violation): void => void violations.push(violation);
  const jobs = new Map(evidence.jobs.map((job) => [job.interactionId, job]));
  for (const placed of evidence.placed) {
    const one = caseOf(placed, jobs.get(placed.reply.interactionId), evidence);
    const { job } = one;
    const { end, faults } =
      job === undefined ? judgeWithoutJob(one, evidence) : judgeJob({ ...one, job }, evidence);
    ends.set(end, (ends.get(end) ?? 0) + 1);
    for (const what of faults) accuse({ what, placed, job });
  }
  const known = new Set(evidence.placed.map(({ reply }) => reply.interactionId));
  for (const job of evidence.jobs)
    if (!known.has(job.interactionId)) accuse({ what: 'a job without a request', job });
  for (const what of [...taskFaults(evidence), ...leftOver(evidence)]) accuse({ what });
  return { violations, ends };
}

function caseOf(placed: Placed, job: Job | undefined, { messages }: Evidence): Case {
  const own = messages.filter(({ placed: of }) => of === placed);
  const others = messages.filter(
    ({ placed: of, message }) =>
      of === undefined && !placed.isFinal && message.text.includes(placed.order.tag),
  );
  return { placed, job, messages: [...own, ...others] };
}

interface Judgement {
  readonly end: string;
  readonly faults: readonly string[];
}

/** It was refused, or never claimed: then nothing of it may be left. */
function judgeWithoutJob({ placed, messages }: Case, { claims, tasks }: Evidence): Judgement {
  const { reply, order, isFinal } = placed;
  const faults: string[] = [];
  if (!isFinal && tasks.some((task) => isTaskOf(task, order.tag)))
    faults.push('no job, but the vendor has a task for it');
  if (messages.some(({ message }) => message.media.length > 0))
    faults.push('no job, but a message with a video');
  const told = messages.find(({ message }) => !message.isLoading && message.text !== '');
  if (reply.acknowledgedAfterMs === undefined)
    return { end: reply.deliveryTries === 0 ? 'nobody there' : 'not acknowledged', faults };
  if (told !== undefined) {
    const isRestart = told.message.text.includes('restarted before');
    return { end: isRestart ? 'told of the restart' : 'refused', faults };
  }
  // Killed in the millisecond before the claim was recorded.
  const claim = claims.get(reply.interactionId);
  if (claim !== undefined) faults.push(`claimed (${claim}), and its member was told nothing`);
  return { end: 'killed before it was claimed', faults };
}

function judgeJob(one: Case & { readonly job: Job }, evidence: Evidence): Judgement {
  const { job, messages } = one;
  const faults = [...moneyFaults(job, evidence), ...submissionFaults(one, evidence)];
  if (!hasEnded(job)) faults.push(`never ended: it is ${job.state}`);
  if (messages.some(({ message }) => message.isLoading)) faults.push('still shows “thinking”');
  const told = job.state === 'delivered' ? judgeVideo(one) : judgeRefund(one, evidence);
  return { end: told.end, faults: [...faults, ...told.faults] };
}

/** In one message, and where that may be visible. */
function judgeVideo({ job, messages }: Case & { readonly job: Job }): Judgement {
  const faults: string[] = [];
  const videos = messages.filter((seen) => holdsVideo(seen, job));
  if (videos.length !== 1) faults.push(`its video is in ${videos.length} messages`);
  if (messages.some(tellsRefund)) faults.push('delivered, but a message announces a refund');
  const isShown = videos.some(({ where }) => where === 'channel');
  if (job.isPrivate && isShown) faults.push('private, but its video is in the channel');
  return { end: job.deliveredAs === 'link' ? 'delivered as a link' : 'delivered', faults };
}

/** In one message; or in none, when Discord blocked every route and the log says so. */
function judgeRefund({ job, messages }: Case & { readonly job: Job }, evidence: Evidence) {
  const faults: string[] = [];
  const refunds = messages.filter(tellsRefund).length;
  const isRecorded = evidence.linesAbout(job.id).some(({ msg }) => msg === COULD_NOT_BE_TOLD);
  if (messages.some((seen) => holdsVideo(seen, job)))
    faults.push('refunded, but a message has its video');
  if (refunds > 1) faults.push(`its refund is in ${refunds} messages`);
  if (refunds === 0 && !isRecorded) faults.push('its refund is in no message');
  const reason = job.failure?.reason ?? job.state;
  const isUnannounced = refunds === 0 && isRecorded;
  return {
    end: `refunded: ${reason}${isUnannounced ? ', which could not be announced' : ''}`,
    faults,
  };
}

function tellsRefund({ message }: SeenMessage): boolean {
  return REFUND.test(message.text);
}

/** A file named after the job, or its link. */
function holdsVideo({ message }: SeenMessage, job: Job): boolean {
  if (message.media.some(({ fileName }) => fileName === `seedance-${job.id}.mp4`)) return true;
  const link = job.result?.videoUrl;
  return link !== undefined && isEnd(message) && message.text.includes(link);
}

/** In the members' ledger to the credit, and in the vendor ledger. */
function moneyFaults(job: Job, { paid, vendorLedger }: Evidence): string[] {
  const due = job.state === 'delivered' ? (job.costCredits ?? Number.NaN) : 0;
  const { server = 0, member = 0 } = paid.get(job.id) ?? {};
  const faults: string[] = [];
  if (server !== due) faults.push(`cost the server ${server} credits, not ${due}`);
  if (member !== due) faults.push(`cost the member ${member} credits, not ${due}`);
  const rows = vendorLedger.filter(({ job_id: jobId }) => jobId === job.id);
  const billed = rows.filter(({ state }) => state === 'billed');
  if (rows.length !== job.submissions.length)
    faults.push(`${job.submissions.length} submissions, ${rows.length} rows in the vendor ledger`);
  if (rows.some(({ state }) => state === 'open')) faults.push('open in the vendor ledger');
  const isBilledRight = billed.every(({ credits }) => credits === job.billedCredits);
  if (job.result !== undefined && (billed.length !== 1 || !isBilledRight))
    faults.push(`not billed once at ${job.billedCredits} in the vendor ledger`);
  return faults;
}

/** One task at the vendor, or the reason for none. */
function submissionFaults(
  { job, placed }: Case & { readonly job: Job },
  { tasks }: Evidence,
): string[] {
  const faults: string[] = [];
  const ids = job.submissions.flatMap(({ taskId }) => taskId ?? []);
  const made = tasks.filter(
    (task) => ids.includes(task.id) || (!placed.isFinal && isTaskOf(task, placed.order.tag)),
  );
  if (made.length > 1) faults.push(`${made.length} vendor tasks`);
  if (ids.length === 0 && job.failure === undefined) faults.push('no vendor task and no reason');
  const task = tasks.find(({ id }) => id === lastSubmission(job)?.taskId);
  if (job.state !== 'delivered') return faults;
  if (task?.status !== 'succeeded') faults.push(`delivered, but its task is ${task?.status}`);
  if (job.result?.tokens !== task?.tokens)
    faults.push(`billed for ${job.result?.tokens} tokens, not ${task?.tokens}`);
  return faults;
}

function isTaskOf({ request }: SandboxTask, tag: string): boolean {
  return JSON.stringify(request).includes(tag);
}

function taskFaults({ tasks, jobs }: Evidence): string[] {
  const owners = Map.groupBy(
    jobs.flatMap((job) => job.submissions.flatMap(({ taskId }) => taskId ?? [])),
    (taskId) => taskId,
  );
  return tasks.flatMap(({ id, request }) => {
    const count = owners.get(id)?.length ?? 0;
    const words = /boat\d+/.exec(JSON.stringify(request))?.[0] ?? 'a final';
    return count === 1 ? [] : [`task ${id} (${words}) belongs to ${count} jobs`];
  });
}

/** Things that must not exist at the end, or never. */
function leftOver(evidence: Evidence): string[] {
  const open = [...evidence.claims.values()].filter((claim) => claim === 'open');
  return [
    ...evidence.audit.map((fault) => `the ledgers: ${fault}`),
    ...(open.length > 0 ? [`${open.length} claims are still open`] : []),
    ...evidence.leftFiles.map((name) => `a file that no cleanup will delete: ${name}`),
    ...evidence.sandboxFaults,
    ...unexpectedAnswers(evidence),
    ...unexpectedDeaths(evidence).map((line) => `a bot died of: ${line.slice(0, 500)}`),
    ...evidence.statuses.flatMap((status) =>
      status === 0 ? [] : [`a bot exited with ${status} after an orderly stop`],
    ),
  ];
}

/** A bot exits by itself, to be restarted, once for each fault after which it receives nothing. */
function unexpectedDeaths({ fatalLines, tally }: Evidence): string[] {
  const deaf = fatalLines.filter((line) => line.includes(NOTHING_HEARD));
  const other = fatalLines.filter((line) => !line.includes(NOTHING_HEARD));
  return [...other, ...deaf.slice(timesMet('restarted', tally))];
}

/** A member is told that an interaction is unreadable only after a fault with that expected outcome. */
function unexpectedAnswers({ messages, tally }: Evidence): string[] {
  const told = messages.filter(({ message }) => message.text.includes(CANNOT_READ)).length;
  const expected = timesMet('answered', tally);
  return told > expected
    ? [`${told} requests were reported as unreadable, but only ${expected} were`]
    : [];
}

function timesMet(expects: Expectation, tally: Evidence['tally']): number {
  return [...faultsExpecting(expects)].reduce((sum, name) => sum + (tally.get(name) ?? 0), 0);
}
