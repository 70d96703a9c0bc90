/**
 * Which file of a finished video is posted: as it came, re-encoded where it is too large or of a kind
 * that Discord does not play, or none, and then a link is shown instead. Nothing is encoded here: an
 * encoding that is missing is named, and made in a stage of its own.
 */
import type { Clock } from '../../clock.ts';
import type { Job, WantedEncoding } from '../../jobs/record/job.ts';
import type { VideoFitter } from '../../media/ffmpeg/fit-video.ts';
import type { FileStore } from '../../media/files/file-store.ts';
import type { UploadFile } from '../rest/messenger.ts';
import { chooseEncoding, neededKind } from './choose-encoding.ts';

export interface UploadFileDependencies {
  files: Pick<FileStore, 'stat' | 'path'>;
  fitter: Pick<VideoFitter, 'isAvailable'>;
  clock: Clock;
}

export type FileChoice =
  | { readonly file: UploadFile }
  | { readonly wanted: WantedEncoding }
  /** No file of it can be posted. */
  | 'none';

/** The plain name that the video has in Discord; it holds the job's id, by which its message is found again. */
export function videoFileName(job: Pick<Job, 'id'>): string {
  return `seedance-${job.id}.mp4`;
}

/** Whether the video is still where it was put: a disk may be changed, or emptied by hand. */
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
  if (video === undefined) return 'none';
  const { files } = dependencies;
  const fileOf = ({ file, bytes }: { file: string; bytes: number }): FileChoice => ({
    file: { path: files.path(file), fileName: videoFileName(job), bytes, guildId },
  });
  const kind = neededKind(video, maxBytes);
  if (kind === undefined) return fileOf(video);
  const choice = await encodingFor(job, { kind, maxBytes }, dependencies);
  // Without other sound it is silent on some phones, and still a video.
  if (choice === 'none') return kind === 'sound' ? fileOf(video) : 'none';
  return 'file' in choice ? fileOf(choice) : choice;
}

async function encodingFor(
  job: Job,
  wanted: WantedEncoding,
  { files, fitter, clock }: UploadFileDependencies,
): Promise<{ file: string; bytes: number } | { wanted: WantedEncoding } | 'none'> {
  const choice = chooseEncoding(job, wanted, clock.now());
  if (choice === 'none') return 'none';
  if ('made' in choice && choice.made !== undefined) {
    if ((await files.stat(choice.made.file)) !== undefined) return choice.made;
    const others = job.encodings?.filter((each) => each !== choice) ?? [];
    return encodingFor({ ...job, encodings: others }, wanted, { files, fitter, clock });
  }
  return (await fitter.isAvailable()) ? { wanted } : 'none';
}
