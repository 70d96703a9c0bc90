/** Models are released and retired: when an offer is valid, and since when ByteDance itself no longer serves a model. */
import type { ModelId } from './request.ts';

/** The span in which an offer is valid, in Unix milliseconds: from `fromMs` until just before `untilMs`. */
export interface Validity {
  /** Left out: always valid before its end. */
  readonly fromMs?: number | undefined;
  /** Left out: no end is announced. */
  readonly untilMs?: number | undefined;
}

/**
 * When BytePlus and Volcengine shut a model down. 1.5 pro: BytePlus's list of models, September 2026;
 * the lite pair: the deprecation notices of May 2026.
 */
export const RETIRED_UPSTREAM_MS: { readonly [model in ModelId]?: number } = {
  '1.5-pro': Date.UTC(2026, 10, 11),
  '1.0-lite-t2v': Date.UTC(2026, 4, 13),
  '1.0-lite-i2v': Date.UTC(2026, 4, 13),
};

/** The validity of a model at ByteDance itself, and where its own API is passed on unchanged. */
export function validityUpstream(model: ModelId): Validity {
  return { untilMs: RETIRED_UPSTREAM_MS[model] };
}

export function isValidAt({ fromMs, untilMs }: Validity, nowMs: number): boolean {
  return (fromMs === undefined || nowMs >= fromMs) && (untilMs === undefined || nowMs < untilMs);
}

/**
 * Whether ByteDance no longer serves the model. A reseller that still documents it sits on the same
 * upstream, so it may refuse: such a model is chosen only when no current one fits.
 */
export function isRetiredUpstream(model: ModelId, nowMs: number): boolean {
  const retiredMs = RETIRED_UPSTREAM_MS[model];
  return retiredMs !== undefined && nowMs >= retiredMs;
}
