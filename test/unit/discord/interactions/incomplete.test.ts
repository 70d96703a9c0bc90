/**
 * An option without its resolved value is refused, whatever its type: without it the command would do
 * something else.
 */
import {
  ApplicationCommandOptionType as Type,
  Collection,
  DiscordjsErrorCodes,
  DiscordjsTypeError,
  type CommandInteractionOption,
} from 'discord.js';
import { describe, expect, test } from 'vitest';

import { checkOptions, isIncomplete } from '#src/discord/interactions/incomplete.ts';
import { UserError } from '#src/errors.ts';

/** An option as discord.js returns it, from fields that Discord does not guarantee. */
function option(fields: Record<string, unknown>): CommandInteractionOption {
  const given: CommandInteractionOption = { name: 'given', type: Type.String, value: 'x' };
  return Object.assign(given, fields);
}

/** By its types, only the library itself can create one. */
const ofLibrary = (code: DiscordjsErrorCodes): unknown =>
  Reflect.construct(DiscordjsTypeError, [code]);

const WITHOUT: readonly [string, Record<string, unknown>][] = [
  ['a text without its value', { value: undefined }],
  ['a number that is null', { type: Type.Integer, value: null }],
  ['a switch without its value', { type: Type.Boolean, value: undefined }],
  ['a user that was not sent along', { type: Type.User, value: '7' }],
  ['a user that is null', { type: Type.User, value: '7', user: null }],
  ['a user without an id', { type: Type.User, value: '7', user: {} }],
  ['a role that was not sent along', { type: Type.Role, value: '7' }],
  ['a role that is another thing', { type: Type.Role, value: '7', user: { id: '7' } }],
  ['a channel that was not sent along', { type: Type.Channel, value: '7' }],
  ['a file that was not sent along', { type: Type.Attachment, value: '7' }],
  ['a file without its address', { type: Type.Attachment, value: '7', attachment: { id: '7' } }],
];

const WITH: readonly [string, Record<string, unknown>][] = [
  ['a text', {}],
  ['an empty text', { value: '' }],
  ['zero', { type: Type.Integer, value: 0 }],
  ['no', { type: Type.Boolean, value: false }],
  ['a user', { type: Type.User, value: '7', user: { id: '7' } }],
  ['a role', { type: Type.Role, value: '7', role: { id: '7' } }],
  ['a channel', { type: Type.Channel, value: '7', channel: { id: '7' } }],
  ['a file', { type: Type.Attachment, value: '7', attachment: { url: 'https://cdn.x/a.png' } }],
];

/** @param resolved the ids of users that Discord sent along */
function check(data: readonly CommandInteractionOption[], resolved: readonly string[] = []): void {
  const users = new Collection(resolved.map((id) => [id, {}]));
  checkOptions({ data, resolved: Reflect.construct(Object, [{ users }]) });
}

const within = (type: Type, options: readonly CommandInteractionOption[]) =>
  option({ name: 'group', type, value: undefined, options: [...options] });

describe('options', () => {
  test.each(WITHOUT)('options with %s are refused with the option’s name', (_what, fields) => {
    const all = [option({ name: 'sound' }), option(fields)];

    expect(() => check(all)).toThrow(UserError);
    expect(() => check(all)).toThrow('`given`');
  });

  test.each(WITH)('options with %s are complete', (_what, fields) => {
    expect(() => check([option(fields)])).not.toThrow();
  });

  test.each([Type.Subcommand, Type.SubcommandGroup] as const)(
    'options inside a subcommand or group are checked too (type %s)',
    (type) => {
      const user = option({ type: Type.User, value: '7' });

      expect(() => check([within(type, [option({})])])).not.toThrow();
      expect(() => check([within(type, [])])).not.toThrow();
      expect(() => check([option({ type, value: undefined })])).not.toThrow();
      expect(() => check([within(type, [option({}), user])])).toThrow('`given`');
    },
  );

  test.each([
    ['without the option that names a user', [option({})]],
    ['without any', []],
  ])('options %s, while Discord sent the user along, are refused', (_what, data) => {
    expect(() => check(data, ['7'])).toThrow('Nothing was changed');
  });

  test('options with a user and a text that mentions others are complete', () => {
    const user = option({ type: Type.User, value: '7', user: { id: '7' } });
    const text = option({ value: '<@8> and <@!9> dance with <@&10> in <#11>' });

    expect(() => check([user, text], ['7', '8', '9', '10', '11'])).not.toThrow();
    expect(() => check([user, text], ['7', '8', '9', '12'])).toThrow('Nothing was changed');
  });

  test.each(['@everyone', 'a'.repeat(33), '`x`', ''])(
    'an option whose name is invalid (%j) is refused without the name',
    (name) => {
      expect(() => check([option({ name, value: undefined })])).toThrow(
        'Discord did not send one of your options. Nothing was changed',
      );
    },
  );
});

describe('an error', () => {
  test.each([
    [DiscordjsErrorCodes.CommandInteractionOptionNotFound, true],
    [DiscordjsErrorCodes.CommandInteractionOptionEmpty, true],
    [DiscordjsErrorCodes.ModalSubmitInteractionFieldNotFound, true],
    [DiscordjsErrorCodes.AutocompleteInteractionOptionNoFocusedOption, true],
    [DiscordjsErrorCodes.InvalidType, false],
    [DiscordjsErrorCodes.GuildUncachedMe, false],
  ])('a library error with the code %s reports something missing: %s', (code, says) => {
    expect(isIncomplete(ofLibrary(code))).toBe(says);
  });

  test('an error of another kind never reports something missing', () => {
    const error = Object.assign(new Error('x'), { code: 'CommandInteractionOptionNotFound' });

    expect(isIncomplete(error)).toBe(false);
    expect(isIncomplete(undefined)).toBe(false);
  });
});
