/** Wording that the refusals of pictures, videos and sounds share. */

const TEXT_SAMPLE_BYTES = 4096;
const MAX_SHOWN_NAME_LENGTH = 60;

/** What a file is to a person, by the type found in its bytes. */
export function kindOf(mime: string | undefined, bytes: Uint8Array): string {
  if (mime === undefined) return isText(bytes) ? 'text' : 'data of an unknown kind';
  if (mime.startsWith('image/')) return 'a picture';
  if (mime.startsWith('video/')) return 'a video';
  if (mime.startsWith('audio/')) return 'sound';
  if (mime.startsWith('text/') || mime === 'application/xml') return 'text';
  if (mime === 'application/pdf') return 'a PDF document';
  return 'another kind of file';
}

function isText(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, TEXT_SAMPLE_BYTES);
  try {
    // `stream`: the sample may end inside a character.
    return !new TextDecoder('utf-8', { fatal: true })
      .decode(sample, { stream: true })
      .includes('\0');
  } catch {
    return false;
  }
}

/** The file as a member called it, in a span that its name can neither leave nor break. */
export function fileText(fileName: string | undefined): string {
  return fileName === undefined ? 'the file' : `\`${shownName(fileName)}\``;
}

function shownName(fileName: string): string {
  const clean = fileName.replace(/[`\p{C}\p{Zl}\p{Zp}]/gu, '');
  const characters = Array.from(clean);
  if (characters.length <= MAX_SHOWN_NAME_LENGTH) return clean;
  return `${characters.slice(0, MAX_SHOWN_NAME_LENGTH).join('')}…`;
}

/** "JPEG, PNG or WebP" */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
}

/** Decimal megabytes with one digit, rounded up so that a file over a limit never reads as at it. */
export function megabytes(byteLength: number): string {
  return (Math.ceil(byteLength / 100_000) / 10).toString();
}
