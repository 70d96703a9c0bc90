/** `/settings check`: checks everything that a video needs and reports what would stop one now. */
import { planRequest } from '../../../catalogue/plan/plan.ts';
import type { VideoRequest } from '../../../catalogue/request.ts';
import { UserError } from '../../../errors.ts';
import type { JobStore } from '../../../jobs/record/job-store.ts';
import type { Job } from '../../../jobs/record/job.ts';
import type { Offers } from '../../../jobs/submission/offers.ts';
import type { QuotaView } from '../../../quota/view.ts';
import { credits } from '../../../text/credits.ts';
import type { Locale } from '../../../text/locales.ts';
import { text, translate, type Text } from '../../../text/text.ts';
import type { VendorStates } from '../../../vendors/health/vendor-health.ts';
import type { Withdrawals } from '../../../vendors/health/withdrawals.ts';
import type { CommandInteraction } from '../../interactions/kinds.ts';
import { localeOf } from '../../interactions/locale.ts';
import { replyPrivately } from '../../interactions/reply.ts';
import {
  allowedModels,
  channelIdsOf,
  checkChannel,
  planContext,
} from '../../server/server-rules.ts';
import type { ServerSettings } from '../../server/server-settings.ts';
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
  const locale = localeOf(interaction);
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
    hereFinding(interaction, settings, locale),
    ...(await guildFindings(interaction, settings)),
    modelFinding(waiting, offers, settings),
    ...defaultModelFinding(offers, settings),
    ...vendorFindings(dependencies.vendorStates(), usual === undefined ? [] : offers.for(usual)),
    ...withdrawalFindings(dependencies.withdrawals.list()),
    ...budgetFindings(view, usual && offers.creditsToHold(usual), locale),
  ];
  await replyPrivately(interaction, [
    translate(locale, verdictOf(findings)),
    findingsText(findings, locale),
  ]);
}

function verdictOf(findings: readonly Finding[]): Text {
  const stops = findings.filter(({ level }) => level === 'stops').length;
  if (stops > 0) return text('settings:verdictStops', { count: stops });
  return findings.some(({ level }) => level === 'unchecked')
    ? text('settings:verdictUnchecked')
    : text('settings:verdictFine');
}

function hereFinding(
  interaction: CommandInteraction,
  settings: ServerSettings,
  locale: Locale,
): Finding {
  try {
    checkChannel(settings, channelIdsOf(interaction));
    return { level: 'fine', text: text('settings:hereAllowed') };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const reason = error.in(locale);
    return { level: 'stops', text: text('settings:hereRefused', { reason }) };
  }
}

function modelFinding(waiting: readonly Job[], offers: Offers, settings: ServerSettings): Finding {
  const models = allowedModels(settings, offers.models());
  if (models.length === 0) return { level: 'stops', text: text('settings:noModelAllowed') };
  if (waiting.some((job) => job.submissions.at(-1)?.refusedAs !== undefined)) {
    return { level: 'mind', text: text('settings:videosRetried') };
  }
  return { level: 'fine', text: text('settings:modelsUsable', { count: models.length }) };
}

function defaultModelFinding(offers: Offers, { defaults: { model } }: ServerSettings): Finding[] {
  if (model === undefined || offers.models().includes(model)) return [];
  return [{ level: 'mind', text: text('settings:defaultModelGone', { model }) }];
}

/** Returns a video with every default; undefined when none can be planned. */
function usualRequest(offers: Offers, settings: ServerSettings): VideoRequest | undefined {
  const context = planContext(settings, offers.toPlanWith(), () => 0);
  if (context.offers.length === 0) return undefined;
  const request = planRequest({ prompt: 'a video', inputs: [] }, context);
  // Where even the smallest request exceeds a limit, the limit itself is what stops it.
  return context.isAllowed?.(request) === false ? undefined : request;
}

function budgetFindings(view: QuotaView, price: number | undefined, locale: Locale): Finding[] {
  const { server, spendable, stopped } = view;
  const own: Finding[] = stopped === undefined ? [] : [{ level: 'mind', text: stopped.in(locale) }];
  if (price === undefined)
    return [{ level: 'stops', text: text('settings:limitsLeaveNone') }, ...own];
  const key = server.per === 'day' ? 'settings:leftToday' : 'settings:leftThisMonth';
  const left = text(key, { left: credits(server.left), have: server.have });
  if (spendable >= price) return [{ level: 'fine', text: left }, ...own];
  const why = text('settings:notEnough', { cost: credits(price), spendable: credits(spendable) });
  return [{ level: 'stops', text: { sentences: [left, why] } }, ...own];
}
