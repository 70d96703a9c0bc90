import { expect, test } from 'vitest';

import { sunrise } from '#sandbox/demo/pictures.ts';

import {
  accessibilityFaults,
  addOption,
  beginCommand,
  waitForBot,
  PHONE,
  useBrowser,
  VIDEO_WITHIN_MS,
  waitForPlayback,
} from './browsing.ts';

const browsing = useBrowser();

const PICTURE = Buffer.from(sunrise());

test('a member makes a video with a dropped image and sees it play', async () => {
  const { open, playground } = browsing();
  const page = await open('alice');
  await page.getByRole('button', { name: 'Make a video' }).click();
  await page.keyboard.type('The sun climbs and the water glitters');
  const dropped = await page.evaluateHandle(
    (bytes) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], 'sunrise.png', { type: 'image/png' }));
      return data;
    },
    [...PICTURE],
  );
  await page.dispatchEvent('main', 'drop', { dataTransfer: dropped });
  await page.getByText('sunrise.png').waitFor();

  await page.getByRole('button', { name: 'Send' }).click();

  await waitForPlayback(page);
  expect(playground.world.vendor.tasks.at(-1)?.request).toMatchObject({
    content: [{ type: 'text' }, { type: 'image_url', role: 'first_frame' }],
  });
  expect(await accessibilityFaults(page)).toEqual([]);
});

test('a moderator sets a limit and the member runs into it', async () => {
  const { open } = browsing();
  const mia = await open('mia');
  await beginCommand(mia, 'quota user');
  await mia.keyboard.type('bo');
  await mia.keyboard.press('Enter');
  await addOption(mia, 'credits');
  await mia.keyboard.type('1');
  await addOption(mia, 'per');
  await mia.keyboard.press('ArrowDown');
  await mia.keyboard.press('Enter');
  await mia.keyboard.press('Enter');
  await mia.getByText('Only you can see this').waitFor();

  const bo = await open('bo');
  await beginCommand(bo, 'video');
  await bo.keyboard.type('A whale in the clouds');
  await bo.keyboard.press('Enter');

  const refusal = bo.locator('article.is-private').last();
  await refusal
    .getByText(/credit/)
    .first()
    .waitFor();
  expect(await refusal.innerText()).toContain('Only you can see this');
  await refusal.getByRole('button', { name: 'Dismiss message' }).click();
  await refusal.waitFor({ state: 'detached' });
});

test('a form is filled in and makes a video', async () => {
  const { open, playground } = browsing();
  const page = await open('alice');
  await page
    .getByLabel('Attach files to a message')
    .setInputFiles({ name: 'sunrise.png', mimeType: 'image/png', buffer: PICTURE });
  await page.locator('#message-box').fill('Look at this');
  await page.keyboard.press('Enter');
  await page
    .locator('article', { hasText: 'Look at this' })
    .getByLabel('Apps for this message')
    .click();
  await page.getByRole('menuitem', { name: 'Animate image' }).click();
  const form = page.getByRole('dialog', { name: 'Animate image' });
  await form.getByLabel('What happens').fill('Waves roll in');
  expect(await accessibilityFaults(page)).toEqual([]);

  await form.getByRole('button', { name: 'Submit' }).click();

  await form.waitFor({ state: 'detached' });
  await page
    .locator('article', { hasText: 'Waves roll in' })
    .locator('video')
    .waitFor({ timeout: VIDEO_WITHIN_MS });
  expect(JSON.stringify(playground.world.vendor.tasks.at(-1)?.request)).toContain('Waves roll in');
});

test('the bot is killed, comes back, and the video still arrives', async () => {
  const { open } = browsing();
  const page = await open('alice');
  await beginCommand(page, 'video');
  await page.keyboard.type('A lighthouse in the rain');
  await page.keyboard.press('Enter');
  const card = page.locator('article', { hasText: 'A lighthouse in the rain' });
  await card.waitFor();
  await page.getByRole('button', { name: 'Behind the scenes' }).click();

  await page.getByRole('button', { name: 'Kill the bot' }).click();

  await page.getByText('The bot is starting').waitFor();
  await beginCommand(page, 'credits');
  await page.keyboard.press('Enter');
  await page.getByText('The application did not respond').waitFor();
  await waitForBot(page);
  await card.locator('video').waitFor({ timeout: VIDEO_WITHIN_MS });
  await page.locator('.panel').getByText('succeeded').first().waitFor();
  await page.locator('.panel').getByText('hold').first().waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
});

test('a phone shows everything without scrolling sideways', async () => {
  const { open } = browsing();
  const page = await open('alice', PHONE);
  await beginCommand(page, 'video');
  await addOption(page, 'model');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Channels' }).click();
  await page.getByRole('button', { name: '# general' }).click();
  await page.getByRole('heading', { name: '# general' }).waitFor();

  const widths = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    window.innerWidth,
  ]);

  expect(widths).toEqual([PHONE.width, PHONE.width]);
  expect(await accessibilityFaults(page)).toEqual([]);
});

test('the keyboard alone chooses a command, corrects an option and sends it', async () => {
  const { open } = browsing();
  const page = await open('alice');
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate(() => document.activeElement?.id)) === 'message-box') break;
  }
  await page.keyboard.type('/mod');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await page.keyboard.type('/vid');
  await page.keyboard.press('Enter');
  await page.keyboard.type('A kite over the dunes');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('dur');
  await page.keyboard.press('Enter');
  await page.keyboard.type('long');
  await page.keyboard.press('Enter');
  await page.getByText('Enter a valid number').waitFor();
  for (const _ of 'long') await page.keyboard.press('Backspace');
  await page.keyboard.type('4');

  await page.keyboard.press('Enter');

  const card = page.locator('article', { hasText: 'A kite over the dunes' });
  await card.waitFor();
  expect(await card.locator('.origin').innerText()).toContain('/video');
  expect(await card.innerText()).toContain(', 4 s,');
});

test('the list of commands shows only the commands for the reader', async () => {
  const { open } = browsing();
  const page = await open('alice');
  await page.locator('#message-box').focus();
  await page.keyboard.type('/');

  const offered = await page.getByRole('option').allInnerTexts();

  expect(offered.join('\n')).toContain('/video');
  expect(offered.join('\n')).not.toContain('/quota');
});
