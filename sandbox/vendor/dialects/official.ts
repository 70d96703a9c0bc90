/** ByteDance’s own API, and PowerTokens, which relays it. */
import { COVERAGE } from '../coverage.ts';
import { MODELS, officialModels, type VendorModel } from '../create/models.ts';
import type { Dialect } from '../dialect.ts';
import { refusalBody } from '../errors.ts';
import { ROUTES } from '../routes.ts';

export const OFFICIAL: Dialect = {
  name: 'official',
  basePath: '/api/v3',
  routes: ROUTES,
  coverage: COVERAGE,
  models: officialModels,
  hasFlex: true,
  keyHeader: 'authorization',
  hasCreateFallThrough: true,
  refusalBody,
};

/** The models on its create page, and 2.5 of its repository; without 4k and without offline inference. */
export const POWERTOKENS: Dialect = {
  ...OFFICIAL,
  name: 'powertokens',
  basePath: '/byteplus/api/v3',
  models: () => POWERTOKENS_MODELS,
  hasFlex: false,
};

const OFFERED: ReadonlySet<string> = new Set([
  'seedance-1-5-pro',
  'seedance-1-0-pro',
  'seedance-1-0-pro-fast',
  'dreamina-seedance-2-0',
  'dreamina-seedance-2-0-fast',
  'dreamina-seedance-2-5',
]);

const POWERTOKENS_MODELS: readonly VendorModel[] = MODELS.filter(({ shortName }) =>
  OFFERED.has(shortName),
).map((model) => ({
  ...model,
  resolutions: model.resolutions.filter((resolution) => resolution !== '4k'),
}));
