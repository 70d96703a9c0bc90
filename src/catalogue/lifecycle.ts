/** Validity dates of offers, and the dates on which ByteDance retires models. */
import type { ModelId } from './request.ts';

/** The time span of an offer in Unix milliseconds: from `fromMs`, inclusive, to `untilMs`, exclusive. */
export interface Validity {
  /** Undefined: no start. */
  readonly fromMs?: number | undefined;
  /** Undefined: no end is announced. */
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

/** Returns the validity of a model at ByteDance and at vendors that pass on its API unchanged. */
export function validityUpstream(model: ModelId): Validity {
  return { untilMs: RETIRED_UPSTREAM_MS[model] };
}

export function isValidAt({ fromMs, untilMs }: Validity, nowMs: number): boolean {
  return (fromMs === undefined || nowMs >= fromMs) && (untilMs === undefined || nowMs < untilMs);
}

/**
 * Returns whether ByteDance no longer serves the model. A reseller that still documents it has the same upstream
 * and may refuse it, so such a model is chosen only if no current one fits.
 */
export function isRetiredUpstream(model: ModelId, nowMs: number): boolean {
  const retiredMs = RETIRED_UPSTREAM_MS[model];
  return retiredMs !== undefined && nowMs >= retiredMs;
}
