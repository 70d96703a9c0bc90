/** Completes a model option with each model's capabilities and price. */
import { describeModel } from '../../catalogue/describe.ts';
import type { PricedModel } from '../../jobs/submission/offers.ts';
import { translate } from '../../text/text.ts';
import { focusedOption } from '../interactions/incomplete.ts';
import type { Autocompletion } from '../interactions/kinds.ts';
import { localeOf } from '../interactions/locale.ts';
import { suggest } from '../interactions/reply.ts';

/** Maximum name length of an autocomplete choice (Discord developer docs). */
const MAX_NAME_LENGTH = 100;

/** @param models the available models, in display order */
export async function suggestModels(
  interaction: Autocompletion,
  models: readonly PricedModel[],
): Promise<void> {
  const typed = focusedOption(interaction).text.toLowerCase();
  const locale = localeOf(interaction);
  const choices = models.map(({ model, price }) => ({
    name: translate(locale, describeModel(model, price)).slice(0, MAX_NAME_LENGTH),
    value: model.id,
  }));
  await suggest(
    interaction,
    choices.filter(({ name }) => name.toLowerCase().includes(typed)),
  );
}
