/** An option that came without what it names is refused, whatever its type: to go on without it would do something else. */
import {
  ApplicationCommandOptionType as Type,
  DiscordjsErrorCodes,
  DiscordjsTypeError,
  type CommandInteractionOption,
} from 'discord.js';
import { describe, expect, test } from 'vitest';

import { checkOptions, isIncomplete } from '#src/discord/interactions/incomplete.ts';
import { UserError } from '#src/errors.ts';

/** As discord.js gives it, from fields that Discord need not have sent. */
function option(fields: Record<string, unknown>): CommandInteractionOption {
  const given: CommandInteractionOption = { name: 'given', type: Type.String, value: 'x' };
  return Object.assign(given, fields);
}

/** Only the library itself may make one, by its types. */
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

const within = (type: Type, options: readonly CommandInteractionOption[]) =>
  option({ name: 'group', type, value: undefined, options: [...options] });

describe('options', () => {
  test.each(WITHOUT)('with %s are refused by the name of the option', (_what, fields) => {
    const all = [option({ name: 'sound' }), option(fields)];

    expect(() => checkOptions(all)).toThrow(UserError);
    expect(() => checkOptions(all)).toThrow('`given`');
  });

  test.each(WITH)('with %s are whole', (_what, fields) => {
    expect(() => checkOptions([option(fields)])).not.toThrow();
  });

  test.each([Type.Subcommand, Type.SubcommandGroup] as const)(
    'inside a subcommand or a group of them are looked at too (type %s)',
    (type) => {
      const user = option({ type: Type.User, value: '7' });

      expect(() => checkOptions([within(type, [option({})])])).not.toThrow();
      expect(() => checkOptions([within(type, [])])).not.toThrow();
      expect(() => checkOptions([option({ type, value: undefined })])).not.toThrow();
      expect(() => checkOptions([within(type, [option({}), user])])).toThrow('`given`');
    },
  );

  test.each(['@everyone', 'a'.repeat(33), '`x`', ''])(
    'whose name is no name (%j) are refused without it',
    (name) => {
      expect(() => checkOptions([option({ name, value: undefined })])).toThrow(
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
  ])('of the library with the code %s says that something is missing: %s', (code, says) => {
    expect(isIncomplete(ofLibrary(code))).toBe(says);
  });

  test('of another kind does not, whatever it says', () => {
    const error = Object.assign(new Error('x'), { code: 'CommandInteractionOptionNotFound' });

    expect(isIncomplete(error)).toBe(false);
    expect(isIncomplete(undefined)).toBe(false);
  });
});
