/** What the pictures, videos and sounds of a request make of it, and which of them go together. */
import { UserError } from '../../errors.ts';
import { isReference } from '../models.ts';
import type { Mode } from '../modes.ts';
import { compareRoles, type InputRole } from '../request.ts';
import { allOf } from '../wording.ts';
import { countOf } from './references.ts';

/**
 * The mode, and the roles in the order they are sent.
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
    throw new UserError('A video takes one first frame and one last frame. Leave the others out.');
  }
  if ((hasFirst || hasLast) && given.some(isReference)) throw mixed(hasFirst, hasLast);
  if (hasLast && !hasFirst) {
    throw new UserError(
      'A last frame needs a first frame. Add first_frame, or give this picture as first_frame instead.',
    );
  }
  const inputs = given.toSorted(compareRoles);
  return { mode: modeOf(inputs), inputs };
}

/** The mode of inputs that go together. */
export function modeOf(inputs: readonly InputRole[]): Mode {
  if (inputs.some(isReference)) return 'references';
  if (inputs.includes('last_frame')) return 'first-and-last-frame';
  return inputs.includes('first_frame') ? 'first-frame' : 'text';
}

function mixed(hasFirst: boolean, hasLast: boolean): UserError {
  const frames = [...(hasFirst ? ['first frame'] : []), ...(hasLast ? ['last frame'] : [])];
  const instead = frames.length === 1 ? 'a reference' : 'references';
  return new UserError(
    `A video starts either from frames or from references, not from both. Give the ${allOf(frames)} as ${instead} instead, or leave the references out.`,
  );
}
