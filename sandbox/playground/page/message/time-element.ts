/** `<discord-time>`: a time as Discord shows it; relative ones keep updating. */

const SECOND = 1_000;
/** From the smallest: each unit, its length in seconds, and the number of seconds up to which it is used. */
const UNITS: readonly (readonly [
  unit: Intl.RelativeTimeFormatUnit,
  seconds: number,
  below: number,
])[] = [
  ['second', 1, 45],
  ['minute', 60, 45 * 60],
  ['hour', 3_600, 22 * 3_600],
  ['day', 86_400, 26 * 86_400],
  ['month', 30 * 86_400, 320 * 86_400],
  ['year', 365 * 86_400, Infinity],
];

const STYLES: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
  s: { dateStyle: 'short', timeStyle: 'short' },
  S: { dateStyle: 'short', timeStyle: 'medium' },
};

/** Returns the time from now in words, such as `in 5 seconds`. */
function relativeTime(atMs: number, nowMs: number, locale: string): string {
  const seconds = (atMs - nowMs) / SECOND;
  const found = UNITS.find(([, , below]) => Math.abs(seconds) < below) ?? UNITS[0];
  const [unit, size] = found ?? ['second', 1];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'always' }).format(
    Math.round(seconds / size),
    unit,
  );
}

class TimeElement extends HTMLElement {
  static readonly observedAttributes = ['at', 'format', 'locale'];
  #timer: ReturnType<typeof setInterval> | undefined;

  connectedCallback(): void {
    this.#timer = setInterval(() => this.#write(), SECOND);
    this.#write();
  }

  disconnectedCallback(): void {
    clearInterval(this.#timer);
  }

  attributeChangedCallback(): void {
    this.#write();
  }

  #write(): void {
    const atMs = Number(this.getAttribute('at')) * SECOND;
    const locale = this.getAttribute('locale') ?? 'en-US';
    const style = this.getAttribute('format') ?? 'f';
    const whole = new Intl.DateTimeFormat(locale, STYLES['F']).format(atMs);
    const shown =
      style === 'R'
        ? relativeTime(atMs, Date.now(), locale)
        : new Intl.DateTimeFormat(locale, STYLES[style] ?? STYLES['f']).format(atMs);
    if (this.textContent !== shown) this.textContent = shown;
    this.title = whole;
  }
}

if (customElements.get('discord-time') === undefined)
  customElements.define('discord-time', TimeElement);
