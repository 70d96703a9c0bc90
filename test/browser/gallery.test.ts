/** The gallery’s page in a real browser, with the replies of a real bot. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { makeGallery, type Gallery } from '#sandbox/gallery/make.ts';
import { writePage } from '#sandbox/gallery/write-page.ts';
import { launchChromium } from '#sandbox/launch-chromium.ts';
import { loadCommands } from '#src/discord/command-loader.ts';

import { accessibilityFaults, DESKTOP, PHONE } from './browsing.ts';

const COMMANDS = fileURLToPath(new URL('../../commands', import.meta.url));
const SUBCOMMAND = 1;

let gallery: Gallery;
let folder: string;
let pagePath: string;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gallery-'));
  [gallery, browser] = await Promise.all([makeGallery('stored'), launchChromium()]);
  pagePath = await writePage(gallery, folder);
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

/** Opens the page; its console output goes to `troubles`. */
async function open(
  query: Record<string, string>,
  { size, troubles }: { size: typeof PHONE; troubles: string[] },
): Promise<Page> {
  const page = await browser.newPage({ viewport: size });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(String(error)));
  const address = pathToFileURL(pagePath);
  address.search = new URLSearchParams(query).toString();
  await page.goto(address.href);
  await page.locator('article').first().waitFor();
  return page;
}

/** For example `/quota grant` and `Animate image`. */
async function everyCommand(): Promise<string[]> {
  const commands = [...(await loadCommands(COMMANDS)).values()];
  return commands.flatMap(({ data }) => {
    const subcommands =
      'options' in data ? (data.options ?? []).filter(({ type }) => type === SUBCOMMAND) : [];
    const slash = 'description' in data ? '/' : '';
    if (subcommands.length === 0) return [`${slash}${data.name}`];
    return subcommands.map(({ name }) => `${slash}${data.name} ${name}`);
  });
}

test('each command of the bot has a reply in both languages', async () => {
  const commands = await everyCommand();

  for (const { groups } of gallery.data.languages) {
    const played = groups.flatMap(({ entries }) => entries.map(({ origin }) => origin?.command));
    const missing = commands.filter(
      (command) => !played.some((typed) => `${typed} `.startsWith(`${command} `)),
    );
    expect(missing).toEqual([]);
  }
});

test.each([
  ['en-US', 'phone', PHONE],
  ['zh-CN', 'desktop', DESKTOP],
])(
  'the page in %s on a %s is rendered completely and no wider than its window',
  async (...which) => {
    const [locale, width, size] = which;
    const troubles: string[] = [];
    const page = await open({ locale, width }, { size, troubles });

    const { scrollWidth, clientWidth } = await page
      .locator('html')
      .evaluate((html) => ({ scrollWidth: html.scrollWidth, clientWidth: html.clientWidth }));

    expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
    expect(troubles).toEqual([]);
    await page.close();
  },
);

test.each(['at-a-glance', 'play-members', 'failed'])(
  'the group %s is accessible',
  async (group) => {
    const page = await open({ locale: 'en-US', group }, { size: PHONE, troubles: [] });

    expect(await accessibilityFaults(page)).toEqual([]);
    await page.close();
  },
);
