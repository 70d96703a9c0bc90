/** Forms as bots send them, for the sandbox Discord's own tests. */

export function label(component: object, change: object = {}) {
  return { type: 18, label: 'A label', component, ...change };
}

export function input(change: object = {}) {
  return { type: 4, custom_id: 'prompt', style: 2, ...change };
}

export function options(count: number) {
  return Array.from({ length: count }, (_, index) => ({ label: `L${index}`, value: `v${index}` }));
}

export function select(change: object = {}) {
  return { type: 3, custom_id: 'model', options: options(3), ...change };
}

export function radio(change: object = {}) {
  return { type: 21, custom_id: 'as', options: options(2), ...change };
}

export function group(change: object = {}) {
  return { type: 22, custom_id: 'some', options: options(3), ...change };
}

export function upload(change: object = {}) {
  return { type: 19, custom_id: 'files', ...change };
}

export const checkbox = { type: 23, custom_id: 'sure' };

export function form(components: readonly unknown[], change: object = {}) {
  return { type: 9, data: { custom_id: 'form:1', title: 'Animate', components, ...change } };
}
