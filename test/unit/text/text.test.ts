import { describe, expect, test } from 'vitest';

import { closestLocale } from '../../../src/text/locales.ts';
import { inWords, text, translate } from '../../../src/text/text.ts';

describe('translate', () => {
  test('a plural form follows the language, and thousands are separated', () => {
    expect(translate('en-US', text('common:credits', { count: 1 }))).toBe('1 credit');
    expect(translate('en-US', text('common:credits', { count: 1_200 }))).toBe('1,200 credits');
    expect(translate('zh-CN', text('common:credits', { count: 1 }))).toBe('1 积分');
  });

  test('placeholders and references in an external value are unchanged', () => {
    const reference = '{{reference}} $t(errors:directMessage)';
    expect(translate('en-US', text('errors:unexpected', { reference }))).toContain(reference);
  });

  test('values are not escaped as HTML', () => {
    expect(translate('en-US', text('errors:unexpected', { reference: `<&'"` }))).toContain(`<&'"`);
  });
});

describe('inWords', () => {
  test('lists are joined as in the language', () => {
    const credits = [1, 2].map((count) => text('common:credits', { count }));
    expect(inWords('en-US', { anyOf: ['a', 'b', 'c'] })).toBe('a, b, or c');
    expect(inWords('zh-CN', { allOf: ['a', 'b', 'c'] })).toBe('a、b 和 c');
    expect(inWords('zh-CN', { anyOf: ['首帧', '尾帧'] })).toBe('首帧或尾帧');
    expect(inWords('zh-CN', { anyOf: ['720p', '其他'] })).toBe('720p 或其他');
    expect(inWords('zh-CN', { allOf: ['<#1>', '<#2>'] })).toBe('<#1> 和 <#2>');
    expect(inWords('zh-CN', { clauses: credits })).toBe('1 积分；2 积分');
    expect(inWords('en-US', { sentences: ['One.', 'Two.'] })).toBe('One. Two.');
  });
});

test('Chinese locales are answered in Chinese, and all others in English', () => {
  const locales = ['zh-CN', 'zh-TW', 'en-GB', 'de', null, undefined].map(closestLocale);
  expect(locales).toEqual(['zh-CN', 'zh-CN', 'en-US', 'en-US', 'en-US', 'en-US']);
});
