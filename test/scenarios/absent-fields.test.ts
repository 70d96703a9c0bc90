/** Payloads without fields that Discord does not guarantee: the bot does what was asked for, and nothing else. */
import { describe, expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';
import type { FieldChanges } from '#sandbox/discord/payload-faults.ts';

import { pngImage, textFile } from '../fakes/images.ts';
import { LEVELS } from './bot-log.ts';
import { expectNoTrace } from './expect-refused.ts';
import { scenario, type Scenario } from './harness.ts';
import { moderator, readReply } from './moderator.ts';

const cat = pngImage({ width: 500, height: 500 });
const PROMPT = 'A paper boat drifts across a quiet bay';
const EVENT = { kind: 'absent-fields', event: 'INTERACTION_CREATE' } as const;

function expectNoFailure({ lines }: Scenario): void {
  expect(lines.filter(({ level }) => level >= LEVELS.error)).toEqual([]);
}

const ATTACHED = 'data.resolved.messages.*.attachments.*';

async function picturesOffered(s: Scenario, changes: FieldChanges): Promise<readonly string[]> {
  const said = s.bob.says('look', {
    attachments: [file('cat.png', cat), file('notes.txt', textFile())],
  });
  s.discord.inject({ ...EVENT, ...changes });
  const form = await s.alice.runsOnMessage('Animate image', said).formOpened();
  const field = form.fields.find(({ customId }) => customId === 'picture');
  return (field?.options ?? []).map(({ label }) => label);
}

describe.concurrent('incomplete attachments in Animate image', () => {
  test.for<[string, FieldChanges]>([
    ['lack their type', { without: [`${ATTACHED}.content_type`] }],
    ['have null as their type', { set: { [`${ATTACHED}.content_type`]: null } }],
    ['have an unknown type', { set: { [`${ATTACHED}.content_type`]: 'application/octet-stream' } }],
    ['lack their size', { without: [`${ATTACHED}.size`] }],
    [
      'have null as their dimensions',
      { set: { [`${ATTACHED}.width`]: null, [`${ATTACHED}.height`]: null } },
    ],
    ['lack their proxy address', { without: [`${ATTACHED}.proxy_url`] }],
    ['have unknown flags', { set: { [`${ATTACHED}.flags`]: 2 ** 40 } }],
  ])('Animate image offers pictures whose attachments %s, and no other files', ([, changes]) =>
    scenario({}, async (s) => {
      expect(await picturesOffered(s, changes)).toEqual(['1. cat.png']);
      expectNoFailure(s);
    }),
  );

  test('Animate image takes a missing name from the address', () =>
    scenario({}, async (s) => {
      const without = [`${ATTACHED}.filename`];
      expect(await picturesOffered(s, { without })).toEqual(['1. cat.png']);
    }));

  test('Animate image offers nothing for attachments without an address, and says so', () =>
    scenario({}, async (s) => {
      const said = s.bob.says('look', { attachments: [file('cat.png', cat)] });
      s.discord.inject({ ...EVENT, without: [`${ATTACHED}.url`] });

      const menu = s.alice.runsOnMessage('Animate image', said);
      expect(await menu.refusal()).toContain('no picture');
    }));

  test('Animate image reports attachments that Discord did not send', () =>
    scenario({}, async (s) => {
      const said = s.bob.says('look', { attachments: [file('cat.png', cat)] });
      s.discord.inject({ ...EVENT, without: ['data.resolved.messages'] });

      const menu = s.alice.runsOnMessage('Animate image', said);
      expect(await menu.refusal()).toContain('Discord sent this incompletely');
      expectNoFailure(s);
    }));
});

const OPTION_FILE = 'data.resolved.attachments.*';

describe.concurrent('incomplete files of /video', () => {
  test.for<[string, FieldChanges]>([
    ['without its type', { without: [`${OPTION_FILE}.content_type`] }],
    ['without its size', { without: [`${OPTION_FILE}.size`] }],
    ['without its name', { without: [`${OPTION_FILE}.filename`] }],
    [
      'with null in every optional field',
      { set: { [`${OPTION_FILE}.width`]: null, [`${OPTION_FILE}.size`]: null } },
    ],
  ])('a file of /video %s is inspected by its bytes', ([, changes]) =>
    scenario({}, async (s) => {
      s.discord.inject({ ...EVENT, ...changes });
      const reply = s.video({ prompt: PROMPT, first_frame: file('cat.png', cat) });

      await reply.until(({ media }) => media.length > 0);
      expect((await s.job('delivered')).request.inputs).toEqual(['first_frame']);
    }),
  );

  test.for<[string, FieldChanges]>([
    ['that Discord does not send', { without: ['data.resolved'] }],
    ['that is null', { set: { [OPTION_FILE]: null } }],
    ['without an address', { without: [`${OPTION_FILE}.url`] }],
  ])('a file of /video %s has to be sent again, instead of a video without it', ([, changes]) =>
    scenario({}, async (s) => {
      s.discord.inject({ ...EVENT, ...changes });
      const reply = s.video({ prompt: PROMPT, first_frame: file('cat.png', cat) });

      expect(await reply.refusal()).toMatch(/did not send|can’t read/);
      await expectNoTrace(s);
    }),
  );

  test('an option without its value is refused, so that private never becomes public', () =>
    scenario({}, async (s) => {
      s.discord.inject({ ...EVENT, without: ['data.options.1.value'] });

      expect(await s.video({ prompt: PROMPT, private: true }).refusal()).toContain('`private`');
      await expectNoTrace(s);
    }));
});

describe.concurrent('an incomplete option', () => {
  test.for<[string, FieldChanges]>([
    ['null', { set: { 'data.options.1': null } }],
    ['without a name', { without: ['data.options.1.name'] }],
    ['with null for a name', { set: { 'data.options.1.name': null } }],
  ])('the option private %s is refused, so that the video never becomes public', ([, changes]) =>
    scenario({}, async (s) => {
      s.discord.inject({ ...EVENT, ...changes });

      const refusal = await s.video({ prompt: PROMPT, private: true }).refusal();
      expect(refusal).toContain('did not send one of your options');
      await expectNoTrace(s);
    }),
  );

  test('a command without its options does not clear a setting', () =>
    scenario({ guild: { channels: ['videos', 'log'] } }, async (s) => {
      const mia = moderator(s);
      const channel = s.guild.channel('log').id;
      await readReply(mia.runs('settings log-channel', { channel }));
      s.discord.inject({ ...EVENT, without: ['data.options.0.options'] });

      expect(await readReply(mia.runs('settings log-channel', { channel }))).toContain(
        'incompletely',
      );
      expect(await readReply(mia.runs('settings show', {}))).toContain(channel);
    }));
});

describe.concurrent('an incomplete interaction', () => {
  test.for<[string, FieldChanges]>([
    ['its channel in the channel object', { without: ['channel.id'] }],
    ['its channel except in its id', { set: { channel: null } }],
    ['its server except in the server object', { without: ['guild_id'] }],
    ['its application', { set: { application_id: null } }],
  ])('an interaction without %s makes its video where it was requested', ([, changes]) =>
    scenario({}, async (s) => {
      s.discord.inject({ ...EVENT, ...changes });
      const reply = s.video({ prompt: PROMPT });

      await reply.until(({ media }) => media.length > 0);
      const { guildId, channelId } = await s.job('delivered');
      expect([guildId, channelId]).toEqual([s.guild.id, s.guild.channel('videos').id]);
      expectNoFailure(s);
    }),
  );

  test('an interaction without any channel makes no video', () =>
    scenario({}, async (s) => {
      s.discord.inject({ ...EVENT, without: ['channel_id', 'channel.id'] });

      expect(await s.video({ prompt: PROMPT }).refusal()).toContain(
        'Discord sent this incompletely',
      );
      await expectNoTrace(s);
      expectNoFailure(s);
    }));

  test.for<FieldChanges>([{ without: ['member.user.id'] }, { set: { 'member.user.id': null } }])(
    'an interaction without its member makes no video: %j',
    (changes) =>
      scenario({}, async (s) => {
        s.discord.inject({ ...EVENT, ...changes });

        const refusal = await s.video({ prompt: PROMPT }).refusal();
        expect(refusal).toContain('did not say who sent this');
        await expectNoTrace(s);
        expectNoFailure(s);
      }),
  );

  test.for<FieldChanges>([{ without: ['member.roles'] }, { set: { 'member.roles': null } }])(
    'an interaction without the member’s roles is limited by their previous roles: %j',
    (changes) =>
      scenario({ alice: { roles: ['Extras'] } }, async (s) => {
        const mia = moderator(s);
        await readReply(mia.runs('quota role', { role: s.guild.role('Extras'), credits: 200 }));
        await s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);
        s.discord.inject({ ...EVENT, ...changes });

        expect(await readReply(s.alice.runs('credits', {}))).toContain('of 200');
        expectNoFailure(s);
      }),
  );
});

const USER_OPTION = 'data.resolved.users';

describe.concurrent('an incomplete moderation command', () => {
  test('a grant without its user grants nothing to the server', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);
      const before = await s.ledgers.ledger();
      s.discord.inject({ ...EVENT, without: [USER_OPTION] });

      const said = await readReply(mia.runs('quota grant', { amount: 50, user: s.alice.id }));
      expect(said).toMatch(/did not send|can’t read/);
      expect(await s.ledgers.ledger()).toEqual(before);
    }));

  test('a member is recognised by their id without the resolved member', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);
      s.discord.inject({ ...EVENT, without: ['data.resolved.members'] });

      expect(await readReply(mia.runs('quota grant', { amount: 50, user: s.alice.id }))).toContain(
        '50',
      );
    }));

  test('a log command without its channel does not switch the log off', () =>
    scenario({ guild: { channels: ['videos', 'log'] } }, async (s) => {
      const mia = moderator(s);
      const channel = s.guild.channel('log').id;
      await readReply(mia.runs('settings log-channel', { channel }));
      s.discord.inject({ ...EVENT, without: ['data.resolved'] });

      expect(await readReply(mia.runs('settings log-channel', { channel }))).toContain('`channel`');
      expect(await readReply(mia.runs('settings show', {}))).toContain(channel);
    }));

  test('a command without its role says so', () =>
    scenario({}, async (s) => {
      const role = s.guild.role('Extras');
      s.discord.inject({ ...EVENT, without: ['data.resolved'] });

      expect(await readReply(moderator(s).runs('quota role', { role, credits: 5 }))).toContain(
        '`role`',
      );
    }));
});

describe.concurrent('an incomplete form of Animate image', () => {
  const FIELDS = 'data.components.*.component';

  async function submitIncompleteForm(s: Scenario, changes: FieldChanges): Promise<string> {
    const said = s.bob.says('look', { attachments: [file('cat.png', cat)] });
    const menu = s.alice.runsOnMessage('Animate image', said);
    await menu.formOpened();
    s.discord.inject({ ...EVENT, ...changes });
    return s.alice.submits(menu, { prompt: PROMPT }).refusal();
  }

  test.for<[string, FieldChanges]>([
    ['the chosen value', { without: [`${FIELDS}.values`] }],
    ['the typed value', { without: ['data.components.0.component.value'] }],
    ['a field', { without: ['data.components.1'] }],
    ['every field', { without: ['data.components'] }],
    ['its own id', { without: ['data.custom_id'] }],
  ])('the form of Animate image without %s is refused', ([, changes]) =>
    scenario({}, async (s) => {
      expect(await submitIncompleteForm(s, changes)).toMatch(
        /incompletely|can’t read|older version/,
      );
      await expectNoTrace(s);
    }),
  );
});

describe.concurrent('incomplete autocompletion', () => {
  test.for<[string, FieldChanges]>([
    ['without the typed text', { without: ['data.options.*.value'] }],
    ['with null as the typed text', { set: { 'data.options.*.value': null } }],
    ['without the focused option', { without: ['data.options.*.focused'] }],
  ])('autocompletion %s offers choices', ([, changes]) =>
    scenario({}, async (s) => {
      s.discord.inject({ ...EVENT, ...changes });

      expect((await s.alice.types('video', 'model', 'zzz')).length).toBeGreaterThan(1);
      expectNoFailure(s);
    }),
  );
});
