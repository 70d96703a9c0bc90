/**
 * Determines the mode of a request from its pictures, videos and sounds, and which of them can be
 * combined.
 */
import { UserError } from '../../errors.ts';
import type { TextKey } from '../../text/resources.ts';
import { text } from '../../text/text.ts';
import { isReference } from '../models.ts';
import type { Mode } from '../modes.ts';
import { compareRoles, type InputRole } from '../request.ts';
import { countOf } from './references.ts';

/**
 * Returns the mode, and the roles in sending order.
 *
 * @throws UserError for inputs that no model takes together
 */
export function readInputs(given: readonly InputRole[]): {
  mode: Mode;
  inputs: readonly InputRole[];
} {
  const hasFirst = given.includes('first_frame');
  const hasLast = given.includes('last_frame');
  if (countOf(given, 'first_frame') > 1 || countOf(given, 'last_frame') > 1) {
    throw new UserError(text('plan:oneFrameEach'));
  }
  if ((hasFirst || hasLast) && given.some(isReference)) {
    throw new UserError(text(mixedKey(hasFirst, hasLast)));
  }
  if (hasLast && !hasFirst) {
    throw new UserError(text('plan:lastNeedsFirst'));
  }
  const inputs = given.toSorted(compareRoles);
  return { mode: modeOf(inputs), inputs };
}

/** Returns the mode of a valid combination of inputs. */
export function modeOf(inputs: readonly InputRole[]): Mode {
  if (inputs.some(isReference)) return 'references';
  if (inputs.includes('last_frame')) return 'first-and-last-frame';
  return inputs.includes('first_frame') ? 'first-frame' : 'text';
}

function mixedKey(hasFirst: boolean, hasLast: boolean): TextKey {
  if (hasFirst && hasLast) return 'plan:mixedFrames';
  return hasFirst ? 'plan:mixedFirst' : 'plan:mixedLast';
}
