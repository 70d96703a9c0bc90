/** Makes the whole gallery: messages of example jobs, answers of a bot that is played with, all other sentences. */
import { readFile } from 'node:fs/promises';

import { LOCALES, type Locale } from '../../src/text/locales.ts';
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

/** What is drawn from example jobs, without any bot. */
export async function jobGroups(setting: Setting): Promise<ExampleGroup[]> {
  return [...jobCards(setting), ...failureCards(setting), await noticeCards(setting)];
}

export async function makeGallery(): Promise<Gallery> {
  const played = await Promise.all(LOCALES.map(play));
  const madeAtMs = Date.now();
  const english = await jobGroups({ locale: 'en-US', nowMs: madeAtMs });
  const answered = played.find(({ locale }) => locale === 'en-US')?.groups ?? [];
  const strings = stringsIn([...english.map(groupOf), ...answered]);
  const languages = await Promise.all(
    played.map(async ({ locale, groups }) => {
      const setting = { locale, nowMs: madeAtMs };
      const jobs = await jobGroups(setting);
      const others = sentenceGroups(setting, (key) => !isShown(key, strings));
      return { locale, groups: [...jobs.map(groupOf), ...groups, ...others.map(groupOf)] };
    }),
  );
  const names = Object.assign({}, EXAMPLE_NAMES, ...played.map((one) => one.names));
  const clip = { path: EXAMPLE_VIDEO_PATH, bytes: await readFile(CLIP) };
  return {
    data: { madeAtMs, names, languages },
    files: [clip, ...played.flatMap(({ files }) => files)],
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

async function play(locale: Locale): Promise<Played> {
  await using stage = await GalleryStage.open(locale);
  const groups = await playAll(stage);
  const files = stage.filesOf(groups.flatMap(({ entries }) => entries));
  return { locale, groups, names: stage.names(), files };
}
