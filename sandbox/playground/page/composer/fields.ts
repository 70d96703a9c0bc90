/** The fields of the composer, by their ids. */
import { requestRender } from '../state.ts';

/** The field for messages and the start of commands. */
export const BOX = 'message-box';
/** The field that chooses further options. */
export const MORE = 'more-options';

/** After rendering, because the field may be new. */
export function focusOn(id: string): void {
  requestRender();
  queueMicrotask(() => document.getElementById(id)?.focus());
}
