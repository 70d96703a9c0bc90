/** A form as the member sees it. */
import {
  choiceBounds,
  FIELD,
  fieldKind,
  fieldsOf,
  isRequired,
  type Field,
  type FieldKind,
  type Modal,
  type Row,
} from './modal-schema.ts';

export interface FormOptionView {
  readonly label: string;
  readonly value: string;
  readonly description: string;
  readonly isDefault: boolean;
}

export interface FormFieldView {
  readonly kind: FieldKind;
  readonly customId: string;
  readonly label: string;
  readonly description: string;
  readonly isRequired: boolean;
  /** The prefilled value; empty for all but text inputs. */
  readonly value: string;
  readonly placeholder: string;
  /** For selects, radio groups and checkbox groups. */
  readonly options: readonly FormOptionView[];
  /** How many options or files may be chosen at most; 1 for fields that take one. */
  readonly maxValues: number;
}

export interface FormView {
  readonly customId: string;
  readonly title: string;
  readonly fields: readonly FormFieldView[];
  /** Text displays between the fields. */
  readonly texts: readonly string[];
}

export function viewForm(modal: Modal): FormView {
  return {
    customId: modal.custom_id,
    title: modal.title,
    fields: modal.components.flatMap((row) => fieldsOf(row).flatMap((one) => viewField(row, one))),
    texts: modal.components.flatMap(({ content }) => content ?? []),
  };
}

function viewField(row: Row, field: Field): FormFieldView[] {
  const kind = fieldKind(field.type);
  if (kind === undefined) return [];
  return [
    {
      kind,
      customId: field.custom_id,
      label: row.label ?? field.label ?? '',
      description: row.description ?? '',
      isRequired: field.type !== FIELD.checkbox && isRequired(field),
      value: field.value ?? '',
      placeholder: field.placeholder ?? '',
      options: (field.options ?? []).map((option) => ({
        label: option.label,
        value: option.value,
        description: option.description ?? '',
        isDefault: option.default ?? false,
      })),
      maxValues: choiceBounds(field).max,
    },
  ];
}
