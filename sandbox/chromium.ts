/** Finds a Chromium for the browser tests and the gallery's pictures. */
import { existsSync } from 'node:fs';

const USUAL_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The variable that names the path of Chromium. */
export const CHROMIUM_VARIABLE = 'CHROMIUM_PATH';

/** Returns the path of a Chromium, or undefined when there is none. */
export function chromiumPath(): string | undefined {
  const chosen = process.env[CHROMIUM_VARIABLE] ?? '';
  return (chosen === '' ? USUAL_PATHS : [chosen]).find((path) => existsSync(path));
}
