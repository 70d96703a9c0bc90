/**
 * From what a member typed to a request in which everything is decided: flags taken out of the
 * prompt, wishes checked, an offer chosen, defaults filled in. What was typed is never changed, and
 * what was omitted never causes a refusal. Refuses with a sentence that names the nearest thing that
 * works.
 */
import { UserError } from '../../errors.ts';
import { modelOf } from '../models.ts';
import { mergePromptFlags } from '../prompt/prompt-flags.ts';
import { MODEL_IDS } from '../request.ts';
import type { AskedOptions, ModelId, VideoRequest } from '../request.ts';
import { anyOf } from '../wording.ts';
import { objectionsTo } from './check-model.ts';
import { chooseRequest, fits } from './choose.ts';
import type { PlanContext, PlanOffer } from './context.ts';
import { checkPromptLength, readWish } from './parse-options.ts';
import type { Wish } from './parse-options.ts';
import { namedRefusal, unnamedRefusal } from './refusal-message.ts';
import type { Objection } from './refusal-message.ts';

/**
 * @param asked what was typed, on whichever path: command, modal or button
 * @throws UserError whose message says what was wrong and what would be right
 */
export function planRequest(asked: AskedOptions, context: PlanContext): VideoRequest {
  const models = modelsOf(context);
  if (models.length === 0) {
    throw new UserError('No model can be used here at present. Ask a moderator, or try later.');
  }
  checkPromptLength(asked.prompt);
  const wish = readWish(mergePromptFlags(asked), models);
  const request = chooseRequest(wish, context, wish.seed ?? context.drawSeed());
  if (request === undefined) throw refusalOf(wish, context.offers, models);
  return request;
}

/** The offered models, most preferred first. */
function modelsOf({ offers, defaults }: PlanContext): readonly ModelId[] {
  const offered = new Set(offers.map(({ model }) => model.id));
  const preferred = defaults?.model === undefined ? [] : [defaults.model];
  return [...new Set([...preferred, ...MODEL_IDS])].filter((id) => offered.has(id));
}

function refusalOf(
  wish: Wish,
  offers: readonly PlanOffer[],
  models: readonly ModelId[],
): UserError {
  const objectionsOf = new Map(models.map((id) => [id, fewestObjections(id, wish, offers)]));
  if (wish.model === undefined) return new UserError(unnamedRefusal(objectionsOf));
  const objections = objectionsOf.get(wish.model);
  if (objections === undefined) {
    return new UserError(`${wish.model} cannot be used here. Choose ${anyOf(models)}.`);
  }
  const others = models.filter((id) =>
    offers.some(({ model }) => model.id === id && fits(model, { ...wish, model: id })),
  );
  return new UserError(namedRefusal(wish.model, objections, others));
}

/** What stands in the way of a model at the vendor that comes nearest. */
function fewestObjections(
  id: ModelId,
  wish: Wish,
  offers: readonly PlanOffer[],
): readonly Objection[] {
  const each = offers
    .filter(({ model }) => model.id === id)
    .map(({ model }) => objectionsHere(model, wish));
  return each.toSorted((one, other) => one.length - other.length)[0] ?? [];
}

/** Says "here" of what the model itself could do, but no vendor of this bot passes on. */
function objectionsHere(model: PlanOffer['model'], wish: Wish): readonly Objection[] {
  const own = objectionsTo(modelOf(model.id), wish).map(({ topic }) => topic);
  return objectionsTo(model, wish).map((objection) => {
    const isOfVendor = !own.includes(objection.topic) && objection.sentence === undefined;
    return isOfVendor ? { ...objection, can: `${objection.can} here` } : objection;
  });
}
