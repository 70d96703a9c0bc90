/** Reads JSON as vendors write it: perhaps behind a byte order mark, perhaps with ids as long numbers. */

/** A number that JavaScript may not hold exactly, outside of a string as far as can be told cheaply. */
const LONG_NUMBER = /[:[,]\s*-?\d{16,}/;

/** @returns undefined for what is not JSON: V8's own error would quote the text */
export function parseJson(text: string): unknown {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return LONG_NUMBER.test(json) ? JSON.parse(json, exactly) : JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** An id of 19 digits would come out as another one: its digits are kept. */
function exactly(_key: string, value: unknown, context?: { source?: string }): unknown {
  const isInexact = typeof value === 'number' && !Number.isSafeInteger(value);
  const digits = context?.source ?? '';
  return isInexact && /^\d{1,40}$/.test(digits) ? digits : value;
}
