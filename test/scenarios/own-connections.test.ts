/**
 * Several versions of undici are in one process: the bot’s, discord.js’s two, and Node’s own. They keep
 * a process-wide dispatcher under shared names, so the load order decides whose it is. The bot uses none
 * of them, from its login to a delivered video.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';

import { pngImage } from '../fakes/images.ts';
import { scenario } from './harness.ts';
import { moderator, readReply } from './moderator.ts';

/** Where undici keeps them (lib/global.js of versions 6 and 8). */
const SHARED = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].map((name) =>
  Symbol.for(name),
);
let asked: string[];
let before: unknown[];

beforeEach(() => {
  asked = [];
  before = SHARED.map((name) => Reflect.get(globalThis, name));
  const dispatch = ({ origin, path }: { origin: unknown; path: unknown }): never => {
    asked.push(`${String(origin)}${String(path)}`);
    throw new Error('the process-wide dispatcher was asked');
  };
  for (const name of SHARED) Reflect.set(globalThis, name, { dispatch });
});
afterEach(() => {
  SHARED.forEach((name, index) => Reflect.set(globalThis, name, before[index]));
});

test('a picture becomes a video, and moderators get their report, over the bot’s own connections', () =>
  scenario({}, async (s) => {
    const boat = file('boat.png', pngImage({ width: 800, height: 450 }));
    const reply = s.video({ prompt: 'A paper boat drifts', first_frame: boat });
    const done = await reply.until(({ media }) => media.length > 0);
    await s.job('delivered');
    const report = moderator(s).runs('quota report', { period: 'this_month' });
    await report.until(({ media }) => media.length > 0);

    expect(done.media[0]?.bytes().length).toBeGreaterThan(0);
    expect(await readReply(s.alice.runs('credits'))).toContain('credits');
    expect(asked).toEqual([]);
  }));
