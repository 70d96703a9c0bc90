/** No text from a person reaches a path, SQL, a shell or the log unescaped; a file is what its bytes are. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';

import { pngImage } from '../fakes/images.ts';
import { LEVELS, type LogLine } from './bot-log.ts';
import { scenario, type Scenario } from './harness.ts';
import { DELIVERED, outcomeOf } from './outcome.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';

async function storedFiles({ environment }: Scenario): Promise<string[]> {
  const folders = ['inputs', 'videos'];
  const dataDir = environment['DATA_DIR'] ?? '';
  return (await Promise.all(folders.map((name) => readdir(join(dataDir, name))))).flat();
}

/** A line broken by such text is no longer JSON, and counts as fatal. */
function brokenLines(s: Scenario): LogLine[] {
  return s.lines.filter(({ level }) => level >= LEVELS.fatal);
}

describe.concurrent('hostile file names', () => {
  test.each([
    ['../../../../etc/passwd.png'],
    ['..\\..\\windows\\win.ini.png'],
    ['/etc/cron.d/boat.png'],
    ['boat.exe\0.png'],
    ['boat\r\nset-cookie: a=b.png'],
    ['boat\u202Egnp.exe.png'],
    ['$(reboot).png'],
    ['`reboot`; rm -rf ~ #.png'],
    ["'); drop table jobs; --.png"],
    ['\u001B[2J\u001B]0;owned\u0007.png'],
    [`${'a'.repeat(4000)}.png`],
    ['.png'],
    ['-i.png'],
  ])('a file named %j is stored under a generated name', (name) =>
    scenario({}, async (s) => {
      const picture = file(name, pngImage({ width: 640, height: 480 }));
      s.video({ prompt: PROMPT, first_frame: picture });
      const job = await s.job('delivered');

      const stored = await storedFiles(s);
      expect(stored.filter((one) => !one.startsWith(job.id))).toEqual([]);
      expect(stored.filter((one) => !/^[0-9a-z]+[\w.-]*$/.test(one))).toEqual([]);
      expect(brokenLines(s)).toEqual([]);
      expect(await outcomeOf(s)).toMatchObject({
        ...DELIVERED,
        vendorLedger: [expect.any(String)],
      });
    }),
  );
});

describe.concurrent('files that claim to be a PNG', () => {
  test.each([
    ['a script', '#!/bin/sh\nreboot\n'],
    ['a page', '<!doctype html><script>alert(1)</script>'],
    ['a drawing with a script', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
    ['a playlist', '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'],
    ['a link', '[InternetShortcut]\nURL=file:///etc/passwd\n'],
    ['a magick file', 'push graphic-context\nfill "url(https://127.0.0.1/)"\n'],
    ['a PNG in name only', '\x89PNG\r\n\x1a\n<script>'],
  ])('a file that claims to be a PNG and is %s is refused, and not kept', (_, content) =>
    scenario({}, async (s) => {
      const picture = file('boat.png', Buffer.from(content, 'latin1'));
      const sentence = await s.video({ prompt: PROMPT, first_frame: picture }).refusal();

      expect(sentence).toMatch(/is not a picture|is damaged/);
      expect(await storedFiles(s)).toEqual([]);
      expect(s.creates()).toEqual([]);
      expect(await s.ledgers.jobs()).toEqual([]);
    }),
  );
});

describe.concurrent('hostile prompts', () => {
  test.each([
    ['"}\n{"level":60,"msg":"all is lost","time":0}\n{"a":"'],
    ['\u001B[31mred\u001B[0m \u001B]8;;https://example.com\u0007click\u001B]8;;\u0007'],
    ["'); drop table jobs; update ledger set amount = 1000000; --"],
    ['$(reboot) `reboot` ; reboot | reboot && reboot > /etc/passwd'],
    ['${jndi:ldap://127.0.0.1/a} {{7*7}} <%= 7*7 %> %s %n %x'],
    ['__proto__ constructor prototype {"__proto__":{"isAdmin":true}}'],
    ['\u202Egnirts desrever \u2066isolated\u2069 \uFEFF\u200B'],
    ['a lone \uD800 surrogate, and a replacement \uFFFD'],
  ])('the prompt %j is treated as text only', (prompt) =>
    scenario({}, async (s) => {
      s.video({ prompt });
      await s.job('delivered');

      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
      expect(brokenLines(s)).toEqual([]);
      expect(s.lines.filter(({ msg }) => msg.includes('all is lost'))).toEqual([]);
      const { isAdmin } = { isAdmin: undefined, ...Object.getPrototypeOf({}) };
      expect(isAdmin).toBeUndefined();
    }),
  );
});
