/**
 * `npm run demo -- everything`: references, a draft and its final, an animated picture, a private video,
 * a clip that is too large, and each mode on each model with its hold, bill and payment.
 */
import { file } from '../discord/command-options.ts';
import { noisyClip } from '../noisy-clip.ts';
import { billOf, MODE_RUNS, type ModeRun } from './every-mode.ts';
import { night, sunrise } from './pictures.ts';
import type { Scene } from './scenes.ts';
import { tone } from './sounds.ts';
import type { Prices, SceneOutcome, Stage } from './stage.ts';

const PLENTY = '1000000';
/** About fifty videos of all models cost more than the default limit of a server. */
export const EVERYTHING_SETTINGS = {
  DEFAULT_GUILD_CREDITS: PLENTY,
  MAX_GUILD_CREDITS_PER_MONTH: PLENTY,
  OPERATOR_CREDITS_PER_MONTH: PLENTY,
};

/** Above Discord’s 10 MiB. */
const LARGE_MEGABYTES = 14;

const first = file('sunrise.png', sunrise());
const last = file('night.png', night());

export const EVERYTHING_SCENES: readonly Scene[] = [
  { title: 'What each model supports here', play: async (stage) => stage.asks('models') },
  {
    title: 'A moderator switches the price question off',
    play: async (stage) =>
      stage
        .as(stage.cast.mia)
        .asks('settings limits', { confirm_above: 0 }, ['prices are never confirmed']),
  },
  {
    title: 'Two pictures and audio as references',
    play: async (stage) =>
      stage.makes('1-references', {
        prompt: 'The light of the first picture over the sea of the second',
        reference_1: first,
        reference_2: last,
        reference_audio: file('tone.wav', tone(4)),
      }),
  },
  {
    title: 'A draft, and its final: the same task, not a new result',
    play: async (stage) =>
      stage.makesDraftAndFinal('2', {
        prompt: 'A paper boat drifts across a quiet bay at dawn',
        model: '2.5',
        first_frame: first,
      }),
  },
  {
    title: 'Animate image: the menu of any message with a picture',
    play: async (stage) =>
      stage.animates('3-animated', last, 'The moon climbs and the waves begin to move'),
  },
  {
    title: 'A private video',
    play: async (stage) =>
      stage.makes('4-private', {
        prompt: 'A surprise for the whole club',
        model: '1.0-pro-fast',
        private: true,
      }),
  },
  { title: 'A clip that is too large for Discord', play: tooLarge },
  {
    title: 'Refused: a first frame and a reference at once',
    play: async (stage) =>
      stage.isRefused({ prompt: 'Both', first_frame: first, reference_1: last }, 'reference'),
  },
  {
    title: 'Refused: economy on 2.0',
    play: async (stage) =>
      stage.isRefused({ prompt: 'Cheaper', model: '2.0', economy: true }, 'economy'),
  },
  { title: 'Every mode on every model: held, billed, paid', play: everyMode },
  { title: 'Where did it go?', play: async (stage) => stage.asks('credits') },
];

async function tooLarge(stage: Stage): Promise<SceneOutcome> {
  stage.vendor.setVideo(largeClip());
  try {
    return await stage.makes('5-made-to-fit', { prompt: 'Rain on a tin roof, every drop' });
  } finally {
    stage.vendor.setVideo(undefined);
  }
}

/** It cannot be made without ffmpeg; the stored one is then small and is uploaded unchanged. */
function largeClip(): Buffer | undefined {
  try {
    return noisyClip({ megabytes: LARGE_MEGABYTES });
  } catch {
    return undefined;
  }
}

async function everyMode(stage: Stage): Promise<SceneOutcome[]> {
  return stage.makesAll(MODE_RUNS, (run, prices) => rowOf(run, prices, stage));
}

function rowOf(run: ModeRun, { held, paid }: Prices, { vendor }: Stage) {
  const task = vendor.tasks.find(({ options }) => options.seed === run.seed);
  const billed = task === undefined ? 0 : billOf(run, task);
  const isAsExpected = billed > 0 && paid === billed && paid <= held;
  const columns = [
    run.model.padEnd(13),
    run.mode.padEnd(28),
    `held ${String(held).padStart(4)}`,
    `billed ${String(task?.tokens ?? 0).padStart(7)} tokens = ${String(billed).padStart(4)}`,
    `paid ${String(paid).padStart(4)}`,
  ];
  return { line: `${columns.join('  ')}  ${isAsExpected ? '✓' : '✗'}`, isAsExpected };
}
