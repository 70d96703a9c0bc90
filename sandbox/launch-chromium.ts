/** Starts this machine’s Chromium without a window. */
import { chromium, type Browser } from 'playwright-core';

import { chromiumPath } from './chromium.ts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @throws Error when there is none */
export async function launchChromium(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('No Chromium on this machine');
  return chromium.launch({ executablePath, args: ARGUMENTS });
}
