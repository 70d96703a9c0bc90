import {
  ApplicationCommandOptionType,
  ApplicationIntegrationType,
  InteractionContextType,
  type APIApplicationCommandAttachmentOption,
  type FileUploadType,
} from 'discord.js';
import { z } from 'zod';

import {
  MAX_PROMPT_LENGTH,
  RATIOS,
  RESOLUTIONS,
  type AskedOptions,
  type InputRole,
} from '#src/catalogue/request.ts';
import type { ChatCommand } from '#src/discord/command.ts';
import type { CommandInteraction } from '#src/discord/interactions/kinds.ts';
import { CONFIRM_ACTIONS } from '#src/discord/ordering/confirmation.ts';
import { declaredFile, declaredSize } from '#src/discord/ordering/declared-file.ts';
import { orderConfirmed, orderVideo } from '#src/discord/ordering/order-video.ts';
import { suggestModels } from '#src/discord/ordering/suggest-models.ts';
import { allowedModels } from '#src/discord/server/server-rules.ts';
import type { Attachment } from '#src/jobs/acceptance/fetch-inputs.ts';
import { NOTIFY_WAYS } from '#src/jobs/record/job.ts';

const notifySchema = z.enum(NOTIFY_WAYS);

/** What each attachment option is to the model. */
const ATTACHMENT_ROLES = {
  first_frame: 'first_frame',
  last_frame: 'last_frame',
  reference_1: 'reference_image',
  reference_2: 'reference_image',
  reference_3: 'reference_image',
  reference_4: 'reference_image',
  reference_video: 'reference_video',
  reference_audio: 'reference_audio',
} as const satisfies Record<string, InputRole>;

const choices = (values: readonly string[]) => values.map((value) => ({ name: value, value }));
/** Discord's own group leaves out some kinds that the vendors take. */
const PICTURE_TYPES: FileUploadType[] = ['image', '.bmp', '.tiff', '.heic', '.heif'];

const attachment = (
  name: keyof typeof ATTACHMENT_ROLES,
  description: string,
  fileTypes: FileUploadType[],
): APIApplicationCommandAttachmentOption => ({
  type: ApplicationCommandOptionType.Attachment,
  name,
  description,
  file_types: fileTypes,
});
const picture = (name: keyof typeof ATTACHMENT_ROLES, description: string) =>
  attachment(name, description, PICTURE_TYPES);

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
        description: 'What happens in the video; optional with a picture or a video',
        max_length: MAX_PROMPT_LENGTH,
      },
      picture('first_frame', 'The picture the video begins with'),
      picture('last_frame', 'The picture the video ends with; needs a first frame too'),
      picture(
        'reference_1',
        'A picture whose subject or style shall appear, on models that take references',
      ),
      picture('reference_2', 'Another reference picture'),
      picture('reference_3', 'Another reference picture'),
      picture('reference_4', 'Another reference picture'),
      attachment('reference_video', 'A clip whose motion or look shall be followed: MP4 or MOV', [
        'video',
      ]),
      attachment(
        'reference_audio',
        'A sound to go with: WAV or MP3; never alone on the 2.0 models',
        ['audio'],
      ),
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
      {
        type: ApplicationCommandOptionType.Boolean,
        name: 'draft',
        description: 'A 480p preview first, where a model makes one; its final costs extra',
      },
      {
        type: ApplicationCommandOptionType.Boolean,
        name: 'economy',
        description: 'Half the price, but it may take hours; not on the 2.x models',
      },
      {
        type: ApplicationCommandOptionType.Boolean,
        name: 'private',
        description: 'Only you see the reply and the video',
      },
      {
        type: ApplicationCommandOptionType.String,
        name: 'notify',
        description: 'How you are told when it is done',
        choices: choices(NOTIFY_WAYS),
      },
    ],
  },

  async execute(interaction, context) {
    const order = {
      asked: { ...readOptions(interaction), shape: readShape(interaction) },
      attachments: readAttachments(interaction),
      isPrivate: interaction.options.getBoolean('private') ?? false,
      notify: notifySchema.parse(interaction.options.getString('notify') ?? 'mention'),
    };
    await orderVideo(interaction, order, context);
  },

  async press(interaction, { action, key }, context) {
    const isPrivate = action === CONFIRM_ACTIONS.private;
    await orderConfirmed(interaction, { key, isPrivate }, context);
  },

  async autocomplete(interaction, { offers, settings }) {
    const allowed = allowedModels(await settings.read(interaction.guildId), offers.models());
    const models = offers.priced().filter(({ model }) => allowed.includes(model.id));
    await suggestModels(interaction, models);
  },
} satisfies ChatCommand;

function readAttachments({ options }: CommandInteraction): Attachment[] {
  return Object.entries(ATTACHMENT_ROLES).flatMap(([name, role]) => {
    const given = options.getAttachment(name);
    if (given === null) return [];
    return [{ role, ...declaredFile(given), ...declaredSize(given) }];
  });
}

/** Of the first picture: what Discord declares, or nothing. */
function readShape({ options }: CommandInteraction): AskedOptions['shape'] {
  const names = ['first_frame', 'reference_1', 'reference_2', 'reference_3', 'reference_4'];
  for (const name of names) {
    const { width, height } = options.getAttachment(name) ?? {};
    if (typeof width === 'number' && typeof height === 'number') return { width, height };
  }
  return undefined;
}

function readOptions({ options }: CommandInteraction): Omit<AskedOptions, 'inputs'> {
  return {
    prompt: options.getString('prompt') ?? '',
    model: options.getString('model') ?? undefined,
    ratio: options.getString('ratio') ?? undefined,
    duration: options.getNumber('duration') ?? undefined,
    resolution: options.getString('resolution') ?? undefined,
    seed: options.getInteger('seed') ?? undefined,
    cameraFixed: options.getBoolean('camera_fixed') ?? undefined,
    audio: options.getBoolean('audio') ?? undefined,
    draft: options.getBoolean('draft') ?? undefined,
    watermark: options.getBoolean('watermark') ?? undefined,
    economy: options.getBoolean('economy') ?? undefined,
  };
}
