import { describe, expect, test } from 'vitest';

import { OperatorError } from '#src/errors.ts';
import { readArguments } from '#src/operator/vendor-ledger-arguments.ts';

const show = { do: 'show', vendor: undefined, jobId: undefined, month: undefined } as const;

describe('the arguments of the vendor-ledger command', () => {
  test.each([
    [['show'], show],
    [['show', '--vendor', 'byteplus'], { ...show, vendor: 'byteplus' }],
    [['show', '--job=#4f8x', '--month', '2026-10'], { ...show, jobId: '4f8x', month: '2026-10' }],
    [
      ['correct', '#4f8x', '0', '--note', 'never invoiced'],
      { do: 'correct', id: '4f8x', credits: 0, note: 'never invoiced' },
    ],
    [
      ['correct', '--note=-5 % by the invoice', 's1', '1000000000'],
      { do: 'correct', id: 's1', credits: 1_000_000_000, note: '-5 % by the invoice' },
    ],
    [['--help'], { do: 'help' }],
    [['correct', '-h'], { do: 'help' }],
  ])('the arguments %j are understood', (words, command) => {
    expect(readArguments(words)).toEqual(command);
  });

  test.each([
    [[], 'Missing command'],
    [['fix'], 'Unknown command "fix"'],
    [['show', 'job1'], 'use --job job1'],
    [
      ['show', '--vendor', 'bytplus'],
      'Unknown vendor "bytplus". Known vendors: byteplus, volcengine',
    ],
    [['show', '--month', '2026-13'], '--month must be a month such as 2026-11'],
    [['show', '--month', 'november'], '--month must be a month'],
    [['show', '--note', 'x'], "Unknown option '--note'"],
    [['show', '--job'], 'argument missing'],
    [['correct'], 'needs the id'],
    [['correct', 's1'], 'needs the id'],
    [['correct', 's1', '5'], 'needs a reason'],
    [['correct', 's1', '-5', '--note', 'x'], 'CREDITS must be a whole number from 0'],
    [['correct', 's1', '1.5', '--note', 'x'], 'CREDITS must be a whole number from 0'],
    [['correct', 's1', '1e3', '--note', 'x'], 'CREDITS must be a whole number from 0'],
    [['correct', 's1', '$5', '--note', 'x'], 'CREDITS must be a whole number from 0'],
    [['correct', 's1', '1000000001', '--note', 'x'], 'CREDITS must be a whole number from 0'],
    [['correct', 's1', '5', '--note', 'invoice', '4711'], 'Put the whole note in quotes'],
  ])('the arguments %j are refused in one sentence', (words, says) => {
    const read = () => readArguments(words);

    expect(read).toThrow(OperatorError);
    expect(read).toThrow(says);
    expect(read).not.toThrow(/\n/);
  });
});
