/** Completes a model option: each model with its abilities and price in words. */
import { describeModel } from '../../catalogue/describe.ts';
import type { PricedModel } from '../../jobs/submission/offers.ts';
import { focusedOption } from '../interactions/incomplete.ts';
import type { Autocompletion } from '../interactions/kinds.ts';
import { suggest } from '../interactions/reply.ts';

/** @param models those that may be chosen, in the order to show them */
export async function suggestModels(
  interaction: Autocompletion,
  models: readonly PricedModel[],
): Promise<void> {
  const typed = focusedOption(interaction).text.toLowerCase();
  const choices = models.map(({ model, price }) => ({
    name: describeModel(model, price),
    value: model.id,
  }));
  await suggest(
    interaction,
    choices.filter(({ name }) => name.toLowerCase().includes(typed)),
  );
}
