/** Shared by the two comparison bots: a plain discord.js client and `/video`. */
import {
  ApplicationCommandOptionType,
  Client,
  Events,
  GatewayIntentBits,
  type ChatInputCommandInteraction,
} from 'discord.js';

import { READY_LINE } from './participants.ts';

const VIDEO = {
  name: 'video',
  description: 'Make a video from text',
  options: [
    {
      type: ApplicationCommandOptionType.String as const,
      name: 'prompt',
      description: 'What happens in the video',
      required: true,
    },
  ],
};

/** Logs in, registers `/video`, reports ready, and passes on every command. */
export async function runVideoBot(
  onVideo: (interaction: ChatInputCommandInteraction) => Promise<void>,
): Promise<void> {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    rest: { api: setting('DISCORD_API_URL') },
  });
  client.on(Events.InteractionCreate, (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    onVideo(interaction).catch((error: unknown) => console.error(String(error)));
  });
  client.once(Events.ClientReady, (ready) => {
    ready.application.commands
      .set([VIDEO])
      .then(() => console.log(READY_LINE))
      .catch((error: unknown) => console.error(String(error)));
  });
  await client.login(setting('DISCORD_TOKEN'));
}

/** @throws Error when the environment lacks it */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
