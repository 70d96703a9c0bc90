/** Notes next to the price: about flags that were left out, and about frames that do not match. */
import { describe, expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';

import { pngImage } from '../fakes/images.ts';
import { scenario, type Scenario, type VideoOptions } from './harness.ts';
import { moderator, readReply } from './moderator.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const WIDE = file('wide.png', pngImage({ width: 640, height: 360 }));
const TALL = file('tall.png', pngImage({ width: 360, height: 640 }));

/** The private messages next to the card, once the video is there. */
async function notesOf(s: Scenario, options: VideoOptions): Promise<string[]> {
  const reply = s.video(options);
  await reply.until(({ media }) => media.length > 0);
  const note = ({ isEphemeral, media }: (typeof reply.visible)[number]): boolean =>
    isEphemeral && media.length === 0;
  return reply.visible.filter(note).map(({ text }) => text);
}

describe.concurrent('notes', () => {
  test('a note names the flags that were left out, privately, next to the card', () =>
    scenario({}, async (s) => {
      const prompt = `${PROMPT} --no dogs, **red** birds --stylize 250 --ar 9:16`;
      const reply = s.video({ prompt });
      await reply.until(({ isEphemeral }) => isEphemeral);
      await s.job('delivered');

      const notes = reply.visible.filter(({ isEphemeral }) => isEphemeral);
      expect(notes.map(({ text }) => text)).toEqual([
        'Left out of the prompt, because Seedance has no such options: \\--no dogs, \\*\\*red\\*\\* birds, --stylize 250',
      ]);
      expect(reply.visible).toHaveLength(2);
      expect(s.vendor.tasks[0]?.request).toMatchObject({
        content: [{ type: 'text', text: PROMPT }],
        ratio: '9:16',
      });
    }));

  test('a note comes with the price question, and not again after it', () =>
    scenario({}, async (s) => {
      await readReply(moderator(s).runs('settings limits', { confirm_above: 1 }));
      const asked = s.video({
        prompt: `${PROMPT} --v 6`,
        model: '1.0-pro',
        first_frame: WIDE,
        last_frame: TALL,
      });
      const question = await asked.until(({ buttons }) => buttons.length > 0);

      expect(question.text).toContain('no such options: \\--v 6');
      expect(question.text).toContain('The first frame is 640×360 and the last 360×640');
      const yes = s.alice.clicks(asked, question.buttons[0]?.label ?? '');
      await yes.until(({ media }) => media.length > 0);
      expect(yes.visible).toHaveLength(1);
    }));

  test.each([
    ['takes the shape of the first', {}, /takes the shape of the first, and the last is cropped/],
    ['has a ratio of its own', { ratio: '1:1' }, /both are cropped to 1:1/],
  ] as const)('a note says that a video of two shapes %s', (_name, options, sentence) =>
    scenario({}, async (s) => {
      const reply = s.video({
        prompt: PROMPT,
        model: '1.0-pro',
        first_frame: WIDE,
        last_frame: TALL,
        ...options,
      });
      const note = await reply.until(({ isEphemeral }) => isEphemeral);
      await s.job('delivered');

      expect(note.text).toMatch(/^The first frame is 640×360 and the last 360×640: /);
      expect(note.text).toMatch(sentence);
    }),
  );

  test.each([
    ['frames of one shape', { width: 1280, height: 720 }],
    ['frames that look alike', { width: 640, height: 366 }],
  ])('%s cause no note', (_name, size) =>
    scenario({}, async (s) => {
      const options = { prompt: PROMPT, model: '1.0-pro', first_frame: WIDE };
      const last = file('last.png', pngImage(size));

      expect(await notesOf(s, { ...options, last_frame: last })).toEqual([]);
    }),
  );

  test('a prompt without flags causes no note', () =>
    scenario({}, async (s) => {
      expect(await notesOf(s, { prompt: `${PROMPT} — slowly, well-lit` })).toEqual([]);
    }));
});
