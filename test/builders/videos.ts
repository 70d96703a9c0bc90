/** MP4 files that describe a video and hold none of it, made box by box. */

export interface Mp4Settings {
  width?: number;
  height?: number;
  seconds?: number;
  hasAudio?: boolean;
  codec?: string;
  /** Where the description lies. Cameras write it at the end, servers like it in front. */
  descriptionAt?: 'start' | 'end';
  /** `none`: a file in fragments. `long`: with 64-bit fields. */
  duration?: 'short' | 'long' | 'none' | 'in-fragments';
  /** How many bytes stand where pictures and sound would. */
  mediaBytes?: number;
}

const TIMESCALE = 1000;

export function mp4File({
  width = 1280,
  height = 720,
  seconds = 5,
  hasAudio = false,
  codec = 'avc1',
  descriptionAt = 'start',
  duration = 'short',
  mediaBytes = 100,
}: Mp4Settings = {}): Buffer {
  const length = Math.round(seconds * TIMESCALE);
  const description = mp4Box(
    'moov',
    movieHeader(duration, length),
    ...(duration === 'in-fragments'
      ? [mp4Box('mvex', mp4Box('mehd', Buffer.concat([uint32(0), uint32(length)])))]
      : []),
    ...(hasAudio ? [track({ kind: 'soun', codec: 'mp4a', width: 0, height: 0 })] : []),
    track({ kind: 'vide', codec, width, height, isLong: duration === 'long' }),
  );
  const type = mp4Box('ftyp', Buffer.from('isom\0\0\x02\0isomiso2avc1mp41', 'latin1'));
  const media = mp4Box('mdat', Buffer.alloc(mediaBytes, 'media'));
  return Buffer.concat(
    descriptionAt === 'start' ? [type, description, media] : [type, media, description],
  );
}

export function mp4Box(type: string, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([uint32(content.length + 8), Buffer.from(type, 'latin1'), content]);
}

function movieHeader(duration: Mp4Settings['duration'], length: number): Buffer {
  const rest = Buffer.alloc(80);
  if (duration === 'long') {
    const fields = Buffer.alloc(32);
    fields[0] = 1;
    fields.writeUInt32BE(TIMESCALE, 20);
    fields.writeBigUInt64BE(BigInt(length), 24);
    return mp4Box('mvhd', fields, rest);
  }
  const isKnown = duration === 'short';
  return mp4Box('mvhd', uint32(0, 0, 0, TIMESCALE, isKnown ? length : 0), rest);
}

interface TrackSettings {
  kind: 'vide' | 'soun';
  codec: string;
  width: number;
  height: number;
  isLong?: boolean;
}

function track({ kind, codec, width, height, isLong = false }: TrackSettings): Buffer {
  const header = Buffer.alloc(isLong ? 96 : 84);
  header[0] = isLong ? 1 : 0;
  header.writeUInt32BE(width * 65_536, header.length - 8);
  header.writeUInt32BE(height * 65_536, header.length - 4);
  const entry = mp4Box(codec, Buffer.alloc(70));
  return mp4Box(
    'trak',
    mp4Box('tkhd', header),
    mp4Box(
      'mdia',
      mp4Box('hdlr', uint32(0, 0), Buffer.from(kind, 'latin1'), Buffer.alloc(13)),
      mp4Box('minf', mp4Box('stbl', mp4Box('stsd', uint32(0, 1), entry))),
    ),
  );
}

function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
  return bytes;
}
