/**
 * `npm run demo`: the bot, with the real discord.js client, on a Discord and a Seedance
 * vendor on this machine. Shows what a member does and sees, as it happens.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import colours from 'picocolors';

import { startBotProcess } from '../bot-process.ts';
import { startWorld } from '../world.ts';
import { castOf } from './cast.ts';
import { createNarrator } from './narrator.ts';
import { SCENE_SETS, SETTINGS_OF_SET, sceneSet, VENDOR_OF_SET } from './scene-sets.ts';
import { Stage, type SceneOutcome } from './stage.ts';
import { VENDOR_NAMES, vendorOptions } from './vendors.ts';

/** Short, for a short demo; real vendors take from half a minute to several. */
const QUEUE_MS = 2_000;
const RENDER_MS = 4_000;

const HELP = `Usage: npm run demo [-- SCENES] [-- --vendor NAME]

Shows the bot on a Discord and a video service on this machine, and saves the videos.
  SCENES          one of ${SCENE_SETS.join(', ')}; main when omitted
  --vendor NAME   one of ${VENDOR_NAMES.join(', ')}
  --help          this text`;

/** `npm run demo -- quotas` plays another set, `-- --vendor pixazo` the main one with another vendor. */
const { values: chosen, positionals } = orLeave(() =>
  parseArgs({
    allowPositionals: true,
    options: { vendor: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  }),
);
if (chosen.help === true) {
  console.log(HELP);
  process.exit(0);
}
const set = positionals[0] ?? (chosen.vendor === undefined ? 'main' : 'vendor');
const scenes = orLeave(() => sceneSet(set));
const vendor = orLeave(() => vendorOptions(chosen.vendor ?? VENDOR_OF_SET[set]));
const narrator = createNarrator((line) => console.log(line));
const folder = resolve('demo-videos', new Date().toISOString().replace(/[:.]/g, '-'));
await mkdir(folder, { recursive: true });

await using world = await startWorld({
  vendor: { ...vendor, queueMs: QUEUE_MS, renderMs: RENDER_MS },
});
narrator.say(
  colours.bold('seedance-discord: the bot, on a Discord and a Seedance vendor on this machine'),
);
narrator.note(
  `Discord at ${world.discord.apiUrl}, vendor at ${world.vendor.url}, nothing leaves this machine`,
);

if (!(await world.vendor.rendersVideos()))
  narrator.note('ffmpeg is not installed: every video is the same stored stand-in clip');

const guild = world.discord.addGuild({ name: 'Harbour Film Club', channels: ['videos'] });
const cast = castOf(guild);
const bot = startBotProcess({ ...world.environment, ...SETTINGS_OF_SET[set] }, world.folder);
const outcomes: SceneOutcome[] = [];
try {
  await bot.ready();
  narrator.note(
    `the bot is online and has registered ${world.discord.commands.map(({ name }) => `/${name}`).join(', ')}`,
  );
  const stage = new Stage({ cast, member: cast.alice, narrator, folder, vendor: world.vendor });
  for (const [index, scene] of scenes.entries()) {
    narrator.title(index + 1, scene.title);
    outcomes.push(...[await scene.play(stage)].flat());
  }
} finally {
  await bot.stop();
}
process.exitCode = summarize(outcomes);

/** An unknown name is reported in one line, with the existing ones. */
function orLeave<T>(choose: () => T): T {
  try {
    return choose();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

function summarize(done: readonly SceneOutcome[]): number {
  const videos = done.filter(({ kind }) => kind === 'video');
  const refusals = done.filter(({ kind }) => kind === 'refused');
  const spent = videos.reduce((sum, { credits }) => sum + credits, 0);
  narrator.say(`\n${colours.bold('Summary')}`);
  narrator.say(
    `   ${videos.length} videos made and delivered, ${spent} credits held and then settled`,
  );
  narrator.say(
    `   ${refusals.length} ${refusals.length === 1 ? 'request' : 'requests'} refused with a reason, 0 credits held for them`,
  );
  narrator.say(`   ${world.vendor.tasks.length} tasks at the vendor, one for each video`);
  narrator.say(
    `   videos: ${colours.green(relative('.', folder) === '' ? folder : join('.', relative('.', folder)))}`,
  );
  for (const video of videos.filter(({ file }) => file !== undefined))
    narrator.say(`     ${video.file ?? ''}`);
  const isWhole =
    videos.length === world.vendor.tasks.length && done.every(({ isAsExpected }) => isAsExpected);
  narrator.say(
    isWhole
      ? colours.green('   everything worked as expected')
      : colours.red('   something went wrong, see above'),
  );
  return isWhole ? 0 : 1;
}

/** Kept next to the videos for anyone who wants to read the bot’s output. */
await writeFile(join(folder, 'bot.log'), bot.output());
