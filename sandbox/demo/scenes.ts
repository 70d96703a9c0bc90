/** The scenes of the demo, in order. Each contains what a member does; the stage prints what they see. */
import { file } from '../discord/command-options.ts';
import { night, sunrise, thumbnail } from './pictures.ts';
import type { SceneOutcome, Stage } from './stage.ts';

export interface Scene {
  readonly title: string;
  readonly play: (stage: Stage) => Promise<SceneOutcome | SceneOutcome[]>;
}

export const MAIN_SCENES: readonly Scene[] = [
  { title: 'How much can I spend?', play: async (stage) => stage.asks('credits') },
  {
    title: 'A prompt alone',
    play: async (stage) =>
      stage.makes('1-prompt-alone', {
        prompt: 'A paper boat drifts across a quiet bay at dawn',
      }),
  },
  {
    title: 'A prompt with a first frame',
    play: async (stage) =>
      stage.makes('2-first-frame', {
        prompt: 'The sun climbs and the water begins to glitter',
        first_frame: file('sunrise.png', sunrise()),
        duration: 4,
      }),
  },
  {
    title: 'First and last frame',
    play: async (stage) =>
      stage.makes('3-first-and-last-frame', {
        prompt: 'Day turns into night in one slow move',
        first_frame: file('sunrise.png', sunrise()),
        last_frame: file('night.png', night()),
        model: '1.0-pro',
        resolution: '480p',
      }),
  },
  {
    title: 'Refused: a picture of 200 × 200 pixels',
    play: async (stage) =>
      stage.isRefused(
        { prompt: 'Make it move', first_frame: file('icon.png', thumbnail()) },
        '200',
      ),
  },
  {
    title: 'Refused: a text file named .png',
    play: async (stage) =>
      stage.isRefused(
        {
          prompt: 'Make it move',
          first_frame: file('notes.png', Buffer.from('Buy milk and bread.\n')),
        },
        'not a picture',
      ),
  },
  {
    title: 'Refused: a length that no model supports',
    play: async (stage) => stage.isRefused({ prompt: 'A long walk home --duration 60' }, '60'),
  },
  { title: 'Where did it go?', play: async (stage) => stage.asks('credits') },
];

/** The main scene, with nothing that only some vendors support. */
export const VENDOR_SCENES: readonly Scene[] = [
  { title: 'What is available here', play: async (stage) => stage.asks('models') },
  {
    title: 'A prompt alone',
    play: async (stage) =>
      stage.makes('1-prompt-alone', { prompt: 'A paper boat drifts across a quiet bay at dawn' }),
  },
  {
    title: 'A prompt with a first frame',
    play: async (stage) =>
      stage.makes('2-first-frame', {
        prompt: 'The sun climbs and the water begins to glitter',
        first_frame: file('sunrise.png', sunrise()),
      }),
  },
  {
    title: 'First and last frame',
    play: async (stage) =>
      stage.makes('3-first-and-last-frame', {
        prompt: 'Day turns into night in one slow move',
        first_frame: file('sunrise.png', sunrise()),
        last_frame: file('night.png', night()),
      }),
  },
];
