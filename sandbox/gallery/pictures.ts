/** Takes pictures of the gallery's page: one for each group, language and width. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Page } from 'playwright-core';

import { launchChromium } from '../launch-chromium.ts';
import type { GalleryData } from './protocol.ts';

/** Columns of 372 pixels, the width of a small phone; and of 720, the space beside a desktop’s lists. */
const SHEETS = [
  { width: 'phone', pixels: 3 * 372 + 2 * 12 + 24 },
  { width: 'desktop', pixels: 2 * 720 + 12 + 24 },
] as const;
const ANY_HEIGHT = 600;

export interface Picture {
  readonly path: string;
  readonly bytes: number;
}

interface Sheet {
  readonly page: Page;
  readonly pixels: number;
  readonly address: URL;
  readonly path: string;
}

export async function takePictures(
  { languages }: GalleryData,
  { pagePath, folder }: { pagePath: string; folder: string },
): Promise<Picture[]> {
  await using browser = await launchChromium();
  const pictures: Picture[] = [];
  for (const { width, pixels } of SHEETS) {
    const page = await browser.newPage({ viewport: { width: pixels, height: ANY_HEIGHT } });
    for (const { locale, groups } of languages) {
      for (const { id: group } of groups) {
        const address = pathToFileURL(pagePath);
        address.search = new URLSearchParams({ locale, width, group }).toString();
        const path = join(folder, `${group}.${locale}.${width}.png`);
        pictures.push(await takeSheet({ page, pixels, address, path }));
      }
    }
  }
  return pictures;
}

async function takeSheet({ page, pixels, address, path }: Sheet): Promise<Picture> {
  await page.setViewportSize({ width: pixels, height: ANY_HEIGHT });
  await page.goto(address.href);
  await mediaLoaded(page);
  // Content below the window is not painted.
  const height = await page.locator('main').evaluate(({ scrollHeight }) => scrollHeight);
  await page.setViewportSize({ width: pixels, height });
  await page.evaluate(PAINTED);
  await page.screenshot({ path });
  return { path, bytes: (await stat(path)).size };
}

/** In the page: whether each picture, and the first frame of each video, is visible. */
const IS_MEDIA_LOADED = `[...document.querySelectorAll('video, img')].every((media) =>
  media instanceof HTMLImageElement ? media.complete : media.readyState >= 2 && !media.seeking)`;
/** In the page: resolves when the frame after the next one has been rendered. */
const PAINTED = 'new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100)))';

/** Resolves when everything on the page is visible. */
async function mediaLoaded(page: Page): Promise<void> {
  await page.waitForFunction(IS_MEDIA_LOADED);
}
