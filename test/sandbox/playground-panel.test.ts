/** Each button of the playground’s panel, pressed over HTTP, and its effect for a member. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { Member } from '#sandbox/discord/actors.ts';
import type { MessageView } from '#sandbox/discord/message-view.ts';
import type { Reply } from '#sandbox/discord/reply.ts';
import { startPlayground, type Playground } from '#sandbox/playground/start.ts';

const RENDER_MS = 200;
/** As in the gateway’s journal; an identify would be a new session. */
const RESUMED = /RESUMED/;
const PROMPT = 'A paper boat drifts across a quiet bay';

let playground: Playground;
let alice: Member;

beforeAll(async () => {
  playground = await startPlayground({ vendor: { video: 'stored', queueMs: 0 } });
  await playground.world.discord.botConnected();
  const [person] = playground.cast.people;
  const member = person?.memberOf.get(person.home.id);
  if (member === undefined) throw new Error('Nobody is in the playground');
  alice = member;
  await commandsRegistered();
});
afterAll(() => playground.close());
beforeEach(() => press({ action: 'render-time', renderMs: RENDER_MS }));

/** Resolves when members can use the bot’s commands. */
async function commandsRegistered(): Promise<void> {
  const client = playground.world.discord.clientOf(alice);
  const isRegistered = (): boolean => playground.world.discord.commands.length > 0;
  if (isRegistered()) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = client.onChange(() => {
    if (isRegistered()) resolve();
  });
  await promise;
  end();
}

async function press(action: object): Promise<void> {
  const form = new FormData();
  form.set('act', JSON.stringify(action));
  const { status } = await fetch(`${playground.url}/panel`, { method: 'POST', body: form });
  expect(status).toBe(200);
}

const asked = (options: Record<string, string> = {}): Reply =>
  alice.runs('video', { prompt: PROMPT, ...options });
const isDelivered = ({ media }: MessageView): boolean => media.length > 0;
const hasEnded = (message: MessageView): boolean =>
  isDelivered(message) || message.text.includes('Nothing was charged');
const saying =
  (words: string) =>
  ({ text }: MessageView): boolean =>
    text.includes(words);

/** Resolves with the task created after so many. */
async function taskAfter(count: number): Promise<string> {
  const { vendor } = playground.world;
  await vendor.until((tasks) => tasks.length > count);
  return vendor.tasks[count]?.id ?? '';
}

describe('the panel', () => {
  test('the panel cuts the gateway, and the bot resumes its session and responds', async () => {
    const { discord } = playground.world;
    const before = discord.journal.length;

    await press({ action: 'cut-gateway' });

    await alice.runs('credits').until(saying('You can spend'));
    const since = discord.journal.slice(before);
    const gateway = since.flatMap((entry) => (entry.kind === 'gateway' ? [entry.what] : []));
    expect(gateway.join(', ')).toMatch(RESUMED);
  });

  test('the panel lets the vendor refuse the next video', async () => {
    await press({ action: 'refuse-next' });

    const { text } = await asked().until(hasEnded);
    expect(text).toContain('does not allow something in the prompt');
  });

  test('the panel lets the next video fail while it renders', async () => {
    await press({ action: 'fail-next' });

    const { text } = await asked().until(hasEnded);
    expect(text).toContain('failed while rendering');
  });

  test('the panel loses the next response, and the video still arrives', async () => {
    const before = playground.world.vendor.tasks.length;
    await press({ action: 'lose-answer' });

    const { media } = await asked().until(hasEnded);
    expect(media).toHaveLength(1);
    expect(playground.world.vendor.tasks).toHaveLength(before + 1);
  });

  test('the panel lowers the upload limit, and the member is told before the video is made', async () => {
    await press({ action: 'upload-limit', isSmall: true });

    const reply = asked({ resolution: '720p', model: '2.0' });
    const { text } = await reply.until(saying('2.0, 720p'));
    expect(text).toContain('over the 1.0 MB limit');
    await press({ action: 'upload-limit', isSmall: false });
    await reply.until(hasEnded);
  });

  test('the panel stalls the vendor until its clock runs again', async () => {
    await press({ action: 'stall', isStalled: true });
    const before = playground.world.vendor.tasks.length;
    const reply = asked();
    await taskAfter(before);
    await reply.until(saying('Rendering'));

    await press({ action: 'stall', isStalled: false });

    expect((await reply.until(hasEnded)).media).toHaveLength(1);
  });

  test.each([
    ['finish-task', /Seedance 2\.0-mini · 5 s/],
    ['fail-task', /failed while rendering/],
    ['expire-task', /did not finish in time/],
  ])('the panel ends a stalled task by %s', async (action, words) => {
    await press({ action: 'stall', isStalled: true });
    const before = playground.world.vendor.tasks.length;
    const reply = asked();
    const id = await taskAfter(before);

    await press({ action, id });

    expect((await reply.until(hasEnded)).text).toMatch(words);
    await press({ action: 'stall', isStalled: false });
  });

  test('the panel expires the tokens while a video renders, and it arrives in the same message', async () => {
    await press({ action: 'stall', isStalled: true });
    const reply = asked();
    await reply.until(saying('Rendering'));

    await press({ action: 'expire-tokens' });
    await press({ action: 'stall', isStalled: false });

    expect((await reply.until(hasEnded)).media).toHaveLength(1);
  });

  test('the panel deletes the message, and the video arrives in a new one', async () => {
    await press({ action: 'stall', isStalled: true });
    const reply = asked();
    await reply.until(saying('Rendering'));
    const channelId = reply.message?.channelId ?? '';

    await press({ action: 'delete-message', channelId });
    await reply.gone();
    await press({ action: 'stall', isStalled: false });

    const [club] = playground.cast.servers;
    const told = await club?.channel().until(saying(`<@${alice.id}>`));
    expect(told?.media).toHaveLength(1);
  });

  test('the panel retires a model, and another one is offered', async () => {
    const model = playground.world.vendor.models.find((id) => id.includes('1-0-pro-2')) ?? '';
    await press({ action: 'retire', model, isRetired: true });

    const reply = asked({ model: '1.0-pro' });

    await reply.until(({ buttons }) => buttons.some(({ label }) => label.startsWith('Make it')));
    await press({ action: 'retire', model, isRetired: false });
    expect(playground.world.vendor.models).toContain(model);
  });
});
