/** Describes a server's settings, all of them or one part. Pure. */
import { describeLength } from '../../../catalogue/plan/length.ts';
import type { ModelId } from '../../../catalogue/request.ts';
import { credits } from '../../../text/credits.ts';
import type { Locale } from '../../../text/locales.ts';
import type { TextKey } from '../../../text/resources.ts';
import { text, translate, type Text, type TextValue } from '../../../text/text.ts';
import type { ServerSettings } from '../../server/server-settings.ts';
import { quotable } from '../../text.ts';
import { PARTS, partStateOf, type Part, type PartState } from './part-state.ts';

const MAX_WORDS_SHOWN = 1000;
/** Each language in its own language, for all readers. */
const LANGUAGE_NAMES: Readonly<Record<Locale, string>> = { 'en-US': 'English', 'zh-CN': '中文' };

const HEADINGS = {
  channels: 'settings:channels',
  models: 'settings:models',
  limits: 'settings:limits',
  defaults: 'settings:defaults',
  language: 'settings:language',
  logChannel: 'settings:logChannel',
  words: 'settings:words',
} as const satisfies Record<Part, TextKey>;

type Of<Kind extends Part> = Extract<PartState, { part: Kind }>;

/** What the text needs besides the settings. */
interface Beside {
  readonly timeZone: string;
  readonly offered: readonly ModelId[];
  readonly locale: Locale;
}

export function settingsText(
  settings: ServerSettings,
  { timeZone, offered, locale }: Beside,
): string {
  const lines = PARTS.map((part) =>
    text('settings:line', {
      heading: partHeading(part),
      state: partText(partStateOf(part, settings, offered)),
    }),
  );
  const zone = text('settings:line', { heading: text('settings:timeZone'), state: timeZone });
  return [text('settings:heading'), ...lines, zone]
    .map((line) => translate(locale, line))
    .join('\n');
}

export function partHeading(part: Part): Text {
  return text(HEADINGS[part]);
}

export function partText(state: PartState): TextValue {
  switch (state.part) {
    case 'channels':
      return channelsText(state);
    case 'models':
      return state.forbidden.length === 0
        ? text('settings:modelsAll')
        : text('settings:modelsExcept', { models: { allOf: state.forbidden } });
    case 'limits':
      return limitsText(state);
    case 'defaults':
      return defaultsText(state);
    case 'language':
      return state.language === undefined
        ? text('settings:languageOfServer')
        : LANGUAGE_NAMES[state.language];
    case 'logChannel':
      return state.channelId === undefined
        ? text('settings:logChannelNone')
        : text('settings:logChannelIs', { channel: `<#${state.channelId}>` });
    case 'words':
      return wordsText(state);
    default:
      return state satisfies never;
  }
}

function channelsText({ mode, ids }: Of<'channels'>): Text {
  if (mode === 'everywhere') return text('settings:channelsAll');
  const channels = { allOf: ids.map((id) => `<#${id}>`) };
  if (mode === 'except') return text('settings:channelsExcept', { channels });
  return ids.length === 0
    ? text('settings:channelsNone')
    : text('settings:channelsOnly', { channels });
}

function limitsText(limits: Of<'limits'>): TextValue {
  const { maxSeconds, maxResolution, confirmAbove } = limits;
  return {
    parts: [
      maxSeconds === undefined
        ? text('settings:anyLength')
        : text('settings:maxSeconds', { seconds: maxSeconds }),
      maxResolution === undefined
        ? text('settings:anyResolution')
        : text('settings:maxResolution', { resolution: maxResolution }),
      confirmAbove === undefined
        ? text('settings:neverConfirmed')
        : text('settings:confirmedAbove', { credits: credits(confirmAbove) }),
    ],
  };
}

function defaultsText(defaults: Of<'defaults'>): TextValue {
  const { resolution, ratio, length } = defaults;
  const { isCameraFixed, hasAudio, hasWatermark, isDraft, isEconomy } = defaults;
  const parts = [
    modelText(defaults),
    resolution,
    ratio,
    length === undefined ? undefined : describeLength(length),
    switchText(isCameraFixed, 'settings:cameraFixed', 'settings:cameraMoving'),
    switchText(hasAudio, 'settings:sound', 'settings:silent'),
    switchText(hasWatermark, 'settings:watermark', 'settings:noWatermark'),
    switchText(isDraft, 'settings:draft', 'settings:noDraft'),
    switchText(isEconomy, 'settings:economy', 'settings:noEconomy'),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? text('settings:defaultsUsual') : { parts };
}

function modelText({ model, isModelOffered }: Of<'defaults'>): TextValue | undefined {
  if (model === undefined || isModelOffered === true) return model;
  return text('settings:modelGone', { model });
}

function switchText(value: boolean | undefined, on: TextKey, off: TextKey): Text | undefined {
  if (value === undefined) return undefined;
  return text(value ? on : off);
}

function wordsText({ words }: Of<'words'>): Text {
  if (words.length === 0) return text('settings:wordsNone');
  return text('settings:wordsRefused', { words: quotable(words.join(', '), MAX_WORDS_SHOWN) });
}
