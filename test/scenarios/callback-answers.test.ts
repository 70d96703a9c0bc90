/**
 * What Discord returns for an acknowledgement. Of a callback’s response only `interaction.id` and
 * `interaction.type` are guaranteed (Discord’s OpenAPI file, `InteractionCallbackResponse`).
 */
import { describe, expect, test } from 'vitest';

import type { FieldChanges } from '#sandbox/discord/payload-faults.ts';

import { expectPaid } from './assert-video.ts';
import { CALLBACK, scenario, type Scenario } from './harness.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const READ_REPLY = 'GET /webhooks/:app/:token/messages/@original';

async function expectDelivered(s: Scenario): Promise<void> {
  const job = await s.job('delivered');
  const [task] = s.vendor.tasks;
  if (task !== undefined) expectPaid(job, task);
  expect(s.lines.filter(({ msg }) => msg === 'interaction failed')).toEqual([]);
}

const UNREADABLE: readonly [string, FieldChanges][] = [
  ['nothing at all', { without: ['interaction', 'resource'] }],
  ['no interaction', { without: ['interaction'] }],
  ['null for the interaction', { set: { interaction: null } }],
  ['no message id', { without: ['interaction.response_message_id'] }],
  ['null for the message id', { set: { 'interaction.response_message_id': null } }],
  ['not who sees it', { without: ['interaction.response_message_ephemeral'] }],
  ['null for who sees it', { set: { 'interaction.response_message_ephemeral': null } }],
  ['null for the resource', { set: { resource: null } }],
  ['null for the message', { set: { 'resource.message': null } }],
  ['a message without an author', { without: ['resource.message.author'] }],
];

describe.concurrent('an unusual response to an acknowledgement', () => {
  test.for(UNREADABLE)(
    'an acknowledgement answered with %s makes one video in one message',
    ([, changes]) =>
      scenario({}, async (s) => {
        s.discord.inject({ route: CALLBACK, kind: 'changed-answer', ...changes });
        const reply = s.video({ prompt: PROMPT });

        await reply.until(({ media }) => media.length > 0);
        await expectDelivered(s);
        expect(reply.visible).toHaveLength(1);
        expect(s.requests(CALLBACK)).toHaveLength(1);
        expect(s.requests(READ_REPLY).length).toBeLessThanOrEqual(1);
      }),
  );

  test.for(UNREADABLE)(
    'an acknowledgement answered with %s keeps a private video private',
    ([, changes]) =>
      scenario({}, async (s) => {
        s.discord.inject({ route: CALLBACK, kind: 'changed-answer', ...changes });
        const reply = s.video({ prompt: PROMPT, private: true });

        await reply.until(({ media }) => media.length > 0);
        expect(await s.job('delivered')).toMatchObject({ isEphemeral: true });
        expect(s.guild.channel().messages).toEqual([]);
      }),
  );

  test('an acknowledgement without a message id works in a server that makes every reply private', () =>
    scenario({ guild: { isForcedEphemeral: true } }, async (s) => {
      const without = ['interaction', 'resource'];
      s.discord.inject({ route: CALLBACK, kind: 'changed-answer', without });
      s.video({ prompt: PROMPT });

      expect(await s.job('delivered')).toMatchObject({ isEphemeral: true });
    }));

  test('a reply of unknown visibility keeps the requested visibility', () =>
    scenario({}, async (s) => {
      const without = ['interaction', 'resource'];
      s.discord.inject({ route: CALLBACK, kind: 'changed-answer', without });
      s.discord.inject({ route: READ_REPLY, kind: 'changed-answer', without: ['flags', 'author'] });
      s.video({ prompt: PROMPT, private: true });

      expect(await s.job('delivered')).toMatchObject({ isEphemeral: true });
      expect(s.guild.channel().messages).toEqual([]);
    }));
});

describe.concurrent('an unusual response to the edit of a private reply', () => {
  test.for<[string, FieldChanges]>([
    ['no author', { without: ['author'] }],
    ['null as the author', { set: { author: null } }],
    ['components that are not a list', { set: { components: 7 } }],
  ])('a private reply whose edit is answered with %s appears once', ([, changes]) =>
    scenario({}, async (s) => {
      const route = 'PATCH /webhooks/:app/:token/messages/@original';
      s.discord.inject({ route, kind: 'changed-answer', ...changes });
      const mia = s.guild.member('mia', { permissions: ['ManageGuild'] });
      const reply = mia.runs('settings show', {});

      await reply.refusal();
      await expectNothingFailed(s);
      expect(s.requests(route)).toHaveLength(1);
    }),
  );
});

async function expectNothingFailed(s: Scenario): Promise<void> {
  await s.stop();
  expect(s.lines.filter(({ msg }) => msg === 'interaction failed')).toEqual([]);
}
