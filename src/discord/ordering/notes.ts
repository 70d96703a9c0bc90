/** What a member should know of an order beside its price: told to them alone, without a question. */
import { takeFlags } from '../../catalogue/prompt/take-flags.ts';
import type { InputRole, Ratio } from '../../catalogue/request.ts';
import { SECOND, type Clock } from '../../clock.ts';
import type { JobStore } from '../../jobs/record/job-store.ts';
import type { Logger } from '../../logger.ts';
import { text, translate, type Text } from '../../text/text.ts';
import { localeOf } from '../interactions/locale.ts';
import { addPrivateNote, type ReplyOpener } from '../interactions/reply.ts';
import { quotable } from '../text.ts';

const MAX_FLAGS_LENGTH = 300;
/** Two pictures whose ratios are nearer than this look alike. */
const ALIKE_UP_TO = 1.02;
/** A stop of the bot waits for what is in hand. */
const CARD_WITHIN_MS = 8 * SECOND;
const LOOK_EVERY_MS = SECOND / 4;

/** Names the flags that were taken out of the prompt and set no option. */
export function flagNotes(prompt: string): Text[] {
  const { removed } = takeFlags(prompt);
  if (removed.length === 0) return [];
  const flags = removed.map((flag) => flag.replaceAll(/\s+/g, ' ')).join(', ');
  return [text('orders:flagsLeftOut', { flags: quotable(flags, MAX_FLAGS_LENGTH) })];
}

/** An uploaded picture, as far as its size is known. */
interface Picture {
  readonly role: InputRole;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/**
 * Says what becomes of a first and a last frame of different shapes: the vendor takes the shape of the
 * first and crops the last (BytePlus ModelArk, create a video generation task).
 */
export function frameNotes(pictures: readonly Picture[], ratio: Ratio): Text[] {
  const first = shapeOf(pictures.find(({ role }) => role === 'first_frame'));
  const last = shapeOf(pictures.find(({ role }) => role === 'last_frame'));
  if (first === undefined || last === undefined) return [];
  const apart = Math.max(first.quotient, last.quotient) / Math.min(first.quotient, last.quotient);
  if (apart <= ALIKE_UP_TO) return [];
  const sizes = { first: first.size, last: last.size };
  return [
    ratio === 'adaptive'
      ? text('orders:framesTakeFirst', sizes)
      : text('orders:framesCropped', { ...sizes, ratio }),
  ];
}

function shapeOf(picture: Picture | undefined): { size: string; quotient: number } | undefined {
  const { width = 0, height = 0 } = picture ?? {};
  if (width <= 0 || height <= 0) return undefined;
  return { size: `${width}×${height}`, quotient: width / height };
}

interface NoteDependencies {
  readonly store: Pick<JobStore, 'shown'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Tells the notes once the card is there: Discord takes a message that follows a deferred answer
 * directly for that answer. A note is not worth a failure, for the job is accepted.
 */
export async function tellNotes(
  interaction: ReplyOpener,
  { jobId, notes }: { readonly jobId: string; readonly notes: readonly Text[] },
  { store, clock, logger }: NoteDependencies,
): Promise<void> {
  if (notes.length === 0) return;
  try {
    const untilMs = clock.now() + CARD_WITHIN_MS;
    while (!(await isShown(jobId, store))) {
      if (clock.now() >= untilMs) throw new Error('the card of the job was not shown in time');
      await clock.sleep(LOOK_EVERY_MS);
    }
    const locale = localeOf(interaction);
    await addPrivateNote(
      interaction,
      notes.map((note) => translate(locale, note)),
    );
  } catch (error) {
    logger.warn({ err: error, jobId }, 'a member could not be told a note on their order');
  }
}

async function isShown(jobId: string, store: Pick<JobStore, 'shown'>): Promise<boolean> {
  return ((await store.shown([jobId])).get(jobId)?.version ?? 0) > 0;
}
