import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { isRetiredUpstream, RETIRED_UPSTREAM_MS } from '#src/catalogue/lifecycle.ts';
import { MODES } from '#src/catalogue/modes.ts';
import { offersOf, validOffers } from '#src/catalogue/prices/prices.ts';
import { MODEL_IDS, type ModelId } from '#src/catalogue/request.ts';
import { VENDOR_NAMES, type VendorName } from '#src/catalogue/vendors.ts';
import { SECOND } from '#src/clock.ts';
import {
  CAPABILITIES,
  VENDOR_OPTIONS,
  type VendorCapabilities,
} from '#src/vendors/capabilities.ts';

const README = read('README.md');
const VENDORS = read('docs/vendors.md');

/** The date of the README’s tables. */
const TODAY_MS = Date.UTC(2026, 10, 28);

function read(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

/** Returns a vendor’s row of the README’s table, from the data that the adapters are tested with. */
function rowOf(vendor: VendorName): string {
  const capabilities: VendorCapabilities = CAPABILITIES[vendor];
  const { routes, cadence, inputsAs } = capabilities;
  const models = Object.values(validOffers(offersOf(vendor), TODAY_MS)).map(({ model, validity }) =>
    [model, markOf(model), endOf(validity.untilMs)].join(''),
  );
  const looks = routes.list === undefined ? cadence.byIdMs : cadence.byListMs;
  return [
    '',
    ` \`${vendor.toUpperCase()}_API_KEY\` `,
    ` ${models.join(', ')} `,
    ` ${routes.list === undefined ? 'by id' : 'by list'}, every ${looks / SECOND} s `,
    ` ${routes.cancel === undefined ? 'no' : 'yes'} `,
    ` ${routes.list === undefined ? 'the job ends, refunded' : 'searched and found'} `,
    ` ${inputsAs === 'url' ? 'by link' : 'in the request'} `,
    '',
  ].join('|');
}

function markOf(model: ModelId): string {
  return isRetiredUpstream(model, TODAY_MS) ? '†' : '';
}

function endOf(untilMs: number | undefined): string {
  return untilMs === undefined ? '' : ` (until ${dayOf(untilMs)})`;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Returns a vendor’s row of the table of routes, from the same data. */
function routesOf(vendor: VendorName): string {
  const { routes, models }: VendorCapabilities = CAPABILITIES[vendor];
  const had = new Set(Object.values(models).flatMap(({ options }) => options));
  const lacking = VENDOR_OPTIONS.filter((option) => !had.has(option));
  return [
    '',
    ` \`${vendor.toUpperCase()}_API_KEY\` `,
    ...[routes.create, routes.retrieve, routes.list, routes.cancel].map(
      (those) => ` ${inCode([those ?? []].flat())} `,
    ),
    ` ${lacking.length === 0 ? '–' : lacking.join(', ')} `,
    '',
  ].join('|');
}

function inCode(routes: readonly string[]): string {
  return routes.length === 0 ? '–' : routes.map((route) => `\`${route}\``).join(', ');
}

// test/contracts/vendors checks that the adapters call these routes and pass on these options.
test.each(VENDOR_NAMES)(
  'the README and docs/vendors.md describe %s as its adapter behaves',
  (vendor) => {
    expect(README).toContain(rowOf(vendor));
    expect(VENDORS).toContain(routesOf(vendor));
  },
);

test.each(MODEL_IDS)('the README gives the date until which ByteDance serves %s', (model) => {
  const retiredMs = RETIRED_UPSTREAM_MS[model];
  const row = README.split('\n').find(
    (line) => line.startsWith('|') && namesOf(line).includes(model),
  );

  expect(row?.split('|').at(-2)).toBe(
    retiredMs === undefined ? ' available ' : ` ended ${dayOf(retiredMs)} `,
  );
});

/** Returns the models of a row of the table of models. */
function namesOf(line: string): readonly string[] {
  return (line.split('|')[1] ?? '').split(',').map((name) => name.trim());
}

test('the modes in the table of models are the existing modes', () => {
  expect(MODES).toEqual(['text', 'first-frame', 'first-and-last-frame', 'references']);
});
