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
const PLACEHOLDER = /\{\{(\w+)[^}]*\}\}/g;

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
  const values = exampleValues({ locale: 'en-US', nowMs: 0 });
  return placeholdersOf(key).filter((name) => values[name] === undefined);
}

function sentence(key: TextKey, setting: Setting): Example {
  const values = exampleValues(setting);
  const own = placeholdersOf(key).map((name): [string, TextValue] => [name, values[name] ?? name]);
  const words = translate(setting.locale, text(key, Object.fromEntries(own)));
  return { title: key, isForThemAlone: true, body: { components: paragraphs([words]) } };
}

function placeholdersOf(key: TextKey): string[] {
  const all = templatesOf(key).flatMap((template) => [...template.matchAll(PLACEHOLDER)]);
  return [...new Set(all.flatMap(([, name]) => name ?? []))];
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
    at: timestamp(nowMs + 23 * HOUR),
    before: 41,
    ceiling: 1_000,
    channels: `<#${EXAMPLE_IDS.channel}>`,
    cost: credits(117),
    count: 3,
    credits: credits(39),
    days: 7,
    file,
    finals: '1080p',
    first: '1280 × 720',
    flags: '--stylize 250 --tile',
    from: '2026-11-01',
    granted: 200,
    has: 900,
    have: credits(500),
    height: 240,
    held: credits(41),
    kind: text('media:kindPdf'),
    last: '720 × 1280',
    least: 300,
    left: credits(12),
    length: '12 s',
    limit: credits(500),
    limits: text('credits:atOnce', { most: 2, rule: text('quota:ruleMemberOwn') }),
    link: '[Download it](https://videos.example/boat.mp4)',
    longest: 15,
    max: 1_000_000,
    megabytes: 2_000,
    member: `<@${EXAMPLE_IDS.member}>`,
    min: 1,
    model: '2.0-mini',
    models: { anyOf: ['2.0-mini', '2.0', '2.5'] },
    most: 30,
    name: 'boat.pdf',
    number: 2,
    option: 'first_frame',
    perDay: 30,
    played: 5,
    position: 2,
    price: credits(39),
    rate: 12,
    ratio: '16:9',
    reason: text('quota:blockedOpen'),
    reasons: { clauses: ['2.0-mini', '2.5'] },
    reference: 'V1StGXR8_Z5j',
    refusals: 5,
    replaced: '1.5-pro',
    request: '2.0-mini, 720p, 16:9, 5 s',
    resets: timestamp(nowMs + 3 * DAY),
    resolution: '1080p',
    role: `<@&${EXAMPLE_IDS.role}>`,
    rule: text('quota:ruleServerDefault'),
    seconds: 5,
    seed: '20261121',
    since: timestamp(nowMs - 2 * MINUTE),
    size: '12.4',
    to: '2026-11-30',
    type: 'image/gif',
    types: { anyOf: ['JPEG', 'PNG', 'WebP'] },
    until: timestamp(nowMs + 2 * HOUR),
    used: credits(447),
    usual: '2.0-mini, 720p, 5 s',
    what: text('credits:settled'),
    where: `https://discord.com/channels/${EXAMPLE_IDS.guild}/${EXAMPLE_IDS.channel}/${EXAMPLE_IDS.message}`,
    whose: text('credits:you'),
    width: 320,
  };
}
