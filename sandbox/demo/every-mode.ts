/** Every mode on every model that supports it, and whether hold, bill and payment agree. */
import { readFileSync } from 'node:fs';

import { offersOf, priceFor } from '../../src/catalogue/prices/prices.ts';
import type { InputRole, ModelId } from '../../src/catalogue/request.ts';
import { file } from '../discord/command-options.ts';
import type { SandboxTask } from '../vendor/vendor.ts';
import { night, sunrise } from './pictures.ts';
import { tone } from './sounds.ts';
import type { Options } from './stage.ts';

/** 864 × 480, 5 s. */
const CLIP = readFileSync(new URL('../vendor/clip.mp4', import.meta.url));
const first = file('sunrise.png', sunrise());
const last = file('night.png', night());
const clip = { reference_video: file('boat.mp4', CLIP) };
const sound = { reference_audio: file('tone.wav', tone(4)) };

const MODES = {
  text: {},
  'first frame': { first_frame: first },
  'first and last frame': { first_frame: first, last_frame: last },
  'reference pictures': { reference_1: first, reference_2: last },
  'reference video': clip,
  'reference picture and audio': { reference_1: first, ...sound },
  'picture, video and audio': { reference_1: first, ...clip, ...sound },
  'length chosen by the model': { duration: -1 },
  'by frames': { duration: 2.04 },
  economy: { economy: true },
} as const satisfies Record<string, Options>;
type Mode = keyof typeof MODES;

const FRAMES_1_0: readonly Mode[] = ['first frame', 'first and last frame'];
const MODES_2: readonly Mode[] = [
  'text',
  'first frame',
  'first and last frame',
  'reference pictures',
  'reference video',
  'reference picture and audio',
  'picture, video and audio',
  'length chosen by the model',
];
/** Every model that Volcengine serves today. */
const MODES_OF: ReadonlyArray<readonly [ModelId, readonly Mode[]]> = [
  ['1.0-pro', ['text', ...FRAMES_1_0, 'by frames', 'economy']],
  ['1.0-pro-fast', ['text', 'first frame', 'by frames', 'economy']],
  ['2.0', MODES_2],
  ['2.0-fast', MODES_2],
  ['2.0-mini', MODES_2],
  ['2.5', MODES_2],
];

export interface ModeRun {
  readonly model: ModelId;
  readonly mode: Mode;
  /** Used to find the vendor’s task. */
  readonly seed: number;
  readonly options: Options;
}

const FIRST_SEED = 1_000;

/** Small and short, because there are many. */
export const MODE_RUNS: readonly ModeRun[] = MODES_OF.flatMap(([model, modes]) =>
  modes.map((mode) => ({ model, mode })),
).map(({ model, mode }, index) => {
  const seed = FIRST_SEED + index;
  const common = { prompt: `A boat in the bay, ${mode}`, model, resolution: '480p', seed };
  return { model, mode, seed, options: { ...common, ...MODES[mode] } };
});

/** The vendor’s own token count at Volcengine’s published price, in whole credits. */
export function billOf({ model, mode }: ModeRun, task: SandboxTask): number {
  const roles: InputRole[] = 'reference_video' in MODES[mode] ? ['reference_video'] : [];
  const offer = offersOf('volcengine')[model];
  const tier = task.options.serviceTier;
  const price = offer && priceFor(offer, { resolution: '480p', tier, inputs: roles });
  if (price === undefined) throw new Error(`Volcengine has no price for ${model}, ${mode}`);
  const isAudible = task.options.generateAudio === true;
  const rate = isAudible ? price.withAudioMicroDollars : price.silentMicroDollars;
  // Millionths of a dollar per million tokens; a credit is a cent.
  return Math.ceil(((task.tokens ?? 0) * rate) / 10_000_000_000);
}
