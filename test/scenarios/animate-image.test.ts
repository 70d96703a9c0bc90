/** The message menu on any message with pictures. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import type { MessageReference } from '#sandbox/discord/actors.ts';
import { file, linkedPicture } from '#sandbox/discord/discord.ts';
import type { FormView } from '#sandbox/discord/modal/form-view.ts';
import type { FieldValues } from '#sandbox/discord/people/form.ts';
import { HOUR } from '#src/clock.ts';
import { parseCustomId } from '#src/discord/custom-id.ts';

import { pngImage, textFile, truncate } from '../fakes/images.ts';
import { expectPaid } from './assert-video.ts';
import { expectNoTrace } from './expect-refused.ts';
import { CALLBACK, scenario, until, type Scenario } from './harness.ts';

const MENU = 'Animate image';
const PROMPT = 'The water begins to move in the wind';
const COMPONENTS_V2 = { painter: { isBot: true } } as const;

const lake = pngImage({ width: 640, height: 360 });
const cat = pngImage({ width: 500, height: 500, colour: { red: 200, green: 30, blue: 30 } });

const requestSchema = z.looseObject({
  content: z.array(
    z.looseObject({
      role: z.string().optional(),
      image_url: z.object({ url: z.string() }).optional(),
    }),
  ),
});

async function openForm(s: Scenario, message: MessageReference, who = s.alice) {
  const menu = who.runsOnMessage(MENU, message);
  const form = await menu.formOpened();
  const kept = parseCustomId(form.customId)?.key;
  // A member takes longer to fill it in than the bot keeps an excess form; a test cannot wait for that.
  await until(
    () => s.ledgers.database.selectFrom('documents').select('key').execute(),
    (documents) => documents.some(({ key }) => key.endsWith(`:${kept}`)),
  );
  return {
    form,
    submits: (values: FieldValues) => who.submits(menu, { prompt: PROMPT, ...values }),
  };
}

function options(form: FormView, customId: string): string[] {
  return (
    form.fields.find((field) => field.customId === customId)?.options.map(({ label }) => label) ??
    []
  );
}

/** What the vendor received of the chosen picture, after the video was delivered. */
async function animate(s: Scenario, message: MessageReference, values: FieldValues = {}) {
  const { form, submits } = await openForm(s, message);
  const reply = submits(values);
  const done = await reply.until(
    ({ media, text, isLoading }) => media.length > 0 || (!isLoading && !text.startsWith('>')),
  );
  expect(done.text).toContain('Seedance');
  const job = await s.job('delivered');
  const [task] = s.vendor.tasks;
  if (task !== undefined) expectPaid(job, task);
  const { content } = requestSchema.parse(task?.request);
  const picture = content.find(({ image_url: image }) => image !== undefined);
  return { form, job, task, role: picture?.role, url: picture?.image_url?.url };
}

function dataUri(bytes: Buffer): string {
  return `data:image/png;base64,${bytes.toString('base64')}`;
}

describe.concurrent('the form of Animate image', () => {
  test('the form offers the pictures, both uses and the models, and is the acknowledgement', () =>
    scenario({}, async (s) => {
      const said = s.bob.says('look', {
        attachments: [file('lake.png', lake), file('cat.png', cat)],
      });

      const { form } = await openForm(s, said);

      expect(form.title).toBe(MENU);
      expect(form.fields.map(({ customId }) => customId)).toEqual([
        'prompt',
        'picture',
        'use',
        'model',
        'duration',
      ]);
      expect(options(form, 'picture')).toEqual(['1. lake.png', '2. cat.png']);
      expect(options(form, 'use')).toHaveLength(2);
      expect(options(form, 'model').length).toBeGreaterThan(5);
      expect(s.requests(CALLBACK)).toMatchObject([{ body: { type: 9 } }]);
      expect(await s.ledgers.jobs()).toEqual([]);
    }));

  test('the form leaves out files that are not pictures', () =>
    scenario({}, async (s) => {
      const said = s.bob.says('', {
        attachments: [file('notes.txt', textFile()), file('cat.png', cat)],
      });

      expect(options((await openForm(s, said)).form, 'picture')).toEqual(['1. cat.png']);
    }));

  test('a form submitted after its expiry is refused, and asks to open it again', () =>
    scenario({}, async (s) => {
      const said = s.bob.says('', { attachments: [file('cat.png', cat)] });
      const { submits } = await openForm(s, said);
      s.clock.pass(2 * HOUR);

      expect(await submits({}).refusal()).toContain('too old');
      await expectNoTrace(s);
    }));

  test('a submitted form is acknowledged in time for Discord, once', () =>
    scenario({}, async (s) => {
      const said = s.bob.says('', { attachments: [file('cat.png', cat)] });
      const { submits } = await openForm(s, said);
      const reply = submits({});

      // Discord accepts no response after three seconds.
      await reply.acknowledged();
      await s.job('delivered');
      expect(s.requests(CALLBACK)).toHaveLength(2);
    }));

  test.each([
    ['soon', 'a number of seconds'],
    ['60', '60 s'],
  ])('a form with the length %s is refused', (duration, says) =>
    scenario({}, async (s) => {
      const said = s.bob.says('', { attachments: [file('cat.png', cat)] });
      const { submits } = await openForm(s, said);

      expect(await submits({ duration }).refusal()).toContain(says);
      await expectNoTrace(s);
    }),
  );

  test('flags in the form’s prompt become options, as in /video', () =>
    scenario({}, async (s) => {
      const said = s.bob.says('', { attachments: [file('cat.png', cat)] });
      const { task } = await animate(s, said, { prompt: `${PROMPT} --rs 480p`, duration: '' });

      expect(task?.options).toMatchObject({ resolution: '480p', seconds: 5 });
    }));
});

describe.concurrent('the picture of Animate image', () => {
  test('a picture attached to another member’s message becomes the first frame', () =>
    scenario({}, async (s) => {
      const said = s.bob.says('look', { attachments: [file('lake.png', lake)] });

      const { role, url, job } = await animate(s, said);

      expect(role).toBe('first_frame');
      expect(url).toBe(dataUri(lake));
      expect(job.memberId).toBe(s.alice.id);
      expect(
        s.guild
          .channel()
          .messages.filter(({ media }) => media.some(({ fileName }) => fileName.endsWith('.mp4'))),
      ).toHaveLength(1);
    }));

  test('the chosen one of several pictures is used', () =>
    scenario({}, async (s) => {
      const said = s.bob.says('', { attachments: [file('lake.png', lake), file('cat.png', cat)] });

      const { url, role, task } = await animate(s, said, {
        picture: '1',
        use: 'reference_image',
        model: '2.0-mini',
        duration: '7',
      });

      expect(url).toBe(dataUri(cat));
      expect(role).toBe('reference_image');
      expect(task).toMatchObject({
        model: expect.stringContaining('mini'),
        options: { seconds: 7 },
      });
    }));

  test('a picture as a reference without a model goes to the first model that accepts one', () =>
    scenario({}, async (s) => {
      const said = s.bob.says('', { attachments: [file('cat.png', cat)] });

      const { task } = await animate(s, said, { use: 'reference_image' });

      expect(task?.model).toBe('dreamina-seedance-2-0-mini-260615');
    }));

  test('a linked picture comes from Discord’s own proxy', () =>
    scenario({}, async (s) => {
      const link = 'https://pictures.example/2026/sea.png';
      const said = s.bob.says(link, {
        embeds: [linkedPicture(file('sea.png', lake, { url: link }))],
      });

      const { url, form } = await animate(s, said);

      expect(url).toBe(dataUri(lake));
      expect(options(form, 'picture')).toEqual(['1. sea.png']);
    }));

  test('a picture in another bot’s embed is found', () =>
    scenario({}, async (s) => {
      const painter = s.guild.member('painter', COMPONENTS_V2.painter);
      const said = painter.says('', {
        embeds: [{ type: 'rich', title: 'Drawn', image: file('drawn.png', cat) }],
      });

      expect((await animate(s, said)).url).toBe(dataUri(cat));
    }));

  test('a picture in a forwarded message is found, even when the original message is gone', () =>
    scenario({}, async (s) => {
      const first = s.bob.says('mine', { attachments: [file('cat.png', cat)] });
      const forwarded = s.alice.says('', { forwards: first });
      s.bob.deletes(first);

      expect((await animate(s, forwarded)).url).toBe(dataUri(cat));
    }));

  test.each([
    ['a gallery', { type: 12, items: [{ media: { url: 'attachment://cat.png' } }] }],
    [
      'a section of a container',
      {
        type: 17,
        components: [
          {
            type: 9,
            components: [{ type: 10, content: 'A cat' }],
            accessory: { type: 11, media: { url: 'attachment://cat.png' } },
          },
        ],
      },
    ],
  ])('a picture in %s of Components V2 is found', (_, component) =>
    scenario({}, async (s) => {
      const painter = s.guild.member('painter', COMPONENTS_V2.painter);
      const said = painter.says('', {
        attachments: [file('cat.png', cat)],
        components: [component],
      });

      expect((await animate(s, said)).url).toBe(dataUri(cat));
    }),
  );
});

describe.concurrent('a message without a usable picture', () => {
  test.each([
    ['without any file', []],
    ['with a file that is not a picture', [file('notes.txt', textFile())]],
  ])('a message %s is refused with an explanation', (_, attachments) =>
    scenario({}, async (s) => {
      const said = s.bob.says('nothing to see', { attachments });
      const refusal = await s.alice.runsOnMessage(MENU, said).refusal();

      expect(refusal).toContain('no picture');
      expect(await s.ledgers.jobs()).toEqual([]);
    }),
  );

  test('a picture deleted before the form is submitted is refused, and costs nothing', () =>
    scenario({}, async (s) => {
      const said = s.bob.says('', { attachments: [file('cat.png', cat)] });
      const { submits } = await openForm(s, said);
      s.bob.deletes(said);

      expect(await submits({}).refusal()).toMatch(/could not be fetched/);
      await expectNoTrace(s);
    }));

  test.each([
    ['broken', truncate(lake), /damaged|incomplete|can’t be read|broken|not whole/i],
    ['a text file named .png', textFile(), /not a picture/],
    ['too small', pngImage({ width: 100, height: 100 }), /100/],
  ])('a picture that is %s is refused with the reason', (_, bytes, says) =>
    scenario({}, async (s) => {
      const said = s.bob.says('', {
        attachments: [file('cat.png', bytes, { contentType: 'image/png' })],
      });
      const { submits } = await openForm(s, said);

      expect(await submits({}).refusal()).toMatch(says);
      expect(s.creates()).toEqual([]);
      expect(await s.ledgers.jobs()).toEqual([]);
    }),
  );
});
