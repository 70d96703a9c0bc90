/**
 * Permissions are checked in code on every path. A server’s admins can override Discord’s own checks,
 * a button outlives its owner’s permissions, and a custom program can send any id: each is refused
 * with an explanation, and changes nothing.
 * This file covers what members press and send.
 */
import { describe, expect, test } from 'vitest';

import type { Member } from '#sandbox/discord/actors.ts';
import { file } from '#sandbox/discord/discord.ts';
import { RESOLUTIONS } from '#src/catalogue/request.ts';
import { MINUTE } from '#src/clock.ts';
import { parseCustomId } from '#src/discord/custom-id.ts';
import { finalAction } from '#src/discord/messages/result-buttons.ts';
import { LOG_PAGE } from '#src/discord/moderation/quota/log.ts';
import { CONFIRM_ACTIONS } from '#src/discord/ordering/confirmation.ts';

import { pngImage } from '../fakes/images.ts';
import { scenario, until, type Scenario } from './harness.ts';
import { idOf, moderator, PROMPT, expectRefused } from './permissions.ts';

const JOB_ACTIONS = [
  'cancel',
  ...RESOLUTIONS.flatMap((resolution) =>
    [true, false].map((isPrivate) => finalAction({ resolution, isPrivate })),
  ),
];

/** What alice has in her server, by the id of its button or form. */
interface Belongings {
  readonly cancel: string;
  readonly final: string;
  readonly confirm: string;
  readonly animate: string;
}

const LAKE = { attachments: [file('lake.png', pngImage({ width: 640, height: 360 }))] };

async function formOf(who: Member) {
  const menu = who.runsOnMessage('Animate image', who.says('look', LAKE));
  const { customId } = await menu.formOpened();
  return { menu, customId };
}

async function belongings(s: Scenario): Promise<Belongings> {
  const draft = s.video({ prompt: PROMPT, draft: true, model: '2.5' });
  const delivered = await draft.until(({ media }) => media.length > 0);
  const final = await draft.until(({ buttons }) =>
    buttons.some(({ label }) => label.startsWith('Make final')),
  );
  expect(delivered.isEphemeral).toBe(false);
  s.vendor.setRenderMs(10 * MINUTE);
  const mia = moderator(s);
  await mia.runs('quota server', { at_once: 1 }).refusal();
  await s.video({ prompt: PROMPT }).until(({ text }) => text.includes('Rendering'));
  const waits = await s
    .video({ prompt: PROMPT })
    .until(({ text }) => text.includes('in the queue'));
  await mia.runs('settings limits', { confirm_above: 1 }).refusal();
  const question = await s.video({ prompt: PROMPT }).until(({ text }) => text.includes('costs up'));
  return {
    cancel: idOf(waits, 'Cancel'),
    final: idOf(final, 'Make final'),
    confirm: question.buttons[0]?.customId ?? '',
    animate: (await formOf(s.alice)).customId,
  };
}

/** The same key in every other kind of button: an id has parts, and parts can be exchanged. */
function variants({ cancel, final, confirm }: Belongings): string[] {
  const keys = [cancel, final, confirm].map((id) => parseCustomId(id)?.key ?? '');
  const kinds = [
    ...JOB_ACTIONS.map((action) => `job:${action}`),
    ...Object.values(CONFIRM_ACTIONS).map((action) => `video:${action}`),
  ];
  return kinds.flatMap((kind) => keys.map((key) => `${kind}:${key}`));
}

describe('another member’s buttons and forms', () => {
  test('buttons and forms do nothing for another member, and nothing in another server even for their owner', () =>
    scenario({}, async (s) => {
      const theirs = await belongings(s);
      const other = s.discord.addGuild({ name: 'Elsewhere', channels: ['videos'] });
      const people = {
        'another member': s.bob,
        'a moderator': moderator(s),
        'a member of another server': other.member('eve', { permissions: ['ManageGuild'] }),
        'their owner in another server': other.member('alice', { person: s.alice }),
      };
      const ids = variants(theirs);
      expect(ids).toEqual(expect.arrayContaining([theirs.cancel, theirs.final, theirs.confirm]));

      for (const [name, who] of Object.entries(people)) {
        const own = who.says('mine');
        for (const id of ids)
          await expectRefused(s, `${id} by ${name}`, () => who.forgesClick(own, id));
        const { menu } = await formOf(who);
        const sentence = await expectRefused(s, `the form by ${name}`, () =>
          who.forgesForm(menu, { prompt: PROMPT }, theirs.animate),
        );
        expect(sentence).toContain('This form is too old');
      }
      // What was refused to others is still available to its owner.
      const own = s.alice.says('mine');
      const cancelled = s.alice.forgesClick(own, theirs.cancel);
      await cancelled.acknowledged();
      await until(
        () => s.ledgers.jobs(),
        (jobs) => jobs.some(({ state }) => state === 'cancelled'),
      );
    }));
});

const UNKNOWN = 'V1StGXR8_Z5jdHi6B-myT';
const HOSTILE: readonly string[] = [
  ...JOB_ACTIONS.map((action) => `job:${action}:${UNKNOWN}`),
  ...Object.values(CONFIRM_ACTIONS).map((action) => `video:${action}:${UNKNOWN}`),
  `quota:${LOG_PAGE}:next`,
  `quota:${LOG_PAGE}:-1`,
  `quota:${LOG_PAGE}:99999999`,
  `animate-image:make:${UNKNOWN}`,
  `settings:drop:${UNKNOWN}`,
  `help:show:${UNKNOWN}`,
  `job:destroy:${UNKNOWN}`,
  'job:constructor:__proto__',
  '__proto__:a:b',
  "job:cancel:' or 1=1 --",
  'job:cancel:../../etc/passwd',
  'job:cancel:%00',
  'job:cancel',
  'job:cancel:a:b',
  ':::',
  '@everyone <@1> **x** `y`',
  '{"owner":"job"}',
  'Ｊob:cancel:１',
  '\u202Ejob:cancel:x',
  'x'.repeat(100),
];

test('a forged id is refused with an explanation to moderators and members, and is not quoted', () =>
  scenario({}, async (s) => {
    const people = { 'a member': s.alice, 'a moderator': moderator(s) };
    for (const [name, who] of Object.entries(people)) {
      const own = who.says('mine');
      const { menu } = await formOf(who);
      for (const id of HOSTILE) {
        const sentence = await expectRefused(s, `${id} by ${name}`, () => who.forgesClick(own, id));
        expect(sentence).not.toContain(id);
      }
      const sentence = await expectRefused(s, 'the form', () =>
        who.forgesForm(menu, { prompt: PROMPT }, `animate-image:make:${UNKNOWN}`),
      );
      expect(sentence).toContain('This form is too old');
    }
  }));
