/** What the refusals of pictures, videos and sounds have in common. */
import { text, type Text } from '../../text/text.ts';

const TEXT_SAMPLE_BYTES = 4096;
const MAX_SHOWN_NAME_LENGTH = 60;

/** What a file is to a person, by the type found in its bytes. */
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
    // `stream`: the sample may end inside a character.
    return !new TextDecoder('utf-8', { fatal: true })
      .decode(sample, { stream: true })
      .includes('\0');
  } catch {
    return false;
  }
}

/** The file as a member called it, in a span that its name can neither leave nor break. */
export function fileText(fileName: string | undefined): Text | string {
  return fileName === undefined ? text('media:theFile') : `\`${shownName(fileName)}\``;
}

function shownName(fileName: string): string {
  const clean = fileName.replace(/[`\p{C}\p{Zl}\p{Zp}]/gu, '');
  const characters = Array.from(clean);
  if (characters.length <= MAX_SHOWN_NAME_LENGTH) return clean;
  return `${characters.slice(0, MAX_SHOWN_NAME_LENGTH).join('')}…`;
}

/** Decimal megabytes with one digit, rounded up so that a file over a limit never reads as at it. */
export function megabytes(byteLength: number): string {
  return (Math.ceil(byteLength / 100_000) / 10).toString();
}
