/** What `/settings check` found, in words. */
import type { Locale } from '../../../text/locales.ts';
import { inWords, text, translate, type TextValue } from '../../../text/text.ts';

/**
 * One thing that `/settings check` checked: `stops` when no video can be made or posted because of it,
 * `unchecked` when nobody can tell.
 */
export interface Finding {
  readonly level: 'fine' | 'mind' | 'unchecked' | 'stops';
  readonly text: Exclude<TextValue, number>;
}

const FINDING_MARKS = {
  fine: '✅',
  mind: '⚠️',
  unchecked: '❔',
  stops: '⛔',
} as const satisfies Record<Finding['level'], string>;
const LEVELS = [
  'stops',
  'unchecked',
  'mind',
  'fine',
] as const satisfies readonly Finding['level'][];
/** Of Discord's 4000 characters for a whole message, with room for the verdict above. */
const MAX_LENGTH = 3800;

/** What matters most first, a line each; cut between lines where a message takes no more. */
export function findingsText(findings: readonly Finding[], locale: Locale): string {
  const lines = LEVELS.flatMap((level) =>
    findings
      .filter((finding) => finding.level === level)
      .map((finding) => `${FINDING_MARKS[level]} ${inWords(locale, finding.text)}`),
  );
  let shown = lines.length;
  while (lines.slice(0, shown).join('\n').length > MAX_LENGTH) shown -= 1;
  const more = lines.length - shown;
  const rest = more === 0 ? [] : [translate(locale, text('settings:findingsMore', { more }))];
  return [...lines.slice(0, shown), ...rest].join('\n');
}
