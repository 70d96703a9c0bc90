/** Reads the headers of an MP4 or MOV: ISO/IEC 14496-12, `ftyp`, `mvhd`, `tkhd`, `mdhd`, `stsz`. */

export interface VideoFacts {
  readonly ms: number;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number | undefined;
}

/** @returns undefined for another kind of file, or one without length or size */
export function videoFacts(bytes: Buffer): VideoFacts | undefined {
  if (boxesIn(bytes)[0]?.type !== 'ftyp') return undefined;
  const movie = child(bytes, 'moov');
  const header = movie && child(movie, 'mvhd');
  const tracks = movie === undefined ? [] : children(movie, 'trak');
  const pictures = tracks.find((track) => handlerOf(track) === 'vide');
  const shape = pictures && child(pictures, 'tkhd');
  if (header === undefined || pictures === undefined || shape === undefined) return undefined;
  const ms = lengthMs(header);
  const width = shape.readUInt32BE(shape.length - 8) / 65_536;
  const height = shape.readUInt32BE(shape.length - 4) / 65_536;
  if (ms === 0 || width === 0 || height === 0) return undefined;
  return { ms, width, height, framesPerSecond: rateOf(pictures) };
}

function handlerOf(track: Buffer): string | undefined {
  return path(track, ['mdia', 'hdlr'])?.toString('latin1', 8, 12);
}

function rateOf(track: Buffer): number | undefined {
  const media = path(track, ['mdia', 'mdhd']);
  const times = path(track, ['mdia', 'minf', 'stbl', 'stts']);
  const seconds = media === undefined ? 0 : lengthMs(media) / 1_000;
  if (times === undefined || seconds === 0) return undefined;
  let frames = 0;
  for (let offset = 8; offset + 8 <= times.length; offset += 8) {
    frames += times.readUInt32BE(offset);
  }
  return frames === 0 ? undefined : frames / seconds;
}

/** `mvhd` and `mdhd` begin in the same way: version, two dates, time scale, duration. */
function lengthMs(header: Buffer): number {
  const isLong = header[0] === 1;
  const scale = header.readUInt32BE(isLong ? 20 : 12);
  const duration = isLong ? Number(header.readBigUInt64BE(24)) : header.readUInt32BE(16);
  return scale === 0 ? 0 : Math.round((duration * 1_000) / scale);
}

interface Box {
  readonly type: string;
  readonly content: Buffer;
}

function path(box: Buffer, types: readonly string[]): Buffer | undefined {
  return types.reduce<Buffer | undefined>((inside, type) => inside && child(inside, type), box);
}

function child(box: Buffer, type: string): Buffer | undefined {
  return children(box, type)[0];
}

function children(box: Buffer, type: string): Buffer[] {
  return boxesIn(box).flatMap((one) => (one.type === type ? [one.content] : []));
}

function boxesIn(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  let offset = 0;
  while (offset + 8 <= bytes.length) {
    const short = bytes.readUInt32BE(offset);
    const isLong = short === 1 && offset + 16 <= bytes.length;
    const size = isLong ? Number(bytes.readBigUInt64BE(offset + 8)) : short;
    const end = size === 0 ? bytes.length : offset + size;
    if (end <= offset + 7) break;
    const type = bytes.toString('latin1', offset + 4, offset + 8);
    boxes.push({ type, content: bytes.subarray(offset + (isLong ? 16 : 8), end) });
    offset = end;
  }
  return boxes;
}
