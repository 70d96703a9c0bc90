/** The bot’s peak memory and disk usage. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { Participant } from '../participants.ts';

const LOOK_EVERY_MS = 500;

export interface Usage {
  readonly peakMebibytes: number;
  readonly peakDiskBytes: number;
}

export interface UsageWatch {
  /** Resets the peaks. */
  reset(): void;
  peak(): Usage;
  stop(): void;
}

/** @param folder of the bot's files, below `data` */
export function watchUsage({ bot, folder }: { bot: Participant; folder: string }): UsageWatch {
  let peakMebibytes = 0;
  let peakDiskBytes = 0;
  const look = async (): Promise<void> => {
    const [memory, disk] = await Promise.all([
      bot.memoryMebibytes(),
      folderBytes(join(folder, 'data')),
    ]);
    peakMebibytes = Math.max(peakMebibytes, memory);
    peakDiskBytes = Math.max(peakDiskBytes, disk);
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return {
    reset() {
      peakMebibytes = 0;
      peakDiskBytes = 0;
    },
    peak: () => ({ peakMebibytes, peakDiskBytes }),
    stop: () => clearInterval(timer),
  };
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => sizeOf(join(entry.parentPath, entry.name)));
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}

/** 0 for a file that has been deleted since. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
