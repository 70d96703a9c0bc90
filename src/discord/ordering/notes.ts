/** Notes for the member on an order, besides the price. Shown only to them, and need no answer. */
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
/** Pictures whose aspect ratios differ by less than this factor count as having the same shape. */
const ALIKE_UP_TO = 1.02;
/** Bounds the wait, because a shutdown waits for running work. */
const CARD_WITHIN_MS = 8 * SECOND;
const LOOK_EVERY_MS = SECOND / 4;

/** Names the flags that were removed from the prompt without setting an option. */
export function flagNotes(prompt: string): Text[] {
  const { removed } = takeFlags(prompt);
  if (removed.length === 0) return [];
  const flags = removed.map((flag) => flag.replaceAll(/\s+/g, ' ')).join(', ');
  return [text('orders:flagsLeftOut', { flags: quotable(flags, MAX_FLAGS_LENGTH) })];
}

/** An uploaded picture and its dimensions, if known. */
interface Picture {
  readonly role: InputRole;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/**
 * Explains how first and last frames of different shapes are combined: the vendor takes the shape of the
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
 * Sends the notes once the job's message is shown: Discord treats the first message after a deferred
 * answer as that answer. A failure is only logged, because the job is already accepted.
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
      if (clock.now() >= untilMs) throw new Error('job message not shown in time');
      await clock.sleep(LOOK_EVERY_MS);
    }
    const locale = localeOf(interaction);
    await addPrivateNote(
      interaction,
      notes.map((note) => translate(locale, note)),
    );
  } catch (error) {
    logger.warn({ err: error, jobId }, 'note on an order not sent to its member');
  }
}

async function isShown(jobId: string, store: Pick<JobStore, 'shown'>): Promise<boolean> {
  return ((await store.shown([jobId])).get(jobId)?.version ?? 0) > 0;
}
