/**
 * Chooses the file to post for a finished video: the original, a re-encoding where the original is too
 * large or Discord cannot play it, or none, so that a link is shown instead. Does not encode: it names
 * the missing encoding, which another stage makes. A message that carries the video is recognized by the
 * same file name or link.
 */
import { z } from 'zod';

import type { Clock } from '../../clock.ts';
import type { Job, WantedEncoding } from '../../jobs/record/job.ts';
import type { VideoFitter } from '../../media/ffmpeg/fit-video.ts';
import type { FileStore } from '../../media/files/file-store.ts';
import type { UploadFile } from '../rest/messenger.ts';
import type { SeenMessage } from '../rest/search-messages.ts';
import { chooseEncoding, neededKind, type EncodingChoice } from './choose-encoding.ts';
import { downloadLink } from './job-message.ts';

const componentSchema = z.looseObject({
  content: z.string().optional(),
  items: z.array(z.looseObject({ media: z.looseObject({ url: z.string() }) })).optional(),
  components: z.array(z.unknown()).optional(),
});

export interface UploadFileDependencies {
  files: Pick<FileStore, 'stat' | 'path'>;
  fitter: Pick<VideoFitter, 'isAvailable'>;
  clock: Clock;
}

export type FileChoice =
  | { readonly kind: 'file'; readonly file: UploadFile }
  | { readonly kind: 'encoding-needed'; readonly wanted: WantedEncoding }
  /** No file can be posted. */
  | { readonly kind: 'none' };

/** Returns the file name in Discord. It contains the job id, by which the message is found again. */
export function videoFileName(job: Pick<Job, 'id'>): string {
  return `seedance-${job.id}.mp4`;
}

/** Returns whether the file is still on our disk: the disk may have been replaced or emptied by hand. */
export async function isOnDisk(
  { video }: Pick<Job, 'video'>,
  { files }: Pick<UploadFileDependencies, 'files'>,
): Promise<boolean> {
  return video !== undefined && (await files.stat(video.file)) !== undefined;
}

export async function chooseFile(
  job: Job,
  maxBytes: number,
  dependencies: UploadFileDependencies,
): Promise<FileChoice> {
  const { video, guildId } = job;
  if (video === undefined) return { kind: 'none' };
  const { files } = dependencies;
  const fileOf = ({ file, bytes }: { file: string; bytes: number }): FileChoice => ({
    kind: 'file',
    file: { path: files.path(file), fileName: videoFileName(job), bytes, guildId },
  });
  const kind = neededKind(video, maxBytes);
  if (kind === undefined) return fileOf(video);
  const choice = await encodingFor(job, { kind, maxBytes }, dependencies);
  // Without re-encoded sound the video is silent on some phones, but still playable.
  if (choice.kind === 'none' && kind === 'sound') return fileOf(video);
  return choice.kind === 'made' ? fileOf(choice.made) : choice;
}

async function encodingFor(
  job: Job,
  wanted: WantedEncoding,
  dependencies: UploadFileDependencies,
): Promise<EncodingChoice> {
  const { files, fitter, clock } = dependencies;
  const choice = chooseEncoding(job, wanted, clock.now());
  if (choice.kind === 'none') return choice;
  if (choice.kind === 'encoding-needed') {
    return (await fitter.isAvailable()) ? choice : { kind: 'none' };
  }
  if ((await files.stat(choice.made.file)) !== undefined) return choice;
  const others = job.encodings?.filter((each) => each !== choice.encoding) ?? [];
  return encodingFor({ ...job, encodings: others }, wanted, dependencies);
}

/**
 * Returns how a message carries a job's finished video: by a file with its name, or by the bot's link to
 * it. A mere mention in text does not count, because the bot's messages quote prompts.
 */
export function findVideo(
  { components }: Pick<SeenMessage, 'components'>,
  job: Pick<Job, 'id' | 'result' | 'locale'>,
): 'video' | 'link' | undefined {
  for (const component of components) {
    const parsed = componentSchema.safeParse(component);
    if (!parsed.success) continue;
    const { content = '', items = [], components: inner = [] } = parsed.data;
    if (items.some(({ media }) => fileNameIn(media.url) === videoFileName(job))) return 'video';
    if (content.includes(downloadLink(job))) return 'link';
    const found = findVideo({ components: inner }, job);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fileNameIn(url: string): string | undefined {
  return URL.parse(url)?.pathname.split('/').at(-1);
}
