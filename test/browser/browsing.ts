/** A playground and a browser for the tests of one file; each test gets its own page. */
import axeCore from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

import { launchChromium } from '#sandbox/launch-chromium.ts';
import { startPlayground, type Playground } from '#sandbox/playground/start.ts';

/** The minimum render time of videos; a machine under load takes longer. */
const VENDOR = { queueMs: 200, renderMs: 1_500 };
export const VIDEO_WITHIN_MS = 40_000;
const ONLINE_WITHIN_MS = 30_000;

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 372, height: 740 };

export interface Browsing {
  readonly playground: Playground;
  /** Opens the page as the given person once the bot is online; every error of the page fails the test. */
  open(person: string, size?: { width: number; height: number }): Promise<Page>;
}

export function useBrowser(): () => Browsing {
  let playground: Playground | undefined;
  let browser: Browser | undefined;
  const contexts: BrowserContext[] = [];
  const troubles: string[] = [];

  beforeAll(async () => {
    playground = await startPlayground({ vendor: VENDOR });
    browser = await launchChromium();
  });

  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(troubles.splice(0)).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await playground?.close();
  });

  async function open(person: string, size = DESKTOP): Promise<Page> {
    if (browser === undefined || playground === undefined) throw new Error('Only inside a test');
    const context = await browser.newContext({ viewport: size });
    contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) troubles.push(message.text());
    });
    page.on('pageerror', (error) => troubles.push(String(error)));
    const id = playground.cast.people.find(({ name }) => name === person)?.id ?? person;
    await page.addInitScript((chosen) => sessionStorage.setItem('person', chosen), id);
    await page.goto(playground.url);
    await page.locator('#message-box').waitFor();
    await waitForBot(page);
    return page;
  }

  return () => {
    if (playground === undefined) throw new Error('Only inside a test');
    return { playground, open };
  };
}

export async function waitForBot(page: Page): Promise<void> {
  await page
    .getByText('The bot is starting')
    .waitFor({ state: 'detached', timeout: ONLINE_WITHIN_MS });
}

/** Types a command up to its first option, with the keyboard alone. */
export async function beginCommand(page: Page, command: string): Promise<void> {
  await page.locator('#message-box').focus();
  await page.keyboard.type(`/${command}`);
  await page.keyboard.press('Enter');
  await page.locator('.command-name').waitFor();
}

/** Adds an option by its name, which moves the keyboard focus to its field. */
export async function addOption(page: Page, name: string): Promise<void> {
  await page.locator('#more-options').focus();
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await page.locator(`#option-${name}`).waitFor();
}

/** Resolves when a video of the page has loaded and has played a little. */
export async function waitForPlayback(page: Page): Promise<void> {
  const video = page.locator('article video').last();
  await video.waitFor({ timeout: VIDEO_WITHIN_MS });
  const seconds = await video.evaluate(async (element: HTMLVideoElement) => {
    const moved = new Promise((resolve) => {
      element.addEventListener('timeupdate', () => {
        if (element.currentTime > 0) resolve(undefined);
      });
    });
    Object.assign(element, { muted: true });
    await element.play();
    await moved;
    return element.duration;
  });
  expect(seconds).toBeGreaterThan(1);
}

/** Names the serious accessibility faults that axe finds. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axeCore.source);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
}

declare global {
  // axe’s script defines it in the page.
  var axe: { run: typeof axeCore.run };
}
