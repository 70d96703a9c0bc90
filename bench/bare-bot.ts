/** A minimal discord.js bot: it registers `/video` and acknowledges, nothing else. */
import { runVideoBot } from './video-command.ts';

await runVideoBot(async (interaction) => {
  await interaction.deferReply();
});
