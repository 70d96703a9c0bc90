import { customAlphabet } from 'nanoid';

/** No look-alikes, and safe in file names, URLs and button ids. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const LENGTH = 14;

/** Where ids come from. */
export interface IdMaker {
  /** A new id of 14 characters (about 69 bits). */
  next(): string;
}

export function createIdMaker(): IdMaker {
  return { next: customAlphabet(ALPHABET, LENGTH) };
}
