/** Reads `.env` from the working directory, if present. Existing environment variables take precedence. */
import { existsSync } from 'node:fs';

export function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}
