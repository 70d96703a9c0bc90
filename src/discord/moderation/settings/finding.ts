/** The findings of `/settings check`, as text. */
import type { Locale } from '../../../text/locales.ts';
import { inWords, text, translate, type TextValue } from '../../../text/text.ts';

/**
 * One result of `/settings check`: `stops` when it prevents every video or its post, `unchecked` when it
 * could not be determined.
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
/** Below Discord's 4000 characters per message, with space for the summary above. */
const MAX_LENGTH = 3800;

/** Lists the most important findings first, one per line, and cuts between lines at the limit. */
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
