import { customAlphabet } from 'nanoid';

/** Without look-alikes; safe in file names, URLs and button ids. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const LENGTH = 14;

/** Creates ids. */
export interface IdMaker {
  /** Returns a new id of 14 characters (about 69 bits). */
  next(): string;
}

export function createIdMaker(): IdMaker {
  return { next: customAlphabet(ALPHABET, LENGTH) };
}
