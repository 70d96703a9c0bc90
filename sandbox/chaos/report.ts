/** Prints a run in a terminal: the faults met, how the jobs ended, and each violation with its history. */
import colours from 'picocolors';

import type { Evidence } from './evidence.ts';
import { faultsMet } from './faults-met.ts';
import type { InvariantResult, Violation } from './invariants.ts';
import type { RunOutcome } from './run.ts';
import type { Placed } from './scene.ts';

const MOST_HISTORIES = 12;
const MOST_LINES = 20;

export interface ReportOptions {
  readonly outcome: RunOutcome;
  readonly result: InvariantResult;
  /** Kill points that were to be visited. */
  readonly steps: readonly string[];
  readonly title: string;
  readonly seed: string;
}

export function report({ outcome, result, steps, title, seed }: ReportOptions): string[] {
  const { evidence, kills, missed, tookMs } = outcome;
  const random = kills.get(undefined) ?? 0;
  const named = [...kills].flatMap(([name, count]): [string, number][] =>
    name === undefined ? [] : [[name, count]],
  );
  const order = new Map(steps.map((name, index) => [name, index]));
  named.sort(([one], [other]) => (order.get(one) ?? 0) - (order.get(other) ?? 0));
  return [
    '',
    ...table('Faults survived', [...faultsMet(evidence)]),
    ...table('Killed at', [...named, ['at a random moment', random]]),
    ...table('How the requests ended', mostFirst(result.ends)),
    ...table('Credits', creditsOf(evidence)),
    ...table('Warnings and errors logged', mostFirst(evidence.complaints)),
    ...missed.map((name) => colours.red(`never reached: ${name}`)),
    ...histories(result, evidence),
    '',
    summary({ outcome, result, title, seed, random, named: named.length }),
    colours.dim(`${Math.round(tookMs / 1000)} s`),
  ];
}

function mostFirst(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].toSorted(([, one], [, other]) => other - one);
}

interface SummaryOptions extends Pick<ReportOptions, 'outcome' | 'result' | 'title' | 'seed'> {
  readonly random: number;
  readonly named: number;
}

function summary({ outcome, result, title, seed }: SummaryOptions): string {
  const { evidence, kills } = outcome;
  const all = [...kills.values()].reduce((sum, count) => sum + count, 0);
  const { length } = result.violations;
  const said = `${title}: ${evidence.placed.length} requests, ${evidence.jobs.length} jobs, ${all} kills, ${evidence.ownExits.length} unprompted exits, seed ${seed}`;
  return length === 0 && outcome.missed.length === 0
    ? colours.green(`✔ ${said}: nothing lost, nothing done twice`)
    : colours.red(
        `✘ ${said}: ${length} violations, ${outcome.missed.length} kill points never reached`,
      );
}

function creditsOf({ paid, vendorLedger }: Evidence): [string, number][] {
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  const booked = (state: string): number =>
    sum(vendorLedger.filter((row) => row.state === state).map(({ credits }) => credits));
  return [
    ['paid by members', sum([...paid.values()].map(({ member }) => member))],
    ['paid by servers', sum([...paid.values()].map(({ server }) => server))],
    ['billed by the vendor', booked('billed')],
    ['kept in the vendor ledger for lost tasks', booked('lost')],
  ];
}

const NAME_WIDTH = 58;
const COUNT_WIDTH = 8;

function table(title: string, rows: readonly (readonly [string, number])[]): string[] {
  const lines = rows.map(
    ([name, count]) =>
      `  ${name.padEnd(NAME_WIDTH, ' ')}${count.toLocaleString('en').padStart(COUNT_WIDTH)}`,
  );
  return [colours.bold(title), ...lines, ''];
}

function histories({ violations }: InvariantResult, evidence: Evidence): string[] {
  const told = violations.slice(0, MOST_HISTORIES).flatMap((one) => history(one, evidence));
  const left = violations.length - MOST_HISTORIES;
  return left > 0 ? [...told, `… and ${left} more`] : told;
}

function history({ what, placed, job }: Violation, evidence: Evidence): string[] {
  const ids = [placed?.reply.interactionId, job?.id].filter((id) => id !== undefined);
  const lines = ids.flatMap((id) => evidence.linesAbout(id)).slice(-MOST_LINES);
  return [
    colours.red(`✘ ${what}`),
    ...(placed === undefined ? [] : orderHistory(placed, evidence)),
    ...(job === undefined ? [] : [`    job: ${JSON.stringify(job)}`]),
    ...lines.map((line) => colours.dim(`    ${JSON.stringify(line)}`)),
  ];
}

function orderHistory(placed: Placed, { messages }: Evidence): string[] {
  const { order, reply, isFinal } = placed;
  const seen = messages.filter(
    ({ message, placed: of }) => of === placed || message.text.includes(order.tag),
  );
  return [
    `    request: ${order.tag}, ${order.kind}${isFinal ? ', its final' : ''}`,
    `    interaction: ${reply.interactionId}, acknowledged after ${reply.acknowledgedAfterMs} ms`,
    ...seen.map(({ message, where }) => `    ${where}: ${JSON.stringify(message.text)}`),
  ];
}
