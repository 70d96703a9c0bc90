/** The form that "Animate image" opens: what is asked for, and how the answers are read back. */
import {
  ComponentType,
  TextInputStyle,
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  type APISelectMenuOption,
} from 'discord.js';
import { z } from 'zod';

import { MAX_PROMPT_LENGTH, type AskedOptions, type ModelId } from '../../catalogue/request.ts';
import { UserError } from '../../errors.ts';
import { INCOMPLETE_SENTENCE } from '../interactions/incomplete.ts';
import type { FormSubmission } from '../interactions/kinds.ts';
import type { FoundPicture } from './pictures-of-message.ts';

const FIELDS = {
  prompt: 'prompt',
  picture: 'picture',
  use: 'use',
  model: 'model',
  duration: 'duration',
} as const;
/** Discord's own limits for labels of options. */
const MAX_LABEL_LENGTH = 100;
/** The choice of a model that the bot makes itself. */
const ANY_MODEL = 'any';

const PICTURE_USES = ['first_frame', 'reference_image'] as const;

export interface AnimateAnswers {
  readonly pictureIndex: number;
  readonly use: (typeof PICTURE_USES)[number];
  readonly asked: Omit<AskedOptions, 'inputs'>;
}

const answersSchema = z.object({
  prompt: z.string(),
  picture: z.string().regex(/^\d+$/).transform(Number),
  use: z.enum(PICTURE_USES),
  model: z.string(),
  // Optional in the form: left empty it may come as null.
  duration: z
    .string()
    .nullish()
    .transform((text) => text ?? ''),
});

export interface AnimateFormOptions {
  readonly customId: string;
  readonly pictures: readonly FoundPicture[];
  /** The models to choose from, each with its abilities in words. */
  readonly models: ReadonlyArray<{ id: ModelId; description: string }>;
}

export function animateForm({
  customId,
  pictures,
  models,
}: AnimateFormOptions): APIModalInteractionResponseCallbackData {
  return {
    custom_id: customId,
    title: 'Animate image',
    components: [
      label('What happens in the video', {
        type: ComponentType.TextInput,
        custom_id: FIELDS.prompt,
        style: TextInputStyle.Paragraph,
        max_length: MAX_PROMPT_LENGTH,
        required: false,
      }),
      label('Which picture', select(FIELDS.picture, pictures.map(pictureOption))),
      label('Use it as', select(FIELDS.use, USE_OPTIONS)),
      label('Model', select(FIELDS.model, modelOptions(models))),
      label('Seconds', {
        type: ComponentType.TextInput,
        custom_id: FIELDS.duration,
        style: TextInputStyle.Short,
        value: '5',
        max_length: 6,
        required: false,
      }),
    ],
  };
}

/** @throws UserError when the length is not a number, or a field came without its value */
export function readAnimateForm({ fields }: FormSubmission): AnimateAnswers {
  // Typed as always there; Discord may leave out what was chosen.
  const chosen = (field: string): unknown => [fields.getStringSelectValues(field)].flat()[0];
  const read = answersSchema.safeParse({
    prompt: fields.getTextInputValue(FIELDS.prompt),
    picture: chosen(FIELDS.picture),
    use: chosen(FIELDS.use),
    model: chosen(FIELDS.model),
    duration: fields.getTextInputValue(FIELDS.duration),
  });
  if (!read.success) throw new UserError(INCOMPLETE_SENTENCE, { cause: read.error });
  const { prompt, picture, use, model, duration } = read.data;
  return {
    pictureIndex: picture,
    use,
    asked: {
      prompt,
      model: model === ANY_MODEL ? undefined : model,
      duration: duration.trim() === '' ? undefined : secondsOf(duration),
    },
  };
}

function secondsOf(text: string): number {
  const seconds = Number(text.trim().replace(',', '.'));
  if (Number.isFinite(seconds)) return seconds;
  throw new UserError('The length must be a number of seconds, such as 5.');
}

const USE_OPTIONS: APISelectMenuOption[] = [
  { label: 'First frame: the video begins with it', value: 'first_frame', default: true },
  { label: 'Reference: its subject or style appears', value: 'reference_image' },
];

function pictureOption({ fileName }: FoundPicture, index: number): APISelectMenuOption {
  const name = `${index + 1}. ${fileName}`.slice(0, MAX_LABEL_LENGTH);
  return { label: name, value: String(index), default: index === 0 };
}

function modelOptions(models: AnimateFormOptions['models']): APISelectMenuOption[] {
  const named = models.map(({ id, description }) => ({
    label: description.slice(0, MAX_LABEL_LENGTH),
    value: id,
  }));
  return [{ label: 'The first that can do it', value: ANY_MODEL, default: true }, ...named];
}

function select(id: string, options: APISelectMenuOption[]): APILabelComponent['component'] {
  return { type: ComponentType.StringSelect, custom_id: id, options, required: true };
}

function label(text: string, component: APILabelComponent['component']): APILabelComponent {
  return { type: ComponentType.Label, label: text, component };
}
