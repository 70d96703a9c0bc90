import { canFixCameraIn, modelOf, resolutionsIn } from '#src/catalogue/models.ts';
import { modeOf } from '#src/catalogue/plan/inputs.ts';
import type { InputRole, ModelId, Ratio, VideoRequest } from '#src/catalogue/request.ts';
import type { VendorName } from '#src/catalogue/vendors.ts';
import { CAPABILITIES, type ModelSupport } from '#src/vendors/capabilities.ts';

/** Returns what a vendor supports for a model; an unsupported model is tried anyway. */
export function capabilitiesFor(vendor: VendorName, model: ModelId): ModelSupport {
  const models: { readonly [id in ModelId]?: ModelSupport } = CAPABILITIES[vendor].models;
  return models[model] ?? { options: [] };
}

/** A request for 5 s without special options, in the smallest resolution and the vendor’s first ratio. */
export function plainRequest(
  vendor: VendorName,
  id: ModelId,
  inputs: readonly InputRole[],
): VideoRequest {
  const model = modelOf(id);
  const mode = modeOf(inputs);
  const able = capabilitiesFor(vendor, id);
  const ratios: readonly Ratio[] = model.modes[mode]?.ratios ?? ['16:9'];
  const resolutions = resolutionsIn(model, mode);
  return {
    model: id,
    prompt: 'a crab',
    resolution: resolutions.find((each) => able.resolutions?.includes(each) ?? true) ?? '720p',
    ratio: ratios.find((each) => able.ratios?.[mode]?.includes(each) ?? true) ?? '16:9',
    length: { unit: 'seconds', seconds: 5 },
    seed: 4_711,
    isCameraFixed: canFixCameraIn(model, mode) ? false : undefined,
    hasAudio: model.canMakeAudio ? false : undefined,
    hasWatermark: false,
    inputs: [...inputs],
    isDraft: model.drafts === undefined ? undefined : false,
    tier: model.canUseFlex ? 'default' : undefined,
    returnsLastFrame: true,
  };
}
