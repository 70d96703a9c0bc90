/** Builds the measured bots as plain JavaScript, so that none of them pays for Node’s type stripper. */
import { join } from 'node:path';

import { rolldown } from 'rolldown';

import { build, ROOT } from '../scripts/build.ts';

/** The folder where `participants.ts` finds them. */
const BUILT = join(ROOT, 'dist-bench');

/** Builds A as `npm run build` does. B and C load discord.js from `node_modules`, as bots usually do. */
export async function buildParticipants(): Promise<void> {
  await build(BUILT);
  await using bundle = await rolldown({
    cwd: ROOT,
    input: ['bench/bare-bot.ts', 'bench/naive-bot.ts'],
    external: /^[^./]/,
    platform: 'node',
  });
  await bundle.write({ dir: join(BUILT, 'bench') });
}
