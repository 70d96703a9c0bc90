/** The least that a discord.js bot can do: it registers `/video` and acknowledges, nothing else. */
import { runVideoBot } from './video-command.ts';

await runVideoBot(async (interaction) => {
  await interaction.deferReply();
});
