/** `npm run gallery`: a page with every message of the bot, and pictures of it. */
import { mkdir } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { CHROMIUM_VARIABLE, chromiumPath } from '../chromium.ts';
import { makeGallery } from './make.ts';
import { takePictures, type Picture } from './pictures.ts';
import { writePage } from './write-page.ts';

const DEFAULT_FOLDER = fileURLToPath(new URL('../../docs/gallery', import.meta.url));
const HELP = `Usage: npm run gallery [-- FOLDER]

Writes a page with every message that the bot can send, in English and Chinese, and pictures of it at
the widths of a phone and a desktop.
  FOLDER   where to; docs/gallery unless it is given
  --help   this text`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean' } },
});
if (values.help === true) console.log(HELP);
else await run(resolve(positionals[0] ?? DEFAULT_FOLDER));

async function run(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const gallery = await makeGallery('auto');
  const pagePath = await writePage(gallery, folder);
  console.log(relative('.', pagePath));
  if (chromiumPath() === undefined) {
    console.log(`There are no pictures: install Chromium, or set ${CHROMIUM_VARIABLE}.`);
    return;
  }
  for (const picture of await takePictures(gallery.data, { pagePath, folder }))
    console.log(lineOf(picture));
}

function lineOf({ path, bytes }: Picture): string {
  return `${relative('.', path)}  ${Math.ceil(bytes / 1_000)} kB`;
}
