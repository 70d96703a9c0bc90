/** The pictures that the demo's members upload: a bay at sunrise and at night, painted by formula. */
import { encodePng, type Pixel } from '../png.ts';

const SIZE = { width: 960, height: 540 };

export function sunrise(): Buffer {
  return encodePng({
    ...SIZE,
    paint: bay({
      sky: [
        [255, 190, 120],
        [120, 90, 160],
      ],
      sea: [60, 70, 120],
      light: [255, 240, 190],
      lightAt: [0.5, 0.52],
    }),
  });
}

export function night(): Buffer {
  return encodePng({
    ...SIZE,
    paint: bay({
      sky: [
        [40, 50, 100],
        [8, 10, 30],
      ],
      sea: [12, 18, 48],
      light: [235, 235, 255],
      lightAt: [0.72, 0.2],
    }),
  });
}

/** Too small for any model: 200 × 200 pixels. */
export function thumbnail(): Buffer {
  return encodePng({ width: 200, height: 200, paint: () => [90, 160, 120] });
}

interface Scene {
  /** At the horizon, and at the top. */
  sky: readonly [Pixel, Pixel];
  sea: Pixel;
  light: Pixel;
  lightAt: readonly [x: number, y: number];
}

const HORIZON = 0.6;
const LIGHT_RADIUS = 0.07;

function bay({ sky, sea, light, lightAt }: Scene): (x: number, y: number) => Pixel {
  return (x, y) => {
    const distance = Math.hypot((x - lightAt[0]) * (SIZE.width / SIZE.height), y - lightAt[1]);
    const glow = Math.exp(-Math.max(0, distance - LIGHT_RADIUS) * 6);
    if (y < HORIZON)
      return mix(mix(sky[1], sky[0], y / HORIZON), light, distance < LIGHT_RADIUS ? 1 : glow * 0.5);
    const wave = Math.sin(y * 260 + Math.sin(x * 22) * 2) * 0.5 + 0.5;
    const path = Math.exp(-Math.abs(x - lightAt[0]) * 9);
    return mix(sea, light, path * wave * 0.7);
  };
}

function mix(from: Pixel, to: Pixel, share: number): Pixel {
  const channel = (index: 0 | 1 | 2): number =>
    Math.round(from[index] + (to[index] - from[index]) * share);
  return [channel(0), channel(1), channel(2)];
}
