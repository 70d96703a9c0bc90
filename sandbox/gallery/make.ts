/** Makes the whole gallery: messages of example jobs, replies of a running bot, and all other sentences. */
import { readFile } from 'node:fs/promises';

import { LOCALES, type Locale } from '../../src/text/locales.ts';
import type { VideoSource } from '../vendor/results/clip.ts';
import { isShown, stringsIn } from './coverage.ts';
import { EXAMPLE_IDS, type Setting } from './example-job.ts';
import { EXAMPLE_VIDEO_PATH, groupOf, type ExampleGroup } from './examples.ts';
import { failureCards } from './failures.ts';
import { jobCards } from './job-cards.ts';
import { noticeCards } from './notices.ts';
import { playAll } from './plays.ts';
import type { GalleryData, GalleryGroup } from './protocol.ts';
import { sentenceGroups } from './sentences.ts';
import { GalleryStage, type FileOfGallery } from './stage.ts';

const CLIP = new URL('../vendor/clip.mp4', import.meta.url);

export interface Gallery {
  readonly data: GalleryData;
  readonly files: readonly FileOfGallery[];
}

/** The examples that need no bot. */
export async function jobGroups(setting: Setting): Promise<ExampleGroup[]> {
  return [...jobCards(setting), ...failureCards(setting), await noticeCards(setting)];
}

/** @param video what the videos of the running bot show */
export async function makeGallery(video: VideoSource): Promise<Gallery> {
  const played = await Promise.all(LOCALES.map(async (locale) => play(locale, video)));
  const madeAtMs = Date.now();
  const english = await jobGroups({ locale: 'en-US', nowMs: madeAtMs });
  const answered = played.find(({ locale }) => locale === 'en-US')?.groups ?? [];
  const strings = stringsIn([...english.map(groupOf), ...answered]);
  const languages = await Promise.all(
    played.map(async ({ locale, groups }) => {
      const setting = { locale, nowMs: madeAtMs };
      const jobs = await jobGroups(setting);
      const others = sentenceGroups(setting, (key) => !isShown(key, strings));
      const all = [...jobs.map(groupOf), ...groups, ...others.map(groupOf)];
      return { locale, groups: [atAGlance(all), ...all] };
    }),
  );
  const names = Object.assign({}, EXAMPLE_NAMES, ...played.map((one) => one.names));
  const clip = { path: EXAMPLE_VIDEO_PATH, bytes: await readFile(CLIP) };
  return {
    data: { madeAtMs, names, languages },
    files: [clip, ...played.flatMap(({ files }) => files)],
  };
}

/** The first group: the picture in the README. */
const GLANCE_GROUP = 'at-a-glance';
const GLANCE = [
  'From a picture',
  'An expensive model chosen by the bot',
  'What can I spend?',
  'The report',
] as const;

function atAGlance(groups: readonly GalleryGroup[]): GalleryGroup {
  const entries = groups.flatMap((group) => group.entries);
  const chosen = GLANCE.map((title) => entries.find((entry) => entry.title === title));
  if (chosen.includes(undefined)) throw new Error('Not every example of the first group is there');
  return {
    id: GLANCE_GROUP,
    title: 'At a glance',
    entries: chosen.filter((entry) => entry !== undefined),
  };
}

const EXAMPLE_NAMES = {
  [`user/${EXAMPLE_IDS.member}`]: 'alice',
  [`role/${EXAMPLE_IDS.role}`]: 'Extras',
  [`channel/${EXAMPLE_IDS.channel}`]: 'videos',
};

interface Played {
  readonly locale: Locale;
  readonly groups: readonly GalleryGroup[];
  readonly names: Readonly<Record<string, string>>;
  readonly files: readonly FileOfGallery[];
}

async function play(locale: Locale, video: VideoSource): Promise<Played> {
  await using stage = await GalleryStage.open(locale, video);
  const groups = await playAll(stage);
  const files = stage.filesOf(groups.flatMap(({ entries }) => entries));
  return { locale, groups, names: stage.names(), files };
}
