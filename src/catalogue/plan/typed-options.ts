/** Which options a member typed, as options of the command or as flags in the prompt. */
import { mergePromptFlags } from '../prompt/prompt-flags.ts';
import { TYPED_OPTIONS, type AskedOptions, type TypedOption } from '../request.ts';

/** What a member calls each option. */
const ASKED_AS = {
  model: ['model'],
  resolution: ['resolution'],
  ratio: ['ratio'],
  length: ['duration', 'frames'],
  seed: ['seed'],
  isCameraFixed: ['cameraFixed'],
  hasAudio: ['audio'],
  hasWatermark: ['watermark'],
  isDraft: ['draft'],
  tier: ['economy'],
} as const satisfies Record<TypedOption, readonly (keyof AskedOptions)[]>;

/** @throws UserError for a flag that cannot be read, or that contradicts an option or another flag */
export function typedOptionsOf(asked: Omit<AskedOptions, 'inputs'>): TypedOption[] {
  const merged = mergePromptFlags({ ...asked, inputs: [] });
  return TYPED_OPTIONS.filter((option) =>
    ASKED_AS[option].some((name) => merged[name] !== undefined),
  );
}
