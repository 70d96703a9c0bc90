/** A small bot with the real discord.js client, for the sandbox Discord's own tests. */
import {
  Client,
  Events,
  GatewayIntentBits,
  type Interaction,
  type RESTPostAPIApplicationCommandsJSONBody,
} from 'discord.js';

import type { DiscordSandbox } from '#sandbox/discord/discord.ts';
import { createDiscordTransport } from '#src/discord/rest/transport.ts';

export const VIDEO_COMMAND = {
  name: 'video',
  description: 'Makes a video',
  contexts: [0],
  integration_types: [0],
  options: [
    { type: 3, name: 'prompt', description: 'What happens', required: true, max_length: 4000 },
    { type: 11, name: 'first_frame', description: 'The first picture' },
    { type: 3, name: 'model', description: 'Which model', autocomplete: true },
    { type: 10, name: 'duration', description: 'Seconds', min_value: -1, max_value: 12 },
  ],
} satisfies RESTPostAPIApplicationCommandsJSONBody;

export interface TestBot extends AsyncDisposable {
  readonly client: Client<true>;
  /** What handlers threw; a test that expects a refusal reads it. */
  readonly errors: unknown[];
}

/** Logs in, registers the commands (`/video` by default), and passes interactions to `handle`. */
export async function startBot(
  discord: DiscordSandbox,
  handle: (interaction: Interaction) => Promise<unknown>,
  commands: readonly RESTPostAPIApplicationCommandsJSONBody[] = [VIDEO_COMMAND],
): Promise<TestBot> {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    allowedMentions: { parse: [] },
    // Its own undici depends on which module of the test run was loaded first.
    rest: { api: discord.apiUrl, makeRequest: createDiscordTransport() },
  });
  const errors: unknown[] = [];
  client.on(Events.Error, (error) => errors.push(error));
  client.on(Events.InteractionCreate, (interaction) => {
    handle(interaction).catch((error: unknown) => errors.push(error));
  });
  const ready = new Promise<Client<true>>((resolve) => {
    client.once(Events.ClientReady, resolve);
  });
  await client.login(discord.token);
  const readyClient = await ready;
  await readyClient.application.commands.set(commands);
  return {
    client: readyClient,
    errors,
    [Symbol.asyncDispose]: async () => {
      await client.destroy();
    },
  };
}
