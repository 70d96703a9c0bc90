import { describe, expect, test } from 'vitest';

import { closestLocale } from '../../../src/text/locales.ts';
import { inWords, text, translate } from '../../../src/text/text.ts';

describe('translate', () => {
  test('selects the plural form of the language and separates thousands', () => {
    expect(translate('en-US', text('common:credits', { count: 1 }))).toBe('1 credit');
    expect(translate('en-US', text('common:credits', { count: 1_200 }))).toBe('1,200 credits');
    expect(translate('zh-CN', text('common:credits', { count: 1 }))).toBe('1 积分');
  });

  test('leaves placeholders and references in a value from outside as they are', () => {
    const reference = '{{reference}} $t(errors:directMessage)';
    expect(translate('en-US', text('errors:unexpected', { reference }))).toContain(reference);
  });

  test('shows no value as HTML', () => {
    expect(translate('en-US', text('errors:unexpected', { reference: `<&'"` }))).toContain(`<&'"`);
  });
});

describe('inWords', () => {
  test('joins lists as the language does', () => {
    const credits = [1, 2].map((count) => text('common:credits', { count }));
    expect(inWords('en-US', { anyOf: ['a', 'b', 'c'] })).toBe('a, b, or c');
    expect(inWords('zh-CN', { allOf: ['a', 'b', 'c'] })).toBe('a、b和c');
    expect(inWords('zh-CN', { clauses: credits })).toBe('1 积分；2 积分');
    expect(inWords('en-US', { sentences: ['One.', 'Two.'] })).toBe('One. Two.');
  });
});

test('Chinese locales are answered in Chinese, all others in English', () => {
  const locales = ['zh-CN', 'zh-TW', 'en-GB', 'de', null, undefined].map(closestLocale);
  expect(locales).toEqual(['zh-CN', 'zh-CN', 'en-US', 'en-US', 'en-US', 'en-US']);
});
