/** A select menu: the browser's own for one choice, a list of checkboxes for several. */
import { html, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';

import type { Option } from './names.ts';

interface Menu {
  /** Changes with each version of the menu, so that choices are not carried over. */
  readonly key: string;
  readonly label: string;
  readonly options: readonly Option[];
  readonly min: number;
  readonly max: number;
  readonly isDisabled: boolean;
  readonly isBusy: boolean;
  readonly choose: (values: readonly string[]) => void;
}

export function drawSelect(menu: Menu): TemplateResult {
  return menu.max > 1 ? drawSeveral(menu) : drawOne(menu);
}

function drawOne({ key, label, options, isDisabled, isBusy, choose }: Menu): TemplateResult {
  const chosen = options.find(({ isDefault }) => isDefault === true)?.value ?? '';
  return html`<select
    class="menu"
    data-key=${key}
    aria-label=${label}
    ?disabled=${isDisabled || isBusy}
    .value=${live(chosen)}
    @change=${(event: Event) => {
      if (event.currentTarget instanceof HTMLSelectElement) choose([event.currentTarget.value]);
    }}
  >
    <option value="" disabled ?selected=${chosen === ''}>${label}</option>
    ${options.map(
      ({ label: name, value, description }) =>
        html`<option value=${value} ?selected=${value === chosen}>
          ${name}${description ? ` — ${description}` : ''}
        </option>`,
    )}
  </select>`;
}

function drawSeveral({ key, label, options, min, max, isDisabled, choose }: Menu): TemplateResult {
  const send = (event: Event): void => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const values = new FormData(event.currentTarget).getAll('value').map(String);
    if (values.length >= min && values.length <= max) choose(values);
  };
  return html`<form class="menu-several" data-key=${key} @submit=${send}>
    <details>
      <summary class="menu">${label}</summary>
      <fieldset ?disabled=${isDisabled} aria-label=${label}>
        ${options.map(
          ({ label: name, value, isDefault }) =>
            html`<label>
              <input type="checkbox" name="value" value=${value} ?checked=${isDefault === true} />
              ${name}
            </label>`,
        )}
        <button type="submit" class="button primary">Choose</button>
      </fieldset>
    </details>
  </form>`;
}
