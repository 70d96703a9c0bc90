/**
 * MP4 files built box by box: every table a player needs, and padding instead of pictures and sound.
 * The bytes of the media all belong to the frames; the sound has samples of zero bytes.
 */

export interface Mp4Settings {
  width?: number;
  height?: number;
  seconds?: number;
  hasAudio?: boolean;
  /** The coding of the sound, and the boxes after its fields. */
  soundCodec?: string;
  soundConfiguration?: Buffer;
  codec?: string;
  /** The decoder’s configuration after the coding’s fields, see `avcConfiguration`. */
  configuration?: Buffer;
  /** 0: the file has no time tables, like one in fragments. */
  framesPerSecond?: number;
  /** The length of the tracks, when a header that states less hides the rest. */
  trackSeconds?: number;
  /** The beginning of the file; `qt  ` makes it a MOV. */
  brand?: string;
  /** The position of the description. Cameras write it at the end, servers prefer it in front. */
  descriptionAt?: 'start' | 'end';
  /** `none`: a file in fragments. `long`: with 64-bit fields. */
  duration?: 'short' | 'long' | 'none' | 'in-fragments';
  /** How many bytes replace pictures and sound. */
  mediaBytes?: number;
}

const TIMESCALE = 1000;

const DEFAULTS: Required<
  Omit<Mp4Settings, 'configuration' | 'trackSeconds' | 'soundConfiguration'>
> = {
  width: 1280,
  height: 720,
  seconds: 5,
  hasAudio: false,
  soundCodec: 'mp4a',
  codec: 'avc1',
  framesPerSecond: 24,
  brand: 'isom',
  descriptionAt: 'start',
  duration: 'short',
  mediaBytes: 100,
};

export function mp4File(settings: Mp4Settings = {}): Buffer {
  const { brand, mediaBytes, descriptionAt } = { ...DEFAULTS, ...settings };
  const type = mp4Box('ftyp', Buffer.from(`${brand}\0\0\x02\0${brand}iso2avc1mp41`, 'latin1'));
  const media = mp4Box('mdat', Buffer.alloc(mediaBytes, 'media'));
  const describe = (mediaOffset: number) => movie({ ...DEFAULTS, ...settings, mediaOffset });
  if (descriptionAt === 'end') return Buffer.concat([type, media, describe(type.length + 8)]);
  const mediaOffset = type.length + describe(0).length + 8;
  return Buffer.concat([type, describe(mediaOffset), media]);
}

function movie(settings: Mp4Settings & typeof DEFAULTS & { mediaOffset: number }): Buffer {
  const { seconds, duration, hasAudio, trackSeconds = seconds, framesPerSecond } = settings;
  const { codec, configuration = avcConfiguration(), width, height } = settings;
  const { mediaBytes, mediaOffset, soundCodec, soundConfiguration } = settings;
  const length = Math.round(seconds * TIMESCALE);
  const times = trackTimes(trackSeconds, framesPerSecond);
  const isLong = duration === 'long';
  return mp4Box(
    'moov',
    movieHeader(duration, length),
    ...(duration === 'in-fragments'
      ? [mp4Box('mvex', mp4Box('mehd', Buffer.concat([uint32(0), uint32(length)])))]
      : []),
    ...(hasAudio
      ? [
          track({
            kind: 'soun',
            codec: soundCodec,
            ...(soundConfiguration && { configuration: soundConfiguration }),
            width: 0,
            height: 0,
            times,
            mediaOffset,
          }),
        ]
      : []),
    track({
      kind: 'vide',
      codec,
      configuration,
      width,
      height,
      times,
      isLong,
      mediaBytes,
      mediaOffset,
    }),
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
  configuration?: Buffer;
  times: { header: Buffer; table: Buffer; samples: number };
  isLong?: boolean;
  mediaBytes?: number;
  mediaOffset: number;
}

function track(settings: TrackSettings): Buffer {
  const { kind, codec, width, height, times, isLong = false, mediaBytes = 0 } = settings;
  const header = Buffer.alloc(isLong ? 96 : 84);
  header[0] = isLong ? 1 : 0;
  header.writeUInt32BE(kind === 'vide' ? 1 : 2, isLong ? 20 : 12);
  header.writeUInt32BE(width * 65_536, header.length - 8);
  header.writeUInt32BE(height * 65_536, header.length - 4);
  const fields = Buffer.alloc(kind === 'vide' ? 78 : 28);
  if (kind === 'vide') {
    fields.writeUInt16BE(width, 24);
    fields.writeUInt16BE(height, 26);
  }
  const entry = mp4Box(codec, fields, settings.configuration ?? Buffer.alloc(0));
  return mp4Box(
    'trak',
    mp4Box('tkhd', header),
    mp4Box(
      'mdia',
      times.header,
      mp4Box('hdlr', uint32(0, 0), Buffer.from(kind, 'latin1'), Buffer.alloc(13)),
      mp4Box(
        'minf',
        mp4Box(
          'stbl',
          mp4Box('stsd', uint32(0, 1), entry),
          times.table,
          ...sampleTables(times.samples, mediaBytes, settings.mediaOffset),
        ),
      ),
    ),
  );
}

/** `stsc`, `stsz` and `stco` for samples in one chunk, of which the first takes the remainder. */
function sampleTables(samples: number, mediaBytes: number, mediaOffset: number): Buffer[] {
  if (samples === 0) {
    return [
      mp4Box('stsc', uint32(0, 0)),
      mp4Box('stsz', uint32(0, 0, 0)),
      mp4Box('stco', uint32(0, 0)),
    ];
  }
  const share = Math.floor(mediaBytes / samples);
  const sizes = uint32(...Array<number>(samples).fill(share));
  sizes.writeUInt32BE(mediaBytes - share * (samples - 1), 0);
  return [
    mp4Box('stsc', uint32(0, 1, 1, samples, 1)),
    mp4Box('stsz', uint32(0, 0, samples), sizes),
    mp4Box('stco', uint32(0, 1, mediaOffset)),
  ];
}

/** `mdhd` in units of one frame's thousandth, and `stts` with one entry. */
function trackTimes(seconds: number, framesPerSecond: number): TrackSettings['times'] {
  const timescale = Math.round(Math.max(framesPerSecond, 1) * TIMESCALE);
  const frames = Math.round(seconds * framesPerSecond);
  return {
    header: mp4Box('mdhd', uint32(0, 0, 0, timescale, frames * TIMESCALE, 0)),
    table: mp4Box('stts', frames === 0 ? uint32(0, 0) : uint32(0, 1, frames, TIMESCALE)),
    samples: frames,
  };
}

/** H.264. A bit depth is only written for the profiles that can have another than 8. */
export function avcConfiguration({
  profile = 100,
  bitDepth,
}: {
  profile?: number;
  bitDepth?: number;
} = {}): Buffer {
  const parameterSets = [0xe1, 0, 2, 0x67, profile, 1, 0, 1, 0x68];
  const extension = bitDepth === undefined ? [] : [0xfd, 0xf8 | (bitDepth - 8), 0xf8, 0];
  return mp4Box('avcC', Buffer.from([1, profile, 0, 40, 0xff, ...parameterSets, ...extension]));
}

/** The decoder’s description of `mp4a`: its real coding, see the MP4 Registration Authority. */
export function esds(objectType: number): Buffer {
  const decoder = Buffer.from([0x04, 0x80, 0x80, 0x80, 13, objectType, ...Buffer.alloc(12)]);
  const content = Buffer.concat([Buffer.from([0, 1, 0]), decoder]);
  return mp4Box('esds', uint32(0), Buffer.from([0x03, content.length]), content);
}

/** H.265. */
export function hevcConfiguration({ profile = 1, bitDepth = 8 } = {}): Buffer {
  const content = Buffer.alloc(23);
  content.set([1, profile]);
  content.set([0xfd, 0xf8 | (bitDepth - 8), 0xf8 | (bitDepth - 8)], 16);
  return mp4Box('hvcC', content);
}

export function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
  return bytes;
}
