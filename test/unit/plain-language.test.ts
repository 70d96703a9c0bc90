/** Names and phrases that this project no longer uses. CONTRIBUTING.md has the terms to use instead. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const THIS_FILE = relative(ROOT, fileURLToPath(import.meta.url));
const FOLDERS = [
  'src',
  'commands',
  'locales/en-US',
  'sandbox',
  'bench',
  'scripts',
  'test',
  'docs',
  '.githooks',
];
const EXTENSIONS = new Set(['.ts', '.json', '.md', '.css', '.html', '']);

/** Whole identifiers, in the case that is given. */
const IDENTIFIERS = [
  'ABILITIES',
  'Abilities',
  'AccountPace',
  'accountPace',
  'adoptReply',
  'byFirstOpenWay',
  'canDo',
  'claimPlace',
  'createTurns',
  'Departure',
  'departure',
  'Departures',
  'departures',
  'expectedTime',
  'DeliveryMark',
  'deliveryMark',
  'lanes',
  'Lanes',
  'line_place',
  'lookGap',
  'lookGapMs',
  'Mishap',
  'noteUnheard',
  'Objection',
  'oneAtATime',
  'Obstacle',
  'obstacle',
  'openPress',
  'persistently',
  'Roll',
  'RoomInLine',
  'roomInLine',
  'rungs',
  'Rungs',
  'seenText',
  'Standing',
  'standingOf',
  'StepWay',
  'stepWays',
  'tellAside',
  'tryRung',
  'untilWritten',
  'VendorAbilities',
  'VendorWord',
  'vendorWord',
  'waysTo',
  'Wish',
  'ClaimsRoom',
  'Desk',
  'FileRoom',
  'JobsRoom',
  'openBooks',
  'patiently',
  'Rung',
  'RUNGS',
  'shown_place',
  'shownPlace',
  'takeTurn',
  'vendor_book',
  'WISHES',
];

/** Regular expressions in any case; a space stands for any white space, also between two comment lines. */
const PHRASES = [
  'account book',
  'by which rung',
  'everyone who waits',
  'look gap',
  'never said what became of',
  'no video can come of it',
  'permissions are whole',
  'queue since',
  'so rarely that the second',
  'step ways?',
  'vendor word',
  "vendor[’']s own book",
  'waiting line',
  'who goes first goes first',
  'would have to wait for a place',
  '(?:are|is|was|were) told of',
  '(?:are|is|was|were) looked at',
  '(?:are|is|was|were) left alone',
  'anew',
  'bec[ao]mes? of',
  'c[ao]mes? of it',
  'dear(?:er|est)',
  'goes on',
  'has said yes to a price',
  'kept by',
  'leav(?:e|es|ing) (?:\\w+ ){1,2}alone',
  'makes its own camera',
  'milder',
  'mishaps?',
  'no way is open',
  'nobody [^.]{1,60} but',
  'of ours',
  'of theirs',
  'places? in line',
  'rungs?',
  'seen text',
  'shall',
  'tak(?:e|es|ing) turns',
  'two books',
  'vendor book',
  "vendor[’']s own book",
  "vendor[’']s word",
  'wait(?:s|ing)? in line',
  'what (?:came|comes|becomes|became) of',
  'what must not be lost',
  'whoever',
];

interface Source {
  readonly path: string;
  readonly text: string;
}

const SOURCES: readonly Source[] = [
  ...FOLDERS.flatMap((folder) => filesIn(join(ROOT, folder))),
  ...readdirSync(ROOT)
    .filter((name) => name.endsWith('.md') || name === '.env.example')
    .map((name) => join(ROOT, name)),
]
  .map((path) => ({ path: relative(ROOT, path), text: plainText(readFileSync(path, 'utf8')) }))
  .filter(({ path }) => path !== THIS_FILE);

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && EXTENSIONS.has(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Blanks the markers at the start of comment lines, so that a phrase may span two of them. */
function plainText(text: string): string {
  return text.replaceAll(/\n *(?:\*|\/\/|-) /g, (start) => `\n${' '.repeat(start.length - 1)}`);
}

/** Returns where a pattern occurs, as `path:line`. */
function placesOf(pattern: RegExp): string[] {
  return SOURCES.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].map(
      ({ index }) => `${path}:${text.slice(0, index).split('\n').length}`,
    ),
  );
}

function identifier(name: string): RegExp {
  return new RegExp(String.raw`(?<![\w$])${name}(?![\w$])`, 'g');
}

function phrase(words: string): RegExp {
  return new RegExp(String.raw`\b(?:${words.replaceAll(' ', String.raw`\s+`)})\b`, 'gi');
}

test.each(IDENTIFIERS)('no code or prose uses the name %s', (name) => {
  expect(placesOf(identifier(name))).toEqual([]);
});

test.each(PHRASES)('no code or prose has the phrase “%s”', (words) => {
  expect(placesOf(phrase(words))).toEqual([]);
});

test('a phrase is found over two comment lines, and a name only where it is whole', () => {
  const text = plainText('/**\n * The vendor\n * word says so.\n */\nconst Wishes = 1;\n');

  expect(text).toMatch(phrase('vendor word'));
  expect(text).not.toMatch(identifier('Wish'));
  expect(text).toMatch(identifier('Wishes'));
});
