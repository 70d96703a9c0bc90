/**
 * Turns a member's input into a complete request: takes flags out of the prompt, checks the options,
 * chooses an offer and fills in defaults. Never changes what was typed; an omitted option never causes a
 * refusal. A refusal names the nearest possible request.
 */
import { UserError } from '../../errors.ts';
import { text } from '../../text/text.ts';
import { modelOf } from '../models.ts';
import { mergePromptFlags } from '../prompt/prompt-flags.ts';
import { MODEL_IDS } from '../request.ts';
import type { AskedOptions, ModelId, VideoRequest } from '../request.ts';
import { violationsOf } from './check-model.ts';
import { chooseRequest, fits } from './choose.ts';
import type { PlanContext, PlanOffer } from './context.ts';
import { checkPromptLength, parseOptions } from './parse-options.ts';
import type { RequestedOptions } from './parse-options.ts';
import { namedRefusal, unnamedRefusal } from './refusal-message.ts';
import type { Violation } from './refusal-message.ts';

/**
 * Plans a request.
 *
 * @param asked the typed options, from a command, a modal or a button
 * @throws UserError with the fault and its fix
 */
export function planRequest(asked: AskedOptions, context: PlanContext): VideoRequest {
  const models = modelsOf(context);
  if (models.length === 0) {
    throw new UserError(text('plan:noModelNow'));
  }
  checkPromptLength(asked.prompt);
  const requested = parseOptions(mergePromptFlags(asked), models);
  const request = chooseRequest(requested, context, requested.seed ?? context.drawSeed());
  if (request === undefined) throw refusalOf(requested, context.offers, models);
  return request;
}

/** Returns the offered models, most preferred first. */
function modelsOf({ offers, defaults }: PlanContext): readonly ModelId[] {
  const offered = new Set(offers.map(({ model }) => model.id));
  const preferred = defaults?.model === undefined ? [] : [defaults.model];
  return [...new Set([...preferred, ...MODEL_IDS])].filter((id) => offered.has(id));
}

function refusalOf(
  requested: RequestedOptions,
  offers: readonly PlanOffer[],
  models: readonly ModelId[],
): UserError {
  const violationsByModel = new Map(
    models.map((id) => [id, fewestViolations(id, requested, offers)]),
  );
  if (requested.model === undefined) return new UserError(unnamedRefusal(violationsByModel));
  const violations = violationsByModel.get(requested.model);
  if (violations === undefined) {
    const { model } = requested;
    return new UserError(text('orders:modelNotOffered', { model, models: { anyOf: models } }));
  }
  const others = models.filter((id) =>
    offers.some(({ model }) => model.id === id && fits(model, { ...requested, model: id })),
  );
  return new UserError(namedRefusal(requested.model, violations, others));
}

/** Returns the violations of the model at the vendor that comes nearest. */
function fewestViolations(
  id: ModelId,
  requested: RequestedOptions,
  offers: readonly PlanOffer[],
): readonly Violation[] {
  const each = offers
    .filter(({ model }) => model.id === id)
    .map(({ model }) => violationsHere(model, requested));
  return each.toSorted((one, other) => one.length - other.length)[0] ?? [];
}

/**
 * Marks the violations where the model itself supports the option, but no vendor of this bot passes it
 * on.
 */
function violationsHere(
  model: PlanOffer['model'],
  requested: RequestedOptions,
): readonly Violation[] {
  const own = violationsOf(modelOf(model.id), requested).map(({ topic }) => topic);
  return violationsOf(model, requested).map((violation) => ({
    ...violation,
    isOfVendor: !own.includes(violation.topic),
  }));
}
