import {
  ApplicationCommandOptionType,
  ApplicationIntegrationType,
  InteractionContextType,
  type APIApplicationCommandAttachmentOption,
  type FileUploadType,
} from 'discord.js';
import { z } from 'zod';

import { MAX_PROMPT_LENGTH, type AskedOptions, type InputRole } from '#src/catalogue/request.ts';
import type { ChatCommand } from '#src/discord/command.ts';
import type { CommandInteraction } from '#src/discord/interactions/kinds.ts';
import { choice, described, type CommandKey } from '#src/discord/localized.ts';
import { CONFIRM_ACTIONS } from '#src/discord/ordering/confirmation.ts';
import { declaredFile, declaredSize } from '#src/discord/ordering/declared-file.ts';
import { orderConfirmed, orderVideo } from '#src/discord/ordering/order-video.ts';
import { suggestModels } from '#src/discord/ordering/suggest-models.ts';
import { allowedModels } from '#src/discord/server/server-rules.ts';
import { RATIO_CHOICES, RESOLUTION_CHOICES } from '#src/discord/video-choices.ts';
import type { Attachment } from '#src/jobs/acceptance/fetch-inputs.ts';
import { NOTIFY_WAYS } from '#src/jobs/record/job.ts';

const notifySchema = z.enum(NOTIFY_WAYS);

/** The input role of each attachment option. */
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

const NOTIFY_NAMES = {
  mention: 'commands:notify.mention',
  dm: 'commands:notify.dm',
  none: 'commands:notify.none',
} as const satisfies Record<(typeof NOTIFY_WAYS)[number], CommandKey>;

/** Discord's own group omits some kinds that the vendors accept. */
const PICTURE_TYPES: FileUploadType[] = ['image', '.bmp', '.tiff', '.heic', '.heif'];

const attachment = (
  name: keyof typeof ATTACHMENT_ROLES,
  key: CommandKey,
  fileTypes: FileUploadType[],
): APIApplicationCommandAttachmentOption => ({
  type: ApplicationCommandOptionType.Attachment,
  name,
  ...described(key),
  file_types: fileTypes,
});
const picture = (name: keyof typeof ATTACHMENT_ROLES, key: CommandKey) =>
  attachment(name, key, PICTURE_TYPES);

export default {
  data: {
    name: 'video',
    ...described('commands:video'),
    contexts: [InteractionContextType.Guild],
    integration_types: [ApplicationIntegrationType.GuildInstall],
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'prompt',
        ...described('commands:video.prompt'),
        max_length: MAX_PROMPT_LENGTH,
      },
      picture('first_frame', 'commands:video.first_frame'),
      picture('last_frame', 'commands:video.last_frame'),
      picture('reference_1', 'commands:video.reference_1'),
      picture('reference_2', 'commands:video.reference_more'),
      picture('reference_3', 'commands:video.reference_more'),
      picture('reference_4', 'commands:video.reference_more'),
      attachment('reference_video', 'commands:video.reference_video', ['video']),
      attachment('reference_audio', 'commands:video.reference_audio', ['audio']),
      {
        type: ApplicationCommandOptionType.String,
        name: 'model',
        ...described('commands:video.model'),
        autocomplete: true,
      },
      {
        type: ApplicationCommandOptionType.String,
        name: 'ratio',
        ...described('commands:video.ratio'),
        choices: RATIO_CHOICES,
      },
      {
        type: ApplicationCommandOptionType.Number,
        name: 'duration',
        ...described('commands:video.duration'),
      },
      {
        type: ApplicationCommandOptionType.String,
        name: 'resolution',
        ...described('commands:video.resolution'),
        choices: RESOLUTION_CHOICES,
      },
      {
        type: ApplicationCommandOptionType.Integer,
        name: 'seed',
        ...described('commands:video.seed'),
      },
      {
        type: ApplicationCommandOptionType.Boolean,
        name: 'camera_fixed',
        ...described('commands:video.camera_fixed'),
      },
      {
        type: ApplicationCommandOptionType.Boolean,
        name: 'audio',
        ...described('commands:video.audio'),
      },
      {
        type: ApplicationCommandOptionType.Boolean,
        name: 'watermark',
        ...described('commands:video.watermark'),
      },
      {
        type: ApplicationCommandOptionType.Boolean,
        name: 'draft',
        ...described('commands:video.draft'),
      },
      {
        type: ApplicationCommandOptionType.Boolean,
        name: 'economy',
        ...described('commands:video.economy'),
      },
      {
        type: ApplicationCommandOptionType.Boolean,
        name: 'private',
        ...described('commands:video.private'),
      },
      {
        type: ApplicationCommandOptionType.String,
        name: 'notify',
        ...described('commands:video.notify'),
        choices: NOTIFY_WAYS.map((way) => choice(way, NOTIFY_NAMES[way])),
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

/** Returns the shape of the first picture as declared by Discord, if any. */
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
