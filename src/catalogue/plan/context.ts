/** What a plan is made with: the offers there are, the defaults of a server, and its rules. */
import type { Model } from '../models.ts';
import type { Length, ModelId, Ratio, Resolution, Tier, VideoRequest } from '../request.ts';

/** A model as one vendor offers it. */
export interface PlanOffer {
  /** Only what the vendor passes on. */
  readonly model: Model;
  /** Whether the vendor takes jobs at the moment. */
  readonly isUp: boolean;
  /** Whether ByteDance has retired the model: chosen only where no current one fits. */
  readonly isRetiredUpstream: boolean;
}

/** What fills omitted options. One that the chosen offer cannot do is passed over. */
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
  /** What this server may use now, vendor by vendor in the operator's order. */
  readonly offers: readonly PlanOffer[];
  /** A whole number from 0 to `MOST_SEED`, for a request that names no seed. */
  drawSeed(): number;
  readonly defaults?: OptionDefaults | undefined;
  /** Whether the server's rules allow a request. One that they do not allow is planned only where no other is possible. */
  readonly isAllowed?: ((request: VideoRequest) => boolean) | undefined;
}
