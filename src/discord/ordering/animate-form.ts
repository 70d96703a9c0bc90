/** The form that "Animate image" opens: its fields, and the parsing of its answers. */
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
import type { Locale } from '../../text/locales.ts';
import type { TextKey } from '../../text/resources.ts';
import { text, translate } from '../../text/text.ts';
import { INCOMPLETE } from '../interactions/incomplete.ts';
import type { FormSubmission } from '../interactions/kinds.ts';
import type { FoundPicture } from './pictures-of-message.ts';

const FIELDS = {
  prompt: 'prompt',
  picture: 'picture',
  use: 'use',
  model: 'model',
  duration: 'duration',
} as const;
/** Discord's limit for option labels. */
const MAX_LABEL_LENGTH = 100;
/** The option that lets the bot choose the model. */
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
  // Optional in the form: an empty field may arrive as null.
  duration: z
    .string()
    .nullish()
    .transform((text) => text ?? ''),
});

export interface AnimateFormOptions {
  readonly customId: string;
  readonly pictures: readonly FoundPicture[];
  /** The models to choose from, each with a description of its capabilities. */
  readonly models: ReadonlyArray<{ id: ModelId; description: string }>;
  readonly locale: Locale;
}

export function animateForm({
  customId,
  pictures,
  models,
  locale,
}: AnimateFormOptions): APIModalInteractionResponseCallbackData {
  const say: Say = (key) => translate(locale, text(key));
  return {
    custom_id: customId,
    title: say('orders:formTitle'),
    components: [
      label(say('orders:formPrompt'), {
        type: ComponentType.TextInput,
        custom_id: FIELDS.prompt,
        style: TextInputStyle.Paragraph,
        max_length: MAX_PROMPT_LENGTH,
        required: false,
      }),
      label(say('orders:formPicture'), select(FIELDS.picture, pictures.map(pictureOption))),
      label(say('orders:formUse'), select(FIELDS.use, useOptions(say))),
      label(say('orders:formModel'), select(FIELDS.model, modelOptions(models, say))),
      label(say('orders:formSeconds'), {
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

/** @throws UserError when the length is not a number or a field has no value */
export function readAnimateForm({ fields }: FormSubmission): AnimateAnswers {
  // Always present in discord.js's types, but Discord may omit the chosen values.
  const chosen = (field: string): unknown => [fields.getStringSelectValues(field)].flat()[0];
  const read = answersSchema.safeParse({
    prompt: fields.getTextInputValue(FIELDS.prompt),
    picture: chosen(FIELDS.picture),
    use: chosen(FIELDS.use),
    model: chosen(FIELDS.model),
    duration: fields.getTextInputValue(FIELDS.duration),
  });
  if (!read.success) throw new UserError(INCOMPLETE, { cause: read.error });
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

function secondsOf(typed: string): number {
  const seconds = Number(typed.trim().replace(',', '.'));
  if (Number.isFinite(seconds)) return seconds;
  throw new UserError(text('orders:lengthNotNumber'));
}

type Say = (key: TextKey) => string;

function useOptions(say: Say): APISelectMenuOption[] {
  return [
    { label: say('orders:formFirstFrame'), value: 'first_frame', default: true },
    { label: say('orders:formReference'), value: 'reference_image' },
  ];
}

function pictureOption({ fileName }: FoundPicture, index: number): APISelectMenuOption {
  const name = `${index + 1}. ${fileName}`.slice(0, MAX_LABEL_LENGTH);
  return { label: name, value: String(index), default: index === 0 };
}

function modelOptions(models: AnimateFormOptions['models'], say: Say): APISelectMenuOption[] {
  const named = models.map(({ id, description }) => ({
    label: description.slice(0, MAX_LABEL_LENGTH),
    value: id,
  }));
  return [{ label: say('orders:formAnyModel'), value: ANY_MODEL, default: true }, ...named];
}

function select(id: string, options: APISelectMenuOption[]): APILabelComponent['component'] {
  return { type: ComponentType.StringSelect, custom_id: id, options, required: true };
}

function label(text: string, component: APILabelComponent['component']): APILabelComponent {
  return { type: ComponentType.Label, label: text, component };
}
