/**
 * The rules for message components that Discord’s OpenAPI file does not contain. Sources: Discord
 * developer docs, "Component Reference" and "Using Message Components"; the error codes are those in
 * Discord’s responses.
 */
import { COMPONENT, mediaOf, walkComponents, type Component } from './component-schema.ts';
import type { FieldFault } from './rest/refusals.ts';

/** Discord developer docs, "Using Message Components": up to 40 components, nested ones counted. */
const MAX_COMPONENTS = 40;
/** discord.js guide, "Display Components": over all text displays of a message together. */
const MAX_TEXT_LENGTH = 4000;
const MAX_LEGACY_ROWS = 5;
const MAX_ROW_BUTTONS = 5;
const MAX_SECTION_TEXTS = 3;
const MAX_GALLERY_ITEMS = 10;
const MAX_CUSTOM_ID_LENGTH = 100;
const MAX_LABEL_LENGTH = 80;
const MAX_URL_LENGTH = 512;

const BUTTON_STYLE = { link: 5, premium: 6 } as const;
const TOP_LEVEL: readonly number[] = [1, 9, 10, 12, 13, 14, 17];
const IN_CONTAINER: readonly number[] = [1, 9, 10, 12, 13, 14];
const IN_ROW: readonly number[] = [2, 3, 5, 6, 7, 8];

type Path = readonly (string | number)[];

/** Returns the faults of a message’s components; `path` is their position in the request’s body. */
export function componentFaults(
  components: readonly Component[],
  { isV2, path }: { isV2: boolean; path: Path },
): FieldFault[] {
  return [
    ...topLevelFaults(components, isV2, path),
    ...totalFaults(components, path),
    ...customIdFaults(components, path),
    ...[...walkComponents(components, path)].flatMap(({ component, path: here }) =>
      ownFaults(component, here),
    ),
  ];
}

function topLevelFaults(components: readonly Component[], isV2: boolean, path: Path): FieldFault[] {
  const allowed = isV2 ? TOP_LEVEL : [COMPONENT.actionRow];
  const faults = typeFaults(components, allowed, path);
  if (!isV2 && components.length > MAX_LEGACY_ROWS)
    faults.push(lengthFault(path, 0, MAX_LEGACY_ROWS));
  return faults;
}

function typeFaults(components: readonly Component[], allowed: readonly number[], path: Path) {
  const faults: FieldFault[] = [];
  for (const [index, component] of components.entries()) {
    if (allowed.includes(component.type)) continue;
    faults.push({
      path: [...path, index],
      code: 'UNION_TYPE_CHOICES',
      message: `Value of field "type" must be one of (${allowed.join(', ')},).`,
    });
  }
  return faults;
}

function totalFaults(components: readonly Component[], path: Path): FieldFault[] {
  const all = [...walkComponents(components)].map(({ component }) => component);
  const faults: FieldFault[] = [];
  if (all.length > MAX_COMPONENTS)
    faults.push({
      path,
      code: 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
      message: `Total number of components exceeds ${MAX_COMPONENTS}`,
    });
  const textLength = all
    .filter((component) => component.type === COMPONENT.textDisplay)
    .reduce((sum, component) => sum + (component.content ?? '').length, 0);
  if (textLength > MAX_TEXT_LENGTH)
    faults.push({
      path,
      code: 'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
      message: `Components displayable text size exceeds maximum size of ${MAX_TEXT_LENGTH}`,
    });
  return faults;
}

function customIdFaults(components: readonly Component[], path: Path): FieldFault[] {
  const seen = new Set<string>();
  const faults: FieldFault[] = [];
  for (const { component, path: here } of walkComponents(components, path)) {
    const customId = component.custom_id;
    if (customId === undefined) continue;
    if (customId.length === 0 || customId.length > MAX_CUSTOM_ID_LENGTH)
      faults.push(lengthFault([...here, 'custom_id'], 1, MAX_CUSTOM_ID_LENGTH));
    if (seen.has(customId))
      faults.push({
        path: [...here, 'custom_id'],
        code: 'COMPONENT_CUSTOM_ID_DUPLICATED',
        message: 'Component custom id cannot be duplicated',
      });
    seen.add(customId);
  }
  return faults;
}

function ownFaults(component: Component, path: Path): FieldFault[] {
  switch (component.type) {
    case COMPONENT.actionRow:
      return rowFaults(component, path);
    case COMPONENT.button:
      return buttonFaults(component, path);
    case COMPONENT.section:
      return sectionFaults(component, path);
    case COMPONENT.textDisplay:
      return textFaults(component, path);
    case COMPONENT.mediaGallery:
      return [
        ...countFaults(component.items?.length, [1, MAX_GALLERY_ITEMS], [...path, 'items']),
        ...mediaFaults(component, path),
      ];
    case COMPONENT.thumbnail:
    case COMPONENT.file:
      return mediaFaults(component, path);
    case COMPONENT.container:
      return typeFaults(component.components ?? [], IN_CONTAINER, [...path, 'components']);
    default:
      return [];
  }
}

function rowFaults(row: Component, path: Path): FieldFault[] {
  const children = row.components ?? [];
  const here = [...path, 'components'];
  const isOnlyButtons = children.every((child) => child.type === COMPONENT.button);
  return [
    ...typeFaults(children, IN_ROW, here),
    ...countFaults(children.length, [1, isOnlyButtons ? MAX_ROW_BUTTONS : 1], here),
  ];
}

function buttonFaults(button: Component, path: Path): FieldFault[] {
  const style = button.style ?? 0;
  const label = button.label ?? '';
  const hasFace = label !== '' || button['emoji'] !== undefined;
  const faults = style === BUTTON_STYLE.link ? linkFaults(button, path) : pressFaults(button, path);
  if (style < 1 || style > BUTTON_STYLE.premium) faults.push(required([...path, 'style']));
  if (style !== BUTTON_STYLE.premium && !hasFace)
    faults.push(invalidComponent(path, 'A button must have a label or an emoji'));
  if (label.length > MAX_LABEL_LENGTH)
    faults.push(lengthFault([...path, 'label'], 0, MAX_LABEL_LENGTH));
  return faults;
}

function linkFaults({ url, custom_id: customId }: Component, path: Path): FieldFault[] {
  const faults = countFaults((url ?? '').length, [1, MAX_URL_LENGTH], [...path, 'url']);
  if (customId !== undefined)
    faults.push(invalidComponent(path, 'custom_id and url are mutually exclusive'));
  return faults;
}

function pressFaults({ style, url, custom_id: customId }: Component, path: Path): FieldFault[] {
  const faults: FieldFault[] = [];
  if (customId === undefined && style !== BUTTON_STYLE.premium)
    faults.push(required([...path, 'custom_id']));
  if (typeof url === 'string') faults.push(invalidComponent(path, 'Only link buttons have a url'));
  return faults;
}

function sectionFaults(section: Component, path: Path): FieldFault[] {
  const children = section.components ?? [];
  const accessory = section.accessory;
  return [
    ...typeFaults(children, [COMPONENT.textDisplay], [...path, 'components']),
    ...countFaults(children.length, [1, MAX_SECTION_TEXTS], [...path, 'components']),
    ...(accessory === undefined ||
    ![COMPONENT.button, COMPONENT.thumbnail].some((type) => type === accessory.type)
      ? [required([...path, 'accessory'])]
      : []),
  ];
}

function textFaults(text: Component, path: Path): FieldFault[] {
  const length = text.content?.length ?? 0;
  return length >= 1 && length <= MAX_TEXT_LENGTH
    ? []
    : [lengthFault([...path, 'content'], 1, MAX_TEXT_LENGTH)];
}

/** A file component accepts only `attachment://`; the others also accept a web address. */
function mediaFaults(component: Component, path: Path): FieldFault[] {
  const schemes = component.type === COMPONENT.file ? /^attachment:\/\// : /^(attachment|https?):/;
  return mediaOf(component)
    .filter(({ media }) => !schemes.test(media.url) && media.fileId === undefined)
    .map(({ path: below }) => ({
      path: [...path, ...below],
      code: 'URL_TYPE_INVALID_SCHEME',
      message: `Scheme must be one of (${component.type === COMPONENT.file ? "'attachment'," : "'http', 'https', 'attachment'"}).`,
    }));
}

function countFaults(count = 0, [min, max]: readonly [number, number], path: Path): FieldFault[] {
  return count >= min && count <= max ? [] : [lengthFault(path, min, max)];
}

/** Checks the length of a text or a list. */
export function lengthFault(path: Path, min: number, max: number): FieldFault {
  return {
    path,
    code: 'BASE_TYPE_BAD_LENGTH',
    message: `Must be between ${min} and ${max} in length.`,
  };
}

export function required(path: Path): FieldFault {
  return { path, code: 'BASE_TYPE_REQUIRED', message: 'This field is required' };
}

function invalidComponent(path: Path, message: string): FieldFault {
  return { path, code: 'COMPONENT_INVALID', message };
}
