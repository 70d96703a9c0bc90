/** The table of bad input: each row is refused with an explanation, costs nothing and leaves nothing. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { file } from '#sandbox/discord/discord.ts';
import { NotOffered } from '#sandbox/discord/not-offered-error.ts';

import { pngImage } from '../fakes/images.ts';
import { mp4File } from '../fakes/videos.ts';
import { BAD_INPUT, picture, PROMPT } from './bad-input-rows.ts';
import { BAD_MODES } from './bad-mode-rows.ts';
import { expectNoTrace, refusalOf } from './expect-refused.ts';
import { scenario } from './harness.ts';
import { endlessHost } from './infinite-response.ts';
import { paddedPng } from './pictures.ts';

describe.concurrent.each(Object.entries({ ...BAD_INPUT, ...BAD_MODES }))(
  'bad input: %s',
  (_, rows) => {
    test.each(rows)('$name is refused', ({ options, says, world = {} }) =>
      scenario(world, async (s) => {
        const sentence = await refusalOf(s, options);

        for (const part of says) expect(sentence).toMatch(part);
        await expectNoTrace(s);
      }),
    );
  },
);

describe.concurrent('input that Discord itself refuses', () => {
  test.each([
    ['no prompt', { prompt: '' }],
    ['a prompt over 4000 characters', { prompt: 'x'.repeat(4001) }],
    ['a ratio outside the choices', { prompt: PROMPT, ratio: '5:4' }],
    ['a seed that is not an integer', { prompt: PROMPT, seed: 1.5 }],
    ['a fifth reference', { prompt: PROMPT, reference_5: file('boat.png', pngImage()) }],
  ])('a command with %s is never sent', (_, options) =>
    scenario({}, async (s) => {
      expect(() => s.alice.runs('video', options)).toThrow(NotOffered);
      await expectNoTrace(s);
    }),
  );
});

describe.concurrent('claims about a picture', () => {
  test('a picture that is too large by its stated size is not fetched', () =>
    scenario({}, async (s) => {
      expect(await refusalOf(s, picture(paddedPng(30_000_000)))).toContain('under 30 MB');

      expect(s.requests('GET /ephemeral-attachments/:channel/:file/:name')).toEqual([]);
    }));

  test('a picture larger than its stated size is cut off', async () => {
    let sentBytes = 0;
    await using host = await endlessHost((bytes) => {
      sentBytes += bytes;
    });
    const environment = { DISCORD_CDN_HOSTS: host.name };
    await scenario({ environment }, async (s) => {
      const lie = picture(pngImage(), 'boat.png', `http://${host.name}/boat.png`);
      expect(await refusalOf(s, lie)).toMatch(/first frame .*30 MB/);
      await expectNoTrace(s);
    });

    expect(sentBytes).toBeLessThan(60_000_000);
  });

  test('a picture at a private address is not fetched', async () => {
    let asked = 0;
    await using host = await endlessHost(() => {
      asked += 1;
    });
    await scenario({}, async (s) => {
      const lie = picture(pngImage(), 'boat.png', `http://${host.name}/boat.png`);
      expect(await refusalOf(s, lie)).toContain('first frame');
      await expectNoTrace(s);
    });

    expect(asked).toBe(0);
  });
});

test('a reference video with a stated size of 200 MB is not fetched', () =>
  scenario({}, async (s) => {
    const clip = file('waves.mp4', mp4File({ mediaBytes: 200_000_000 }));
    const sentence = await refusalOf(s, { prompt: PROMPT, model: '2.0', reference_video: clip });

    expect(sentence).toMatch(/reference video is too large; it must be under 200 MB/);
    expect(s.requests('GET /ephemeral-attachments/:channel/:file/:name')).toEqual([]);
    await expectNoTrace(s);
  }));

describe.concurrent('unknown flags', () => {
  test.each([
    ['--stylize 500', PROMPT],
    ['--AR=16x9', PROMPT],
    ['—-chaos 9', `${PROMPT} —-chaos 9`],
    ['--res\u200Bolutions 9000', PROMPT],
  ])('the unknown flag %s is neutralised, and the video is made', (flag, sent) =>
    scenario({}, async (s) => {
      await s.video({ prompt: `${PROMPT} ${flag}` }).until(({ media }) => media.length > 0);

      const text = z
        .looseObject({ content: z.array(z.looseObject({ text: z.string() })) })
        .parse(s.vendor.tasks[0]?.request).content[0]?.text;
      expect(text).not.toMatch(/--\p{L}/u);
      expect(text).toBe(sent);
      expect(s.vendor.tasks[0]?.options).toMatchObject({ seconds: 5, resolution: '720p' });
    }),
  );
});

describe.concurrent('a vendor account without money', () => {
  test('a vendor account without funds refunds the job, tells the operator, and tells the member to try later', () =>
    scenario({}, async (s) => {
      s.vendor.setFunds(false);
      const reply = s.video({ prompt: PROMPT });
      const over = await reply.until(({ text }) => text.includes('No video'));
      await s.job('failed');

      expect(over.text).toContain('Try again later');
      expect(over.text).toContain('Nothing was charged.');
      expect(await s.ledgers.serverBalance()).toBe(0);
      expect(await s.ledgers.vendorLedger()).toMatchObject([{ state: 'not-billed', credits: 0 }]);
      expect(s.creates()).toHaveLength(1);
      expect(s.lines.filter(({ level }) => level >= 50)).toMatchObject([
        { msg: expect.stringContaining('out of funds'), vendor: 'byteplus' },
      ]);
    }));

  test('a vendor account that has funds again makes videos at once', () =>
    scenario({}, async (s) => {
      s.vendor.setFunds(false);
      await s.video({ prompt: PROMPT }).until(({ text }) => text.includes('No video'));
      s.vendor.setFunds(true);
      const reply = s.video({ prompt: 'A second boat, and this time with money' });

      expect((await reply.until(({ media }) => media.length > 0)).media).toHaveLength(1);
      expect(await s.ledgers.serverBalance()).toBe(-39);
    }));
});
