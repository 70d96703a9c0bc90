/** The texts of each command in Discord: in every language, within Discord’s limits. */
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { loadCommands } from '#src/discord/command-loader.ts';

/** Discord developer docs, Application Commands: 1 to 100 characters each. */
const MAX_LENGTH = 100;
/** Choices that are the same in every language, such as `720p` and `16:9`. */
const FIGURES = /^\d+(?:p|:\d+)$/;
const HAS_CHINESE = /\p{Script=Han}/u;
/** Languages have their own names. */
const SAME_IN_CHINESE = ['English'];

interface Shown {
  readonly path: string;
  readonly english: string;
  readonly chinese: string | null | undefined;
}

interface Named {
  readonly name: string;
  readonly description?: string;
  readonly description_localizations?: Readonly<Record<string, string | null>> | null;
  readonly options?: readonly Named[];
  readonly choices?: readonly Choice[];
}

interface Choice {
  readonly name: string;
  readonly name_localizations?: Readonly<Record<string, string | null>> | null;
}

function shownIn(named: Named, parent = ''): Shown[] {
  const path = `${parent}/${named.name}`;
  const { description, description_localizations: localizations } = named;
  const own =
    description === undefined
      ? []
      : [{ path, english: description, chinese: localizations?.['zh-CN'] }];
  const choices = (named.choices ?? [])
    .filter(({ name }) => !FIGURES.test(name))
    .map(({ name, name_localizations: names }) => ({
      path: `${path}=${name}`,
      english: name,
      chinese: names?.['zh-CN'],
    }));
  return [...own, ...choices, ...(named.options ?? []).flatMap((each) => shownIn(each, path))];
}

async function everythingShown(): Promise<Shown[]> {
  const folder = fileURLToPath(new URL('../../../commands', import.meta.url));
  const commands = [...(await loadCommands(folder)).values()];
  return commands.flatMap(({ data }) => {
    const named: Named = JSON.parse(JSON.stringify(data));
    return shownIn(named);
  });
}

test('every description and choice of every command is shown in Chinese too', async () => {
  const shown = await everythingShown();

  const untranslated = shown.filter(
    ({ english, chinese }) =>
      !SAME_IN_CHINESE.includes(english) && !HAS_CHINESE.test(chinese ?? ''),
  );
  expect(shown.length).toBeGreaterThan(90);
  expect(untranslated).toEqual([]);
});

test('every description and choice has a length that Discord accepts', async () => {
  const tooLong = (await everythingShown()).filter(({ english, chinese }) =>
    [english, chinese ?? ''].some((shown) => shown.length < 1 || shown.length > MAX_LENGTH),
  );

  expect(tooLong).toEqual([]);
});
