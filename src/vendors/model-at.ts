/** A model as a vendor offers it: the model's capabilities without those that the vendor lacks. */
import { modelOf, type Model, type SteppedRange } from '../catalogue/models.ts';
import type { ModeCapabilities, ReferenceCapabilities } from '../catalogue/modes.ts';
import type { ModelId, Ratio, Resolution } from '../catalogue/request.ts';
import { capabilitiesOf, type ModelSupport, type VendorOption } from './capabilities.ts';

/** @returns undefined if the vendor does not document the model */
export function modelAt(vendor: string, id: ModelId): Model | undefined {
  const there = capabilitiesOf(vendor)?.models[id];
  return there && narrow(modelOf(id), there);
}

function narrow(model: Model, there: ModelSupport): Model {
  const has = (option: VendorOption): boolean => there.options.includes(option);
  const takesFrames = has('frames');
  return {
    ...model,
    modes: modesThere(model, there),
    resolutions: resolutionsThere(model.resolutions, there),
    seconds: secondsThere(model.seconds, there.seconds),
    frames: takesFrames ? model.frames : undefined,
    canChooseLength: model.canChooseLength && has('chosen-length'),
    canMakeAudio: model.canMakeAudio && has('audio'),
    canFixCamera: model.canFixCamera && has('fixed-camera'),
    canSetWatermark: model.canSetWatermark && has('watermark'),
    canTakeSeed: model.canTakeSeed && has('seed'),
    drafts: has('draft') ? model.drafts : undefined,
    canUseFlex: model.canUseFlex && has('economy'),
    ...(there.needsPrompt === true ? { needsPrompt: true } : {}),
    canReadHeif: model.canReadHeif && (there.canReadHeif ?? true),
  };
}

function modesThere(
  { modes }: Model,
  there: ModelSupport,
): { -readonly [mode in keyof Model['modes']]: Model['modes'][mode] } {
  const isPassedOn = (mode: keyof Model['modes']): boolean => there.modes?.includes(mode) ?? true;
  const frames = (['text', 'first-frame', 'first-and-last-frame'] as const).flatMap((mode) => {
    const own = modes[mode];
    return own === undefined || !isPassedOn(mode) ? [] : [[mode, modeThere(own, mode, there)]];
  });
  const { references } = modes;
  return {
    ...Object.fromEntries(frames),
    ...(references === undefined || !isPassedOn('references')
      ? {}
      : { references: referencesThere(references, there) }),
  };
}

function modeThere<Capabilities extends ModeCapabilities>(
  own: Capabilities,
  mode: keyof Model['modes'],
  there: ModelSupport,
): Capabilities {
  const ratios = own.ratios.filter((ratio) => there.ratios?.[mode]?.includes(ratio) ?? true);
  return {
    ...own,
    ratios,
    defaultRatio: defaultRatioOf(ratios, own.defaultRatio),
    ...(own.resolutions === undefined
      ? {}
      : { resolutions: resolutionsThere(own.resolutions, there) }),
  };
}

function defaultRatioOf(ratios: readonly Ratio[], usual: Ratio): Ratio {
  if (ratios.includes(usual)) return usual;
  return ratios.includes('16:9') ? '16:9' : (ratios[0] ?? usual);
}

function referencesThere(
  references: ReferenceCapabilities,
  there: ModelSupport,
): ReferenceCapabilities {
  const own = modeThere(references, 'references', there);
  const most = there.mostReferences;
  const mostImages = Math.min(own.mostImages, most?.reference_image ?? own.mostImages);
  if (own.clips === undefined) return { ...own, mostImages };
  const counts = most === undefined ? [] : [most.reference_video, most.reference_audio];
  const maxCount = Math.min(own.clips.maxCount, ...counts);
  return { ...own, mostImages, clips: { ...own.clips, ...there.clips, maxCount } };
}

function resolutionsThere(
  own: readonly Resolution[],
  { resolutions }: ModelSupport,
): readonly Resolution[] {
  return own.filter((each) => resolutions?.includes(each) ?? true);
}

/** Returns the lengths as a range: those that a vendor lists are evenly spaced, such as 4 to 12, or 5 and 10. */
function secondsThere(own: SteppedRange, listed: readonly number[] | undefined): SteppedRange {
  if (listed === undefined) return own;
  const [least = own.least, next = least + 1] = listed;
  return { least, most: listed.at(-1) ?? least, step: next - least };
}
