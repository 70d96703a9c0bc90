/**
 * What Discord refuses when a bot opens a form. Sources: Discord developer docs, "Modal" and
 * "Component Reference"; the select menus' codes are those of discord-api-docs issue 7800 and of
 * responses that bots have logged.
 */
import { lengthFault, required } from '../components.ts';
import { fileTypeFaults } from '../file-types.ts';
import type { FieldFault } from '../rest/refusals.ts';
import {
  ACTION_ROW,
  FIELD,
  fieldKind,
  fieldsOf,
  isRequired,
  LABEL,
  TEXT_DISPLAY,
  type Field,
  type FieldOption,
  type Modal,
  type Row,
} from './modal-schema.ts';

const MAX_TITLE_LENGTH = 45;
const MAX_ROWS = 5;
const MAX_CUSTOM_ID_LENGTH = 100;
const MAX_LABEL_LENGTH = 45;
const MAX_DESCRIPTION_LENGTH = 100;
const MAX_TEXT_LENGTH = 4000;
const MAX_OPTION_LENGTH = 100;
const TEXT_STYLES: readonly number[] = [1, 2];
const MAX_TEXT_PLACEHOLDER_LENGTH = 100;
const MAX_SELECT_PLACEHOLDER_LENGTH = 150;
const MAX_SELECTED = 25;
const MAX_FILES = 10;
const OPTION_COUNT: Readonly<Record<number, readonly [number, number]>> = {
  [FIELD.select]: [1, 25],
  [FIELD.radio]: [2, 10],
  [FIELD.checkboxes]: [1, 10],
};

type Path = readonly (string | number)[];

/** Returns the faults of a form; `path` is its position in the request’s body. */
export function modalFaults(modal: Modal, path: Path): FieldFault[] {
  const here = [...path, 'components'];
  return [
    ...between(modal.custom_id, [1, MAX_CUSTOM_ID_LENGTH], [...path, 'custom_id']),
    ...between(modal.title, [1, MAX_TITLE_LENGTH], [...path, 'title']),
    ...between(modal.components, [1, MAX_ROWS], here),
    ...modal.components.flatMap((row, index) => rowFaults(row, [...here, index])),
    ...duplicateFaults(modal, here),
  ];
}

function rowFaults(row: Row, path: Path): FieldFault[] {
  switch (row.type) {
    case LABEL:
      return labelFaults(row, path);
    case TEXT_DISPLAY:
      return between(row.content, [1, MAX_TEXT_LENGTH], [...path, 'content']);
    case ACTION_ROW:
      return actionRowFaults(row, path);
    default:
      return [unionFault(path, [ACTION_ROW, TEXT_DISPLAY, LABEL])];
  }
}

function labelFaults(row: Row, path: Path): FieldFault[] {
  const field = row.component ?? undefined;
  const here = [...path, 'component'];
  return [
    ...between(row.label, [1, MAX_LABEL_LENGTH], [...path, 'label']),
    ...(typeof row.description === 'string'
      ? between(row.description, [1, MAX_DESCRIPTION_LENGTH], [...path, 'description'])
      : []),
    ...(field === undefined ? [required(here)] : fieldFaults(field, here)),
  ];
}

/** The old kind: one text input with its own label. */
function actionRowFaults(row: Row, path: Path): FieldFault[] {
  const here = [...path, 'components'];
  return [
    ...between(row.components, [1, 1], here),
    ...(row.components ?? []).flatMap((field, index) =>
      field.type === FIELD.text
        ? [
            ...between(field.label, [1, MAX_LABEL_LENGTH], [...here, index, 'label']),
            ...fieldFaults(field, [...here, index]),
          ]
        : [unionFault([...here, index], [FIELD.text])],
    ),
  ];
}

function fieldFaults(field: Field, path: Path): FieldFault[] {
  const kind = fieldKind(field.type);
  const customId = between(field.custom_id, [1, MAX_CUSTOM_ID_LENGTH], [...path, 'custom_id']);
  switch (kind) {
    case undefined:
      return [unionFault(path, Object.values(FIELD))];
    case 'text':
      return [...customId, ...textFaults(field, path)];
    case 'checkbox':
      return customId;
    case 'files':
      return [
        ...customId,
        ...boundFaults(field, MAX_FILES, path),
        ...fileTypeFaults(field.file_types ?? [], [...path, 'file_types']),
      ];
    default:
      return [...customId, ...choiceFaults(field, path)];
  }
}

function textFaults(field: Field, path: Path): FieldFault[] {
  const { min_length: min, max_length: max } = field;
  const longest = Math.min(max ?? MAX_TEXT_LENGTH, MAX_TEXT_LENGTH);
  return [
    ...(TEXT_STYLES.includes(field.style ?? 0) ? [] : [required([...path, 'style'])]),
    ...within(min, [0, MAX_TEXT_LENGTH], [...path, 'min_length']),
    ...within(max, [1, MAX_TEXT_LENGTH], [...path, 'max_length']),
    ...((min ?? 0) > longest ? [rangeFault([...path, 'min_length'], 0, longest)] : []),
    // A prefilled value beyond the limit could never be submitted.
    ...between(field.value ?? '', [0, longest], [...path, 'value']),
    ...between(field.placeholder ?? '', [0, MAX_TEXT_PLACEHOLDER_LENGTH], [...path, 'placeholder']),
  ];
}

/** Select menus, radio groups and checkbox groups. */
function choiceFaults(field: Field, path: Path): FieldFault[] {
  const [, max] = OPTION_COUNT[field.type] ?? [0, MAX_SELECTED];
  return [
    ...(field.type === FIELD.radio ? [] : boundFaults(field, max, path)),
    ...between(
      field.placeholder ?? '',
      [0, MAX_SELECT_PLACEHOLDER_LENGTH],
      [...path, 'placeholder'],
    ),
    ...(field.disabled === true
      ? [
          {
            path: [...path, 'disabled'],
            code: 'MODAL_COMPONENT_DISABLED',
            message: 'Modals cannot have disabled components',
          },
        ]
      : []),
    ...optionListFaults(field, [...path, 'options']),
  ];
}

function boundFaults(field: Field, max: number, path: Path): FieldFault[] {
  const { min_values: least, max_values: most } = field;
  const faults = [
    ...within(least, [0, max], [...path, 'min_values']),
    ...within(most, [1, max], [...path, 'max_values']),
  ];
  if (least === 0 && isRequired(field))
    faults.push({
      path: [...path, 'min_values'],
      code: 'SELECT_COMPONENT_REQUIRED_ZERO_MIN_VALUES',
      message: 'Select menus marked as required cannot have a min_values of 0',
    });
  if (least !== undefined && least !== null && most !== undefined && most !== null && least > most)
    faults.push(rangeFault([...path, 'min_values'], 0, most));
  return faults;
}

function optionListFaults(field: Field, path: Path): FieldFault[] {
  const count = OPTION_COUNT[field.type];
  if (count === undefined) return [];
  const options = field.options ?? [];
  const chosen = options.filter((option) => option.default === true).length;
  const most = field.max_values ?? (field.type === FIELD.checkboxes ? options.length : 1);
  return [
    ...between(options, count, path),
    ...options.flatMap((option, index) => optionFaults(option, [...path, index])),
    ...options.flatMap(({ value }, index) =>
      options.findIndex((other) => other.value === value) < index
        ? [
            {
              path: [...path, index],
              code: 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
              message: 'The specified option value is already used',
            },
          ]
        : [],
    ),
    ...(chosen > most ? [lengthFault([...path, 'default'], 0, most)] : []),
  ];
}

function optionFaults(option: FieldOption, path: Path): FieldFault[] {
  return [
    ...between(option.label, [1, MAX_OPTION_LENGTH], [...path, 'label']),
    ...between(option.value, [1, MAX_OPTION_LENGTH], [...path, 'value']),
    ...between(option.description ?? '', [0, MAX_OPTION_LENGTH], [...path, 'description']),
  ];
}

function duplicateFaults(modal: Modal, path: Path): FieldFault[] {
  const seen = new Set<string>();
  return modal.components.flatMap((row, index) =>
    fieldsOf(row).flatMap(({ custom_id: customId }) => {
      const isKnown = seen.has(customId);
      seen.add(customId);
      return isKnown
        ? [
            {
              path: [...path, index],
              code: 'COMPONENT_CUSTOM_ID_DUPLICATED',
              message: 'Component custom id cannot be duplicated',
            },
          ]
        : [];
    }),
  );
}

type Bounds = readonly [min: number, max: number];

/** Checks the length of a text or list. */
function between(
  what: string | readonly unknown[] | null | undefined,
  [min, max]: Bounds,
  path: Path,
): FieldFault[] {
  const length = what?.length ?? 0;
  return length >= min && length <= max ? [] : [lengthFault(path, min, max)];
}

/** Checks an optional number. */
function within(value: number | null | undefined, [min, max]: Bounds, path: Path): FieldFault[] {
  if (value === undefined || value === null) return [];
  return value >= min && value <= max ? [] : [rangeFault(path, min, max)];
}

function rangeFault(path: Path, min: number, max: number): FieldFault {
  return {
    path,
    code: 'NUMBER_TYPE_RANGE',
    message: `int value should be between ${min} and ${max}.`,
  };
}

function unionFault(path: Path, types: readonly number[]): FieldFault {
  return {
    path: [...path, 'type'],
    code: 'UNION_TYPE_CHOICES',
    message: `Value of field "type" must be one of (${types.join(', ')},).`,
  };
}
