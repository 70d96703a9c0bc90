/** The context of a plan: the available offers, the server's defaults, and its rules. */
import type { Model } from '../models.ts';
import type { Length, ModelId, Ratio, Resolution, Tier, VideoRequest } from '../request.ts';

/** A model as one vendor offers it. */
export interface PlanOffer {
  /** Only the capabilities that the vendor passes on. */
  readonly model: Model;
  /** Whether the vendor currently takes jobs. */
  readonly isUp: boolean;
  /** Whether ByteDance has retired the model; it is chosen only if no current one fits. */
  readonly isRetiredUpstream: boolean;
}

/** Values for omitted options. A value that the chosen offer does not support is ignored. */
export interface OptionDefaults {
  readonly model?: ModelId | undefined;
  readonly resolution?: Resolution | undefined;
  readonly ratio?: Ratio | undefined;
  readonly length?: Length | undefined;
  readonly isCameraFixed?: boolean | undefined;
  readonly hasAudio?: boolean | undefined;
  readonly hasWatermark?: boolean | undefined;
  readonly isDraft?: boolean | undefined;
  readonly tier?: Tier | undefined;
}

export interface PlanContext {
  /** What this server may use now, in the operator's order of vendors. */
  readonly offers: readonly PlanOffer[];
  /** Returns an integer from 0 to `MOST_SEED`, for a request without a seed. */
  drawSeed(): number;
  readonly defaults?: OptionDefaults | undefined;
  /**
   * Returns whether the server's rules allow a request. A forbidden request is planned only if no other
   * is possible.
   */
  readonly isAllowed?: ((request: VideoRequest) => boolean) | undefined;
}
