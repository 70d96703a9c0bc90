/**
 * Which files a picker offers (Discord developer docs, reference, "File Type Filtering", of
 * 2026-08-05). Only the ending of the file’s name decides.
 */
import { lengthFault } from './components.ts';
import type { FieldFault } from './rest/refusals.ts';

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  image: ['.png', '.gif', '.jpg', '.jpeg', '.jfif', '.webp', '.avif'],
  video: ['.mp4', '.mov', '.qt', '.webm'],
  audio: ['.mp3', '.m4a', '.wav', '.ogg', '.opus', '.flac'],
};
const MAX_FILE_TYPES = 10;

export function fileTypeFaults(
  types: readonly string[],
  path: readonly (string | number)[],
): FieldFault[] {
  const faults = types.length > MAX_FILE_TYPES ? [lengthFault(path, 0, MAX_FILE_TYPES)] : [];
  for (const [index, type] of types.entries()) {
    if (type in GROUPS || /^\.[\da-z]+$/i.test(type)) continue;
    faults.push({
      path: [...path, index],
      code: 'BASE_TYPE_CHOICES',
      message: 'A file type is image, video, audio or an extension with its dot',
    });
  }
  return faults;
}

/** Whether the picker offers the file; every file when no types are given. */
export function isOfferedFile(fileName: string, types: readonly string[] | null = []): boolean {
  if (types === null || types.length === 0) return true;
  const name = fileName.toLowerCase();
  return types
    .flatMap((type) => GROUPS[type] ?? [type.toLowerCase()])
    .some((extension) => name.endsWith(extension));
}
