/** Writes the gallery as a static page: one HTML file and the files in its messages. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bundlePage } from '../playground/bundle.ts';
import type { Gallery } from './make.ts';

const STYLES = [
  '../playground/page/style.css',
  '../playground/page/message/style.css',
  'page/style.css',
];

/** @returns the path of the page */
export async function writePage({ data, files }: Gallery, folder: string): Promise<string> {
  for (const { path, bytes } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  const script = await bundlePage(fileURLToPath(new URL('page/main.ts', import.meta.url)));
  const styles = await Promise.all(
    STYLES.map(async (path) => readFile(new URL(path, import.meta.url), 'utf8')),
  );
  const page = join(folder, 'index.html');
  await writeFile(page, htmlOf({ script, style: styles.join('\n'), json: JSON.stringify(data) }));
  return page;
}

function htmlOf({ script, style, json }: { script: string; style: string; json: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>seedance-discord gallery</title>
<link rel="icon" href="data:," />
<style>${style}</style>
</head>
<body>
<div id="gallery"></div>
<script type="application/json" id="data">${json.replaceAll('<', '\\u003c')}</script>
<script type="module">${script.replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`;
}
