/** The sets of scenes, by the name in `npm run demo -- <name>`. */
import { EVERYTHING_SCENES, EVERYTHING_SETTINGS } from './everything-scenes.ts';
import { QUOTA_SCENES } from './quota-scenes.ts';
import { MAIN_SCENES, VENDOR_SCENES, type Scene } from './scenes.ts';

const SETS: Readonly<Record<string, readonly Scene[]>> = {
  main: MAIN_SCENES,
  vendor: VENDOR_SCENES,
  quotas: QUOTA_SCENES,
  everything: EVERYTHING_SCENES,
};

export const SCENE_SETS = Object.keys(SETS);

/** @throws Error naming the existing ones */
export function sceneSet(name = 'main'): readonly Scene[] {
  const scenes = SETS[name];
  if (scenes !== undefined) return scenes;
  throw new Error(`There are no scenes ${name}; choose ${Object.keys(SETS).join(', ')}`);
}

/** The vendor whose models a set needs, unless another is chosen. */
export const VENDOR_OF_SET: Readonly<Record<string, string>> = { everything: 'volcengine' };

/** The bot's settings that a set needs. */
export const SETTINGS_OF_SET: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  everything: EVERYTHING_SETTINGS,
};
