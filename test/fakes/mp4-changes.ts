/** Changes single boxes of an MP4 file, for files that no program writes. */
import { mp4Box } from './videos.ts';

/** A complete box, with its header. */
export type WholeBox = Buffer;

/**
 * Returns the file with changed boxes inside the first box at the path, and every size around them adjusted.
 * Media offsets in tables are unchanged, so the description must follow the media.
 *
 * @param path such as `moov/trak/mdia`; '' for the file itself
 */
export function changeBoxes(
  file: Buffer,
  path: string,
  change: (boxes: WholeBox[]) => WholeBox[],
): Buffer {
  const [type = '', ...rest] = path.split('/');
  const boxes = boxesIn(file);
  if (type === '') return Buffer.concat(change(boxes));
  const index = boxes.findIndex((box) => typeOf(box) === type);
  const box = boxes[index];
  if (box === undefined) throw new Error(`There is no box ${type} to change`);
  boxes[index] = mp4Box(type, changeBoxes(box.subarray(8), rest.join('/'), change));
  return Buffer.concat(boxes);
}

/** Returns the file with overwritten fields in the first box at the path. */
export function changeContent(
  file: Buffer,
  path: string,
  change: (content: Buffer) => Buffer | void,
): Buffer {
  const [, above = '', type = ''] = /^(?:(.*)\/)?(\w+)$/.exec(path) ?? [];
  return changeBoxes(file, above, (boxes) => {
    const index = boxes.findIndex((box) => typeOf(box) === type);
    const content = Buffer.from(boxes[index]?.subarray(8) ?? []);
    return boxes.with(index, mp4Box(type, change(content) ?? content));
  });
}

/** Returns the content of the first box at the path. */
export function contentOf(file: Buffer, path: string): Buffer {
  return path.split('/').reduce((inside, type) => {
    const box = boxesIn(inside).find((one) => typeOf(one) === type);
    if (box === undefined) throw new Error(`There is no box ${type}`);
    return box.subarray(8);
  }, file);
}

export function typeOf(box: WholeBox): string {
  return box.toString('latin1', 4, 8);
}

function boxesIn(bytes: Buffer): WholeBox[] {
  const boxes: WholeBox[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const size = bytes.readUInt32BE(offset);
    boxes.push(bytes.subarray(offset, offset + size));
    offset += size;
  }
  return boxes;
}
