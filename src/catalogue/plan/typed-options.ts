/** Determines which options a member typed, as command options or as flags in the prompt. */
import { mergePromptFlags } from '../prompt/prompt-flags.ts';
import { TYPED_OPTIONS, type AskedOptions, type TypedOption } from '../request.ts';

/** The member-facing name of each option. */
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

/** @throws UserError for a flag that is unreadable or contradicts an option or another flag */
export function typedOptionsOf(asked: Omit<AskedOptions, 'inputs'>): TypedOption[] {
  const merged = mergePromptFlags({ ...asked, inputs: [] });
  return TYPED_OPTIONS.filter((option) =>
    ASKED_AS[option].some((name) => merged[name] !== undefined),
  );
}
