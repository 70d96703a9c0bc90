/** Parses vendors' JSON, which may start with a byte order mark or have ids as long numbers. */

/** A number that JavaScript may not represent exactly; a cheap test that can also match inside a string. */
const LONG_NUMBER = /[:[,]\s*-?\d{16,}/;

/** @returns undefined for invalid JSON; V8's error would quote the text */
export function parseJson(text: string): unknown {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return LONG_NUMBER.test(json) ? JSON.parse(json, keepDigits) : JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Keeps the digits of large integers as a string, because a 19-digit id would be rounded. */
function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  const isInexact = typeof value === 'number' && !Number.isSafeInteger(value);
  const digits = context?.source ?? '';
  return isInexact && /^\d{1,40}$/.test(digits) ? digits : value;
}
