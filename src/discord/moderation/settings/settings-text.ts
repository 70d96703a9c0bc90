/** A server's settings in plain words: whole, and by the part that a change concerns. Pure. */
import { describeCredits } from '../../../catalogue/describe.ts';
import { describeLength } from '../../../catalogue/plan/length.ts';
import { RESOLUTIONS, type ModelId } from '../../../catalogue/request.ts';
import { DEFAULT_LOCALE } from '../../../text/locales.ts';
import type { Locale } from '../../../text/locales.ts';
import { translate } from '../../../text/text.ts';
import { confirmAboveOf, type ServerSettings } from '../../server/server-settings.ts';
import { quotable } from '../../text.ts';

const MAX_WORDS_SHOWN = 1000;
const LANGUAGE_NAMES: Readonly<Record<Locale, string>> = { 'en-US': 'English', 'zh-CN': '中文' };

/** @param offered the models that some vendor here offers now; others are not listed */
type PartText = (settings: ServerSettings, offered: readonly ModelId[]) => string;

export const PARTS = {
  channels: ({ channels: { mode, ids } }) => {
    if (mode === 'everywhere') return 'videos in every channel';
    const list = ids.length === 0 ? 'no channel' : ids.map((id) => `<#${id}>`).join(', ');
    return mode === 'only' ? `videos only in ${list}` : `videos everywhere but in ${list}`;
  },
  models: ({ forbiddenModels }, offered) => {
    const forbidden = forbiddenModels.filter((model) => offered.includes(model));
    return forbidden.length === 0 ? 'all models' : `all models but ${forbidden.join(', ')}`;
  },
  limits: (settings) => {
    const { maxSeconds, maxResolution } = settings;
    const above = confirmAboveOf(settings);
    return [
      maxSeconds === undefined ? 'any length' : `at most ${maxSeconds} s`,
      maxResolution === undefined || maxResolution === RESOLUTIONS.at(-1)
        ? 'any resolution'
        : `at most ${maxResolution}`,
      above === undefined ? 'never asked about a price' : `asked above ${describeCredits(above)}`,
    ].join(', ');
  },
  defaults: ({ defaults }, offered) => defaultsText(defaults, offered),
  language: ({ language }) =>
    language === undefined ? 'the server’s own in Discord' : LANGUAGE_NAMES[language],
  logChannel: ({ logChannelId }) =>
    logChannelId === undefined ? 'no log channel' : `log in <#${logChannelId}>`,
  words: ({ words }) =>
    words.length === 0
      ? 'no words refused'
      : `refused words: ${quotable(words.join(', '), MAX_WORDS_SHOWN)}`,
} as const satisfies Record<string, PartText>;
export type Part = keyof typeof PARTS;

const HEADINGS: Readonly<Record<Part, string>> = {
  channels: 'Channels',
  models: 'Models',
  limits: 'Limits',
  defaults: 'Defaults',
  language: 'Language',
  logChannel: 'Log channel',
  words: 'Words',
};

/** What is not part of the settings themselves. */
interface Beside {
  readonly timeZone: string;
  readonly offered: readonly ModelId[];
}

export function settingsText(settings: ServerSettings, { timeZone, offered }: Beside): string {
  const lines = Object.entries(HEADINGS).map(([part, heading]) => {
    const words: PartText | undefined = Object.entries(PARTS).find(([name]) => name === part)?.[1];
    return `- **${heading}**: ${words?.(settings, offered) ?? ''}`;
  });
  return ['**Settings of this server**', ...lines, `- **Time zone**: ${timeZone}`].join('\n');
}

function defaultsText(defaults: ServerSettings['defaults'], offered: readonly ModelId[]): string {
  const { model, ratio, length, resolution } = defaults;
  const { isCameraFixed, hasAudio, hasWatermark, isDraft, tier } = defaults;
  const parts = [
    model === undefined || offered.includes(model) ? model : `${model} (no longer offered)`,
    resolution,
    ratio,
    length === undefined ? undefined : translate(DEFAULT_LOCALE, describeLength(length)),
    switchText(isCameraFixed, 'fixed camera', 'moving camera'),
    switchText(hasAudio, 'sound', 'silent'),
    switchText(hasWatermark, 'watermark', 'no watermark'),
    switchText(isDraft, 'draft', 'no draft'),
    switchText(tier === undefined ? undefined : tier === 'flex', 'economy', 'no economy'),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'the usual defaults' : parts.join(', ');
}

function switchText(value: boolean | undefined, on: string, off: string): string | undefined {
  if (value === undefined) return undefined;
  return value ? on : off;
}
