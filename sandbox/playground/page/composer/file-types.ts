/** The files that an option or a field accepts (Discord developer docs, "File Type Filtering"). */

const GROUPS: Readonly<Record<string, string>> = {
  image: 'image/*',
  video: 'video/*',
  audio: 'audio/*',
};

/** The browser's `accept` for Discord's `file_types`; undefined for every file. */
export function acceptOf(types: readonly string[] | null | undefined): string | undefined {
  if (types === undefined || types === null || types.length === 0) return undefined;
  return types.map((type) => GROUPS[type] ?? type).join(',');
}

export function takesFile(file: File, types: readonly string[] | null | undefined): boolean {
  if (types === undefined || types === null || types.length === 0) return true;
  const name = file.name.toLowerCase();
  return types.some((type) =>
    type in GROUPS ? file.type.startsWith(`${type}/`) : name.endsWith(type.toLowerCase()),
  );
}
