/** The fields of forms: text inputs, menus, radio groups, checkboxes, files. */
import {
  ComponentType,
  TextInputStyle,
  type APICheckboxGroupComponent,
  type APIComponentInLabel,
  type APIRadioGroupComponent,
  type APITextInputComponent,
} from 'discord-api-types/v10';
import { html, nothing, type TemplateResult } from 'lit-html';

import type { FormView } from '../protocol.ts';
import { acceptOf } from './composer/file-types.ts';
import { markdown } from './message/markdown.ts';
import type { MessageContext, Option } from './message/names.ts';

export type FormField = APIComponentInLabel;

interface Labelled {
  readonly field: FormField;
  readonly label: string;
  readonly description: string | undefined;
}

/** Draws everything of a form between its title and its buttons. */
export function drawFields({ components }: FormView, context: MessageContext): TemplateResult {
  return html`<div class="fields">
    ${components.map((row) => {
      if (row.type === ComponentType.TextDisplay) return markdown(row.content, context);
      if (row.type === ComponentType.Label)
        return drawField(context, {
          field: row.component,
          label: row.label,
          description: row.description,
        });
      return row.components.map((field) =>
        drawField(context, { field, label: field.label ?? '', description: undefined }),
      );
    })}
  </div>`;
}

function drawField(
  context: MessageContext,
  { field, label, description }: Labelled,
): TemplateResult {
  const id = `field-${field.custom_id}`;
  const isGroup =
    field.type === ComponentType.RadioGroup || field.type === ComponentType.CheckboxGroup;
  const isRequired = isRequiredField(field);
  const caption = html`${label}${isRequired ? html`<span class="required" aria-hidden="true"> *</span>` : nothing}`;
  const hint = description
    ? html`<span class="hint" id="${id}-hint">${description}</span>`
    : nothing;
  if (isGroup)
    return html`<fieldset class="field">
      <legend>${caption}</legend>
      ${hint}${drawInput(context, field, id)}
    </fieldset>`;
  return html`<div class="field">
    <label for=${id}>${caption}</label>${hint}${drawInput(context, field, id)}
  </div>`;
}

function drawTextInput(field: APITextInputComponent, id: string): TemplateResult {
  const { value = '', placeholder, min_length: min, max_length: max = 4000 } = field;
  const isRequired = field.required ?? true;
  return field.style === TextInputStyle.Paragraph
    ? html`<textarea
        id=${id}
        name=${field.custom_id}
        rows="4"
        maxlength=${max}
        minlength=${min ?? nothing}
        placeholder=${placeholder ?? nothing}
        ?required=${isRequired}
        .defaultValue=${value}
      ></textarea>`
    : html`<input
        id=${id}
        name=${field.custom_id}
        type="text"
        autocomplete="off"
        maxlength=${max}
        minlength=${min ?? nothing}
        placeholder=${placeholder ?? nothing}
        ?required=${isRequired}
        .defaultValue=${value}
      />`;
}

/** A browser can require one radio button, but not one checkbox of several. */
function drawChoices(
  field: APIRadioGroupComponent | APICheckboxGroupComponent,
  type: 'radio' | 'checkbox',
): TemplateResult {
  const isDemanded = type === 'radio' && (field.required ?? true);
  return html`${field.options.map(
    (option) =>
      html`<label class="choice">
        <input
          type=${type}
          name=${field.custom_id}
          value=${option.value}
          ?checked=${option.default === true}
          ?required=${isDemanded}
        />
        <span>${option.label}${drawDescription(option)}</span>
      </label>`,
  )}`;
}

/** Discord developer docs: a field is required by default; a checkbox never is. */
function isRequiredField(field: FormField): boolean {
  if (field.type === ComponentType.Checkbox) return false;
  return field.required ?? true;
}

function drawInput(context: MessageContext, field: FormField, id: string): TemplateResult {
  const name = field.custom_id;
  const isRequired = isRequiredField(field);
  switch (field.type) {
    case ComponentType.TextInput:
      return drawTextInput(field, id);
    case ComponentType.FileUpload:
      return html`<input
        id=${id}
        name=${name}
        type="file"
        ?required=${isRequired}
        ?multiple=${(field.max_values ?? 1) > 1}
        accept=${acceptOf(field.file_types) ?? nothing}
      />`;
    case ComponentType.RadioGroup:
      return drawChoices(field, 'radio');
    case ComponentType.CheckboxGroup:
      return drawChoices(field, 'checkbox');
    case ComponentType.Checkbox:
      return html`<input
        id=${id}
        name=${name}
        type="checkbox"
        value="true"
        ?checked=${field.default === true}
      />`;
    case ComponentType.StringSelect:
      return drawSelectField(
        field,
        id,
        field.options.map((option) => ({ ...option, isDefault: option.default })),
      );
    default:
      return drawSelectField(field, id, context.entities?.(field.type) ?? []);
  }
}

function drawSelectField(
  field: { custom_id: string; max_values?: number; placeholder?: string; required?: boolean },
  id: string,
  options: readonly Option[],
): TemplateResult {
  const isMultiple = (field.max_values ?? 1) > 1;
  const hasDefault = options.some(({ isDefault }) => isDefault === true);
  return html`<select
    id=${id}
    name=${field.custom_id}
    ?multiple=${isMultiple}
    ?required=${field.required ?? true}
  >
    ${isMultiple ? nothing : html`<option value="" ?selected=${!hasDefault}>${field.placeholder ?? 'Make a selection'}</option>`}
    ${options.map(
      (option) =>
        html`<option value=${option.value} ?selected=${option.isDefault === true}>
          ${option.label}${option.description ? ` — ${option.description}` : ''}
        </option>`,
    )}
  </select>`;
}

function drawDescription({
  description,
}: {
  description?: string | undefined;
}): TemplateResult | typeof nothing {
  return description ? html`<span class="hint">${description}</span>` : nothing;
}

/** The value of the field; undefined for files, which are sent separately. */
export function readField(
  field: FormField,
  data: FormData,
): string | boolean | string[] | undefined {
  const all = data
    .getAll(field.custom_id)
    .map(String)
    .filter((value) => value !== '');
  switch (field.type) {
    case ComponentType.FileUpload:
      return undefined;
    case ComponentType.Checkbox:
      return all.length > 0;
    case ComponentType.TextInput:
      // Browsers send line ends of two characters.
      return (all[0] ?? '').replaceAll('\r\n', '\n');
    default:
      return all;
  }
}
