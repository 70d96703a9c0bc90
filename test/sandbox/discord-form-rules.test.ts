import { expect, test } from 'vitest';

import {
  form,
  group,
  input,
  label,
  options,
  radio,
  select,
  upload,
} from './discord-form-fields.ts';
import { button, row, text, useScene } from './discord-scene.ts';
import { codeOf, interactionEvent } from './discord-wire.ts';

const scene = useScene();

const refused: readonly (readonly [name: string, callback: unknown, detail: string])[] = [
  ['a title over 45 characters', form([label(input())], { title: 't'.repeat(46) }), 'title'],
  ['no title', form([label(input())], { title: '' }), 'title'],
  ['a custom id over 100 characters', form([label(input())], { custom_id: 'c'.repeat(101) }), ''],
  ['no components', form([]), 'components'],
  ['six components', form(options(6).map(({ value }) => label(input({ custom_id: value })))), '5'],
  ['a button', form([row(button('a'))]), 'UNION_TYPE_CHOICES'],
  ['a text input outside a label', form([input()]), 'UNION_TYPE_CHOICES'],
  ['a label without text', form([label(input(), { label: '' })]), 'label'],
  ['a label over 45 characters', form([label(input(), { label: 'l'.repeat(46) })]), 'label'],
  ['a description over 100', form([label(input(), { description: 'd'.repeat(101) })]), ''],
  ['an empty label', form([{ type: 18, label: 'a' }]), 'component'],
  ['a text display in a label', form([label(text('a'))]), ''],
  ['an empty text display', form([text(''), label(input())]), 'content'],
  ['two fields of one custom id', form([label(input()), label(input())]), 'DUPLICATED'],
  ['an empty custom id', form([label(input({ custom_id: '' }))]), 'custom_id'],
  ['a text input of no style', form([label(input({ style: 3 }))]), 'style'],
  ['a maximum length over 4000', form([label(input({ max_length: 4001 }))]), 'max_length'],
  ['a maximum length of 0', form([label(input({ max_length: 0 }))]), 'max_length'],
  ['a minimum over the maximum', form([label(input({ min_length: 5, max_length: 4 }))]), 'min_'],
  ['a value over the maximum', form([label(input({ value: 'abc', max_length: 2 }))]), 'value'],
  ['a value over 4000 characters', form([label(input({ value: 'v'.repeat(4001) }))]), 'value'],
  ['a placeholder over 100', form([label(input({ placeholder: 'p'.repeat(101) }))]), 'placeh'],
  ['a select of none', form([label(select({ options: [] }))]), 'options'],
  ['a select of 26', form([label(select({ options: options(26) }))]), 'options'],
  [
    'two options of one value',
    form([label(select({ options: [...options(2), ...options(1)] }))]),
    'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
  ],
  [
    'an option label over 100 characters',
    form([label(select({ options: [{ label: 'l'.repeat(101), value: 'v' }] }))]),
    'label',
  ],
  [
    'a required select that may stay empty',
    form([label(select({ min_values: 0 }))]),
    'SELECT_COMPONENT_REQUIRED_ZERO_MIN_VALUES',
  ],
  ['a select for more than 25', form([label(select({ max_values: 26 }))]), 'max_values'],
  ['a disabled select', form([label(select({ disabled: true }))]), 'disabled'],
  [
    'more chosen beforehand than may be',
    form([label(select({ options: options(2).map((one) => ({ ...one, default: true })) }))]),
    'options',
  ],
  ['a radio group of one', form([label(radio({ options: options(1) }))]), 'options'],
  ['a radio group of eleven', form([label(radio({ options: options(11) }))]), 'options'],
  ['a checkbox group of eleven', form([label(group({ options: options(11) }))]), 'options'],
  ['an upload of eleven', form([label(upload({ max_values: 11 }))]), 'max_values'],
  ['a required upload of none', form([label(upload({ min_values: 0 }))]), 'min_values'],
  ['an unknown file type', form([label(upload({ file_types: ['png'] }))]), 'file_types'],
];

test.for(refused)('Discord refuses a form with %s', async ([, callback, detail]) => {
  const { asked, call, discord } = scene();
  const { callback: path, reply } = await asked();

  const answer = await call(`POST ${path}`, { json: callback });

  expect([answer.status, codeOf(answer)]).toEqual([400, 50_035]);
  const isBySchema = discord.schemaFaults.length > 0;
  expect(JSON.stringify(answer.body)).toContain(isBySchema ? 'OPENAPI_SCHEMA_MISMATCH' : detail);
  expect(reply.form).toBeUndefined();
});

test('a form at the limits is accepted', async () => {
  const { reply } = await scene().answered(
    form(
      [
        label(input({ max_length: 4000, value: 'v'.repeat(4000) }), { label: 'l'.repeat(45) }),
        label(select({ options: options(25), max_values: 25 })),
        label(radio({ options: options(10) })),
        label(upload({ min_values: 0, max_values: 10, required: false })),
        text('t'.repeat(4000)),
      ],
      { title: 't'.repeat(45) },
    ),
  );

  expect(reply.form?.fields.map(({ kind }) => kind)).toEqual(['text', 'select', 'radio', 'files']);
});

test('a form must be the first response: not after a defer, and not to a form', async () => {
  const { answered, alice, gateway, call } = scene();
  const callback = form([label(input())]);
  const deferred = await answered({ type: 5 });
  const { reply } = await answered(callback);
  const sent = alice.submits(reply, { prompt: 'x' });
  const { id, token } = await interactionEvent(gateway, sent.interactionId);

  const afterDefer = await call(`POST ${deferred.callback}`, { json: callback });
  const afterForm = await call(`POST /interactions/${id}/${token}/callback`, { json: callback });

  expect(codeOf(afterDefer)).toBe(40_060);
  expect([afterForm.status, codeOf(afterForm)]).toEqual([400, 50_035]);
  expect(sent.form).toBeUndefined();
});
