/** Common parts of the refusals of pictures, videos and sounds. */
import { text, type Text } from '../../text/text.ts';

const TEXT_SAMPLE_BYTES = 4096;
const MAX_SHOWN_NAME_LENGTH = 60;

/** Returns a member's word for the kind of file, by the type found in its bytes. */
export function kindOf(mime: string | undefined, bytes: Uint8Array): Text {
  if (mime === undefined) return text(isText(bytes) ? 'media:kindText' : 'media:kindUnknown');
  if (mime.startsWith('image/')) return text('media:kindPicture');
  if (mime.startsWith('video/')) return text('media:kindVideo');
  if (mime.startsWith('audio/')) return text('media:kindSound');
  if (mime.startsWith('text/') || mime === 'application/xml') return text('media:kindText');
  if (mime === 'application/pdf') return text('media:kindPdf');
  return text('media:kindOther');
}

function isText(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, TEXT_SAMPLE_BYTES);
  try {
    // `stream`, because the sample may end within a character.
    return !new TextDecoder('utf-8', { fatal: true })
      .decode(sample, { stream: true })
      .includes('\0');
  } catch {
    return false;
  }
}

/** Returns the member's file name in a code span that it cannot break out of. */
export function fileText(fileName: string | undefined): Text | string {
  return fileName === undefined ? text('media:theFile') : `\`${shownName(fileName)}\``;
}

function shownName(fileName: string): string {
  const clean = fileName.replace(/[`\p{C}\p{Zl}\p{Zp}]/gu, '');
  const characters = Array.from(clean);
  if (characters.length <= MAX_SHOWN_NAME_LENGTH) return clean;
  return `${characters.slice(0, MAX_SHOWN_NAME_LENGTH).join('')}…`;
}

/** Formats decimal megabytes with one digit, rounded up so that a file over a limit never appears to be at it. */
export function megabytes(byteLength: number): string {
  return (Math.ceil(byteLength / 100_000) / 10).toString();
}
