/** One server whose members do everything they may, as often and as large as they can. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Member } from '../../sandbox/discord/actors.ts';
import { file, type OptionValue } from '../../sandbox/discord/command-options.ts';
import type { DiscordSandbox } from '../../sandbox/discord/discord.ts';
import type { Reply } from '../../sandbox/discord/reply.ts';
import { noisyClip } from '../../sandbox/noisy-clip.ts';
import { randomPng } from '../../sandbox/png.ts';

const MEMBERS = 20;
/** Sent at once when the flood begins. */
const FIRST_WAVE = 200;
const WAVE_EVERY_MS = 2_000;
const WAVE = 20;
const PICTURE_MEGABYTES = 20;
const CANCELLED_WITHIN_MS = 20_000;

type Options = Readonly<Record<string, OptionValue>>;

export interface Flood {
  /** Floods until it is stopped. @returns what was sent, by kind */
  run(): Promise<readonly string[]>;
  stop(): void;
}

export interface FloodOptions {
  /** The kinds of requests to send; all unless given. */
  readonly only?: readonly string[] | undefined;
  /** Whether ffmpeg is available: without it no forged clips are sent. */
  readonly canMakeClips: boolean;
}

export function openFlood(discord: DiscordSandbox, options: FloodOptions): Flood {
  const guild = discord.addGuild({ name: 'Flood', channels: ['videos'] });
  const members = Array.from({ length: MEMBERS }, (_, index) => guild.member(`flood-${index}`));
  const kinds = floodKinds(options);
  const sent = new Map<string, number>();
  const ended = new AbortController();
  const cancels: Promise<void>[] = [];
  let turn = 0;

  const send = (): void => {
    const member = members[turn % MEMBERS];
    const kind = kinds[turn % kinds.length];
    turn += 1;
    if (member === undefined || kind === undefined) return;
    const reply = member.runs('video', { ...kind.options });
    sent.set(kind.name, (sent.get(kind.name) ?? 0) + 1);
    if (kind.isCancelled) cancels.push(cancel(member, reply));
  };
  const wave = (count: number): void => {
    for (let index = 0; index < count; index += 1) send();
  };

  return {
    async run() {
      wave(FIRST_WAVE);
      while (!ended.signal.aborted) {
        await sleep(WAVE_EVERY_MS);
        wave(WAVE);
      }
      await Promise.all(cancels);
      return [...sent].map(([name, count]) => `${count} ${name}`);
    },
    stop: () => ended.abort(),
  };
}

export const FLOOD_NAMES = [
  'oversized',
  'pictures',
  'cancelled-pictures',
  'cancels',
  'forged',
] as const;

interface Kind {
  readonly name: (typeof FLOOD_NAMES)[number];
  readonly options: Options;
  /** Whether each request is cancelled as soon as possible. */
  readonly isCancelled: boolean;
}

function floodKinds({ only, canMakeClips }: FloodOptions): readonly Kind[] {
  const prompt = 'A tidal wave rolls over the harbour';
  const plain = { prompt, model: '1.0-pro-fast', resolution: '480p' };
  const picture = file('large.png', randomPng(PICTURE_MEGABYTES));
  const references = { prompt, reference_1: picture, reference_2: picture };
  const kinds: Kind[] = [
    { name: 'oversized', options: plain, isCancelled: false },
    { name: 'pictures', options: references, isCancelled: false },
    { name: 'cancelled-pictures', options: { ...plain, first_frame: picture }, isCancelled: true },
    { name: 'cancels', options: plain, isCancelled: true },
  ];
  if (canMakeClips) {
    const forged = { prompt, reference_video: forgedClip() };
    kinds.push({ name: 'forged', options: forged, isCancelled: false });
  }
  return kinds.filter(({ name }) => only?.includes(name) ?? true);
}

/** A clip whose time table has fewer frames than the file. */
function forgedClip(): OptionValue {
  const bytes = Buffer.from(noisyClip({ megabytes: 1 }));
  const times = bytes.indexOf('stts');
  // After the name: version and flags, the number of entries, then the first entry’s count.
  const COUNT_OFFSET = 12;
  bytes.writeUInt32BE(1, times + COUNT_OFFSET);
  return file('forged.mp4', bytes);
}

/** Presses Cancel as soon as the button exists; a refused request has none. */
async function cancel(member: Member, reply: Reply): Promise<void> {
  const shown = await reply
    .until(({ buttons }) => buttons.some(({ label }) => label === 'Cancel'), {
      timeoutMs: CANCELLED_WITHIN_MS,
    })
    .catch(() => undefined);
  if (shown !== undefined) member.clicks(shown, 'Cancel');
}
