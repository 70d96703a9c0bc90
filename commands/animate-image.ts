import {
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  type Message,
} from 'discord.js';

import { describeModel } from '#src/catalogue/describe.ts';
import { fileNameOf, type MenuCommand } from '#src/discord/command.ts';
import { customId } from '#src/discord/custom-id.ts';
import { INCOMPLETE } from '#src/discord/interactions/incomplete.ts';
import type { FormSubmission, MenuInteraction } from '#src/discord/interactions/kinds.ts';
import { localeOf } from '#src/discord/interactions/locale.ts';
import { animateForm, readAnimateForm } from '#src/discord/ordering/animate-form.ts';
import type { WhoFillsIn } from '#src/discord/ordering/open-forms.ts';
import { orderVideo } from '#src/discord/ordering/order-video.ts';
import { picturesOfMessage } from '#src/discord/ordering/pictures-of-message.ts';
import { UserError } from '#src/errors.ts';
import { text, translate } from '#src/text/text.ts';

const command = {
  data: {
    type: ApplicationCommandType.Message,
    name: 'Animate image',
    contexts: [InteractionContextType.Guild],
    integration_types: [ApplicationIntegrationType.GuildInstall],
  },

  async execute(interaction, { forms, offers, ids }) {
    // Always present in discord.js's types, but Discord may omit it.
    const message: Message | null = interaction.targetMessage;
    if (message === null) throw new UserError(INCOMPLETE);
    const pictures = picturesOfMessage(message);
    if (pictures.length === 0) {
      throw new UserError(text('orders:noPicture'));
    }
    const key = ids.next();
    const locale = localeOf(interaction);
    const models = offers.priced().map(({ model, price }) => ({
      id: model.id,
      description: translate(locale, describeModel(model, price)),
    }));
    const form = customId({ owner: fileNameOf(command), action: 'make', key });
    // Open the form first: it is the acknowledgement and must not wait for the database. It is stored
    // long before anyone can fill it in.
    await interaction.showModal(animateForm({ customId: form, pictures, models, locale }));
    await forms.keep(key, whoOf(interaction), pictures);
  },

  async submit(interaction, { key }, context) {
    const { pictureIndex, use, asked } = readAnimateForm(interaction);
    const find = async () => {
      const picture = (await context.forms.find(key, whoOf(interaction)))?.[pictureIndex];
      if (picture !== undefined) return [{ ...picture, role: use }];
      throw new UserError(text('orders:formTooOld'));
    };
    const attachments = { roles: [use], find };
    await orderVideo(
      interaction,
      { asked, attachments, isPrivate: false, notify: 'mention' },
      context,
    );
  },
} satisfies MenuCommand;

export default command;

function whoOf({ guildId, user }: MenuInteraction | FormSubmission): WhoFillsIn {
  return { guildId, memberId: user.id };
}
