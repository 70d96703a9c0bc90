/** `/settings check`: walks through all that a video needs and says what would stop one right now. */
import { describeCredits } from '../../../catalogue/describe.ts';
import { planRequest } from '../../../catalogue/plan/plan.ts';
import type { VideoRequest } from '../../../catalogue/request.ts';
import { UserError } from '../../../errors.ts';
import type { JobStore } from '../../../jobs/record/job-store.ts';
import type { Job } from '../../../jobs/record/job.ts';
import type { Offers } from '../../../jobs/submission/offers.ts';
import type { QuotaView } from '../../../quota/view.ts';
import type { VendorStates } from '../../../vendors/health/vendor-health.ts';
import type { Withdrawals } from '../../../vendors/health/withdrawals.ts';
import type { CommandInteraction } from '../../interactions/kinds.ts';
import { replyPrivately } from '../../interactions/reply.ts';
import {
  allowedModels,
  channelIdsOf,
  checkChannel,
  planContext,
} from '../../server/server-rules.ts';
import type { ServerSettings } from '../../server/server-settings.ts';
import { counted } from '../../text.ts';
import type { ModerationContext } from '../moderation-context.ts';
import { roleIdsOf } from '../permissions.ts';
import { findingsText, type Finding } from './finding.ts';
import { guildFindings } from './guild-findings.ts';
import { vendorFindings, withdrawalFindings } from './vendor-findings.ts';

interface CheckDependencies extends ModerationContext {
  readonly offers: Offers;
  readonly vendorStates: () => VendorStates;
  readonly withdrawals: Pick<Withdrawals, 'list'>;
  readonly store: Pick<JobStore, 'waitingIn'>;
}

export async function checkServer(
  interaction: CommandInteraction,
  dependencies: CheckDependencies,
): Promise<void> {
  const { settings: store, offers, quota, database, clock } = dependencies;
  const { guildId, user } = interaction;
  const settings = await store.read(guildId);
  const view = await quota.view(database, {
    guildId,
    memberId: user.id,
    roleIds: roleIdsOf(interaction.member),
    nowMs: clock.now(),
  });
  const waiting = await dependencies.store.waitingIn(guildId);
  const usual = usualRequest(offers, settings);
  const findings = [
    hereFinding(interaction, settings),
    ...(await guildFindings(interaction, settings)),
    modelFinding(waiting, offers, settings),
    ...defaultModelFinding(offers, settings),
    ...vendorFindings(dependencies.vendorStates(), usual === undefined ? [] : offers.for(usual)),
    ...withdrawalFindings(dependencies.withdrawals.list()),
    ...budgetFindings(view, usual && offers.creditsToHold(usual)),
  ];
  await replyPrivately(interaction, [verdictOf(findings), findingsText(findings)]);
}

function verdictOf(findings: readonly Finding[]): string {
  const stops = findings.filter(({ level }) => level === 'stops').length;
  if (stops > 0)
    return `**${stops === 1 ? 'One thing' : `${stops} things`} would stop a video right now.**`;
  return findings.some(({ level }) => level === 'unchecked')
    ? '**Nothing was found that would stop a video, but not everything could be checked.**'
    : '**Nothing would stop a video here right now.**';
}

function hereFinding(interaction: CommandInteraction, settings: ServerSettings): Finding {
  try {
    checkChannel(settings, channelIdsOf(interaction));
    return { level: 'fine', text: 'Videos may be asked for in this channel.' };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { level: 'stops', text: `In this channel: ${error.message}` };
  }
}

function modelFinding(waiting: readonly Job[], offers: Offers, settings: ServerSettings): Finding {
  const models = allowedModels(settings, offers.models());
  if (models.length === 0) return { level: 'stops', text: 'No model is allowed here.' };
  if (waiting.some((job) => job.submissions.at(-1)?.refusedAs !== undefined)) {
    return {
      level: 'mind',
      text: 'Some videos were refused for the moment and wait for another try.',
    };
  }
  return { level: 'fine', text: `${counted(models.length, 'model')} can be used.` };
}

function defaultModelFinding(offers: Offers, { defaults: { model } }: ServerSettings): Finding[] {
  if (model === undefined || offers.models().includes(model)) return [];
  return [
    {
      level: 'mind',
      text: `The default model ${model} is no longer offered, so another is chosen. Set one with \`/settings defaults model\`.`,
    },
  ];
}

/** A video with every default; undefined when none can be planned. */
function usualRequest(offers: Offers, settings: ServerSettings): VideoRequest | undefined {
  const context = planContext(settings, offers.toPlanWith(), () => 0);
  if (context.offers.length === 0) return undefined;
  const request = planRequest({ prompt: 'a video', inputs: [] }, context);
  // Where even the least is beyond a limit, the limit itself is what stops it.
  return context.isAllowed?.(request) === false ? undefined : request;
}

function budgetFindings(view: QuotaView, price: number | undefined): Finding[] {
  const { server, spendable, stopped } = view;
  const left = `This server has ${describeCredits(server.left)} left of ${server.have} this ${server.per}.`;
  const own = stopped === undefined ? [] : [{ level: 'mind', text: stopped.message } as const];
  if (price === undefined) {
    return [
      { level: 'stops', text: 'The limits on length leave no model that can be used.' },
      ...own,
    ];
  }
  if (spendable >= price) return [{ level: 'fine', text: left }, ...own];
  const why = `the usual video costs ${describeCredits(price)}, and ${describeCredits(spendable)} can be spent on one now`;
  return [{ level: 'stops', text: `${left} But ${why}.` }, ...own];
}
