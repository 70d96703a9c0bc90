/**
 * The old way to set options: `--flags` in the text item ("weak validation" in Volcengine’s words).
 * Parsed here in the widest way any source allows (any case, `=` or a space, anywhere in the text),
 * because the sandbox should show what a leaked flag would cost.
 */
import { FIXED_RATIOS } from './models.ts';

export interface FlagOptions {
  resolution?: string;
  ratio?: string;
  duration?: number;
  frames?: number;
  seed?: number;
  camera_fixed?: boolean;
  watermark?: boolean;
}

const FLAG = /--([a-z]+)(?:\s*=\s*|\s+)(\S+)/giu;

const RATIOS: ReadonlySet<string> = new Set([...FIXED_RATIOS, 'adaptive']);
const RESOLUTION = /^(?:\d+p|4k)$/iu;

type Reader = (value: string) => FlagOptions;

const resolution: Reader = (value) => (RESOLUTION.test(value) ? { resolution: value } : {});
const ratio: Reader = (value) => (RATIOS.has(value) ? { ratio: value } : {});
const duration = integer('duration');
const cameraFixed = flag('camera_fixed');
const watermark = flag('watermark');

/** Long and short names; `--framespersecond` is omitted, because only 24 exists. */
const READERS: Readonly<Record<string, Reader>> = {
  resolution,
  rs: resolution,
  ratio,
  rt: ratio,
  duration,
  dur: duration,
  frames: integer('frames'),
  seed: integer('seed'),
  camerafixed: cameraFixed,
  cf: cameraFixed,
  watermark,
  wm: watermark,
};

/**
 * The options in a prompt. A wrong value counts as omitted and an unknown flag is ignored,
 * as documented; lengths and resolutions out of range are kept, because measurements showed that
 * they are refused later (as `contents[0].text.duration`).
 */
export function flagsIn(text: string): FlagOptions {
  const options: FlagOptions = {};
  for (const [, name = '', value = ''] of text.matchAll(FLAG)) {
    Object.assign(options, READERS[name.toLowerCase()]?.(value));
  }
  return options;
}

function integer(field: 'duration' | 'frames' | 'seed'): Reader {
  return (value) => (/^-?\d+$/u.test(value) ? { [field]: Number(value) } : {});
}

function flag(field: 'camera_fixed' | 'watermark'): Reader {
  return (value) => (value === 'true' || value === 'false' ? { [field]: value === 'true' } : {});
}
