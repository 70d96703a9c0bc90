import {
  ApplicationCommandOptionType,
  ApplicationIntegrationType,
  InteractionContextType,
  type APIApplicationCommandAttachmentOption,
} from 'discord.js';

import { describeModel } from '#src/catalogue/describe.ts';
import { planRequest } from '#src/catalogue/plan.ts';
import {
  INPUT_ROLES,
  MAX_PROMPT_LENGTH,
  RATIOS,
  RESOLUTIONS,
  type AskedOptions,
  type InputRole,
} from '#src/catalogue/request.ts';
import type { ChatCommand, CommandInteraction } from '#src/discord/command.ts';
import { openReply, suggest } from '#src/discord/reply.ts';
import type { Attachment } from '#src/jobs/accept.ts';

const choices = (values: readonly string[]) => values.map((value) => ({ name: value, value }));
const picture = (name: InputRole, description: string): APIApplicationCommandAttachmentOption => ({
  type: ApplicationCommandOptionType.Attachment,
  name,
  description,
  file_types: ['image'],
});

export default {
  data: {
    name: 'video',
    description: 'Make a video from a sentence, or from a picture',
    contexts: [InteractionContextType.Guild],
    integration_types: [ApplicationIntegrationType.GuildInstall],
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'prompt',
        description: 'What happens in the video',
        required: true,
        max_length: MAX_PROMPT_LENGTH,
      },
      picture('first_frame', 'The picture the video begins with'),
      picture('last_frame', 'The picture the video ends with; needs a first frame too'),
      {
        type: ApplicationCommandOptionType.String,
        name: 'model',
        description: 'Which Seedance model; left out, the first that can do what you ask',
        autocomplete: true,
      },
      {
        type: ApplicationCommandOptionType.String,
        name: 'ratio',
        description: 'Width to height',
        choices: choices(RATIOS),
      },
      {
        type: ApplicationCommandOptionType.Number,
        name: 'duration',
        description: 'Seconds; -1 lets the model choose where it can',
      },
      {
        type: ApplicationCommandOptionType.String,
        name: 'resolution',
        description: 'Lines of the picture; more costs more',
        choices: choices(RESOLUTIONS),
      },
      {
        type: ApplicationCommandOptionType.Integer,
        name: 'seed',
        description: 'The same seed and options give a similar video; 0 to 2147483647',
      },
      {
        type: ApplicationCommandOptionType.Boolean,
        name: 'camera_fixed',
        description: 'Keep the camera still',
      },
      {
        type: ApplicationCommandOptionType.Boolean,
        name: 'audio',
        description: 'Sound, where the model makes it',
      },
      {
        type: ApplicationCommandOptionType.Boolean,
        name: 'watermark',
        description: 'The mark “AI generated”, bottom right',
      },
    ],
  },

  async execute(interaction, context) {
    const { jobs, offers, tokens, drawSeed } = context;
    const attachments = readAttachments(interaction);
    const asked = readOptions(interaction, attachments);
    const request = planRequest(asked, { offered: offers.models(), drawSeed });
    const { messageId, isEphemeral } = await openReply(interaction);
    await tokens.keep(interaction.id, interaction.token, interaction.createdTimestamp);
    const place = {
      guildId: interaction.guildId,
      channelId: interaction.channelId,
      memberId: interaction.user.id,
      interactionId: interaction.id,
      messageId,
      isEphemeral,
      attachmentLimitBytes: interaction.attachmentSizeLimit,
    };
    await jobs.accept({ request, attachments, place });
  },

  async autocomplete(interaction, { offers }) {
    const typed = interaction.options.getFocused().toLowerCase();
    const models = offers
      .priced()
      .map(({ model, price }) => ({ name: describeModel(model, price), value: model }));
    await suggest(
      interaction,
      models.filter(({ name }) => name.toLowerCase().includes(typed)),
    );
  },
} satisfies ChatCommand;

function readAttachments({ options }: CommandInteraction): Attachment[] {
  return INPUT_ROLES.flatMap((role) => {
    const attachment = options.getAttachment(role);
    if (attachment === null) return [];
    return [
      { role, url: attachment.url, fileName: attachment.name, declaredBytes: attachment.size },
    ];
  });
}

function readOptions(
  { options }: CommandInteraction,
  attachments: readonly Attachment[],
): AskedOptions {
  return {
    prompt: options.getString('prompt', true),
    model: options.getString('model') ?? undefined,
    ratio: options.getString('ratio') ?? undefined,
    duration: options.getNumber('duration') ?? undefined,
    resolution: options.getString('resolution') ?? undefined,
    seed: options.getInteger('seed') ?? undefined,
    cameraFixed: options.getBoolean('camera_fixed') ?? undefined,
    audio: options.getBoolean('audio') ?? undefined,
    watermark: options.getBoolean('watermark') ?? undefined,
    inputs: attachments.map(({ role }) => role),
  };
}
