/** Task ids: `cgt-20251222220032-wpnm9`, the time in Beijing, then five random characters. */
import { customAlphabet } from 'nanoid';

const BEIJING_OFFSET_MS = 8 * 60 * 60 * 1_000;
const random = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 5);

export function newTaskId(nowMs: number, serviceTier: 'default' | 'flex'): string {
  const time = new Date(nowMs + BEIJING_OFFSET_MS)
    .toISOString()
    .replaceAll(/\D/gu, '')
    .slice(0, 14);
  return `cgt-${serviceTier === 'flex' ? 'batch-' : ''}${time}-${random()}`;
}
