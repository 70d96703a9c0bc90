/** The fields of the composer, by their ids. */
import { changed } from '../state.ts';

/** Where messages are written and commands begun. */
export const BOX = 'message-box';
/** Where further options are chosen. */
export const MORE = 'more-options';

/** After the page is drawn: the field may be new. */
export function focusOn(id: string): void {
  changed();
  queueMicrotask(() => document.getElementById(id)?.focus());
}
