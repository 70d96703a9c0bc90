/** Reads `.env` of the folder the program runs in, where there is one; what is set already stays. */
import { existsSync } from 'node:fs';

export function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}
