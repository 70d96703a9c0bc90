/** Every sentence of `locales/` as an ephemeral reply, with example values. */
import { DAY, HOUR, MINUTE } from '../../src/clock.ts';
import { paragraphs } from '../../src/discord/interactions/reply.ts';
import { timestamp } from '../../src/discord/text.ts';
import { credits } from '../../src/text/credits.ts';
import { RESOURCES, type Namespace, type TextKey } from '../../src/text/resources.ts';
import { text, translate, type TextValue, type TextValues } from '../../src/text/text.ts';
import { EXAMPLE_IDS, type Setting } from './example-job.ts';
import type { Example, ExampleGroup } from './examples.ts';

/** Sentences that are never a message: descriptions of commands, and amounts inside sentences. */
const NO_MESSAGES: readonly Namespace[] = ['commands', 'common'];
const PLACEHOLDER = /\{\{(\w+)(?:, (\w+))?\}\}/g;
/** For a placeholder that is written as a number, whatever its name. */
const ANY_NUMBER = 12;

/** A group for each subject, of the sentences for which `isWanted` is true. */
export function sentenceGroups(
  setting: Setting,
  isWanted: (key: TextKey) => boolean = () => true,
): ExampleGroup[] {
  return [...Map.groupBy(sentenceKeys().filter(isWanted), namespaceOf)].map(([name, keys]) => ({
    id: `sentences-${name}`,
    title: `Sentences: ${name}`,
    examples: keys.map((key) => sentence(key, setting)),
  }));
}

/** The keys of all sentences that can be a message or a part of one. */
export function sentenceKeys(): TextKey[] {
  const namespaces = Object.entries(RESOURCES['en-US']);
  return namespaces.flatMap(([name, sentences]) => {
    if (NO_MESSAGES.some((other) => other === name)) return [];
    const bases = Object.keys(sentences).map((key) => key.replace(/_(one|other)$/, ''));
    return [...new Set(bases)].map((base) => `${name}:${base}`).filter(isTextKey);
  });
}

/** Returns the English words of a sentence, in each of its plural forms. */
export function templatesOf(key: TextKey): string[] {
  const [name, base = ''] = key.split(':');
  const sentences = Object.entries(RESOURCES['en-US']).find(([other]) => other === name)?.[1] ?? {};
  return [base, `${base}_one`, `${base}_other`].flatMap((form) => sentences[form] ?? []);
}

/** Returns the placeholders of a sentence that have no example value. */
export function placeholdersWithoutExample(key: TextKey): string[] {
  const values = valuesFor(key, { locale: 'en-US', nowMs: 0 });
  return Object.keys(values).filter((name) => values[name] === undefined);
}

function sentence(key: TextKey, setting: Setting): Example {
  const values = Object.entries(valuesFor(key, setting)).map(([name, value]) => [
    name,
    value ?? name,
  ]);
  const words = translate(setting.locale, text(key, Object.fromEntries(values)));
  return { title: key, isForThemAlone: true, body: { components: paragraphs([words]) } };
}

/** An example for each placeholder; undefined where there is none. */
function valuesFor(key: TextKey, setting: Setting): Record<string, TextValue | undefined> {
  const values = exampleValues(setting);
  const all = templatesOf(key).flatMap((template) => [...template.matchAll(PLACEHOLDER)]);
  const named = all.map(([, name = '', format]): [string, TextValue | undefined] => {
    const value = values[name];
    const isUsable = format !== 'number' || typeof value === 'number';
    return [name, isUsable ? value : ANY_NUMBER];
  });
  // A plural form is chosen by the count, also where the sentence does not say it.
  return { count: values['count'], ...Object.fromEntries(named) };
}

function namespaceOf(key: TextKey): string {
  return key.split(':')[0] ?? key;
}

function isTextKey(key: string): key is TextKey {
  const [name, base = ''] = key.split(':');
  const sentences = Object.entries(RESOURCES['en-US']).find(([other]) => other === name)?.[1] ?? {};
  return [base, `${base}_other`].some((form) => sentences[form] !== undefined);
}

/** A value for each placeholder, as the code that passes it would choose. */
function exampleValues({ nowMs }: Pick<Setting, 'nowMs' | 'locale'>): TextValues {
  const file = text('media:referenceImageNumber', { number: 2 });
  return {
    above: credits(100),
    actor: `<@${EXAMPLE_IDS.member}>`,
    after: credits(200),
    again: timestamp(nowMs + 2 * MINUTE),
    asked: '1080p',
    at: timestamp(nowMs + 23 * HOUR),
    before: 41,
    can: '480p, 720p',
    ceiling: 1_000,
    channel: `<#${EXAMPLE_IDS.channel}>`,
    channels: `<#${EXAMPLE_IDS.channel}>`,
    clip: text('media:referenceVideo'),
    cost: credits(117),
    count: 3,
    credits: credits(39),
    days: 7,
    draft: '480p',
    excess: 3,
    facts: '4–15 s',
    file,
    finals: '1080p',
    first: '1280 × 720',
    fix: '720p',
    flag: '--duration',
    flags: '--stylize 250 --tile',
    frames: 24,
    from: '2026-11-01',
    granted: 200,
    has: 900,
    have: credits(500),
    heading: '/quota server',
    height: 240,
    held: 41,
    invite: '[Discord](https://discord.com/oauth2/authorize)',
    kind: text('media:kindPdf'),
    last: '720 × 1280',
    least: 2,
    left: credits(12),
    length: '12 s',
    limit: credits(500),
    limits: text('credits:atOnce', { most: 2, rule: text('quota:ruleMemberOwn') }),
    lines: '- 2.0-mini',
    link: '[Download](https://videos.example/boat.mp4)',
    longest: 15,
    max: 1_000_000,
    megabytes: 2_000,
    member: `<@${EXAMPLE_IDS.member}>`,
    min: 1,
    mode: text('media:firstFrame'),
    model: '2.0-mini',
    models: { anyOf: ['2.0-mini', '2.0', '2.5'] },
    most: 30,
    name: 'boat.pdf',
    nearest: '1080p',
    needed: '5',
    note: 'Harbour festival',
    number: 2,
    one: '--duration 5',
    option: 'first_frame',
    options: { anyOf: ['480p', '720p', '1080p'] },
    other: 'duration:8',
    part: '/settings limits',
    percent: '80',
    perDay: 30,
    period: '2026-11',
    permissions: 'Attach Files',
    pixels: 8_847_360,
    played: 5,
    position: 2,
    price: credits(39),
    rate: 12,
    ratio: '16:9',
    reason: text('quota:blockedOpen'),
    reasons: { clauses: ['2.0-mini', '2.5'] },
    recheck: timestamp(nowMs + 23 * HOUR),
    reference: 'V1StGXR8_Z5j',
    refusals: 5,
    replaced: '1.5-pro',
    request: '2.0-mini, 720p, 16:9, 5 s',
    resets: timestamp(nowMs + 3 * DAY),
    resolution: '1080p',
    role: `<@&${EXAMPLE_IDS.role}>`,
    rule: text('quota:ruleServerDefault'),
    second: 33,
    seconds: 5,
    seed: '20261121',
    service: 'BytePlus ModelArk',
    since: timestamp(nowMs - 2 * MINUTE),
    size: '12.4',
    spendable: credits(12),
    state: credits(200),
    tally: credits(91),
    third: 37,
    timeZone: 'Europe/Berlin',
    to: '2026-11-30',
    type: 'image/gif',
    typed: '2.0 mni',
    types: { anyOf: ['JPEG', 'PNG', 'WebP'] },
    until: timestamp(nowMs + 2 * HOUR),
    used: credits(447),
    usual: '2.0-mini, 720p, 5 s',
    value: '5',
    what: text('credits:settled'),
    where: `https://discord.com/channels/${EXAMPLE_IDS.guild}/${EXAMPLE_IDS.channel}/${EXAMPLE_IDS.message}`,
    whose: text('credits:you'),
    width: 320,
    words: 'casino',
  };
}
