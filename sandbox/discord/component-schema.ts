/** The schema of message components, wide enough for every type, before any rule is applied. */
import { z } from 'zod';

export const COMPONENT = {
  actionRow: 1,
  button: 2,
  stringSelect: 3,
  textInput: 4,
  userSelect: 5,
  channelSelect: 8,
  section: 9,
  textDisplay: 10,
  thumbnail: 11,
  mediaGallery: 12,
  file: 13,
  separator: 14,
  container: 17,
} as const;

/** A media reference. `fileId` is the sandbox’s own: the stored file behind an `attachment://` reference. */
const mediaSchema = z.looseObject({ url: z.string(), fileId: z.string().optional() });
const galleryItemSchema = z.looseObject({
  media: mediaSchema,
  description: z.string().nullish(),
  spoiler: z.boolean().optional(),
});

export type Media = z.infer<typeof mediaSchema>;
export type GalleryItem = z.infer<typeof galleryItemSchema>;

export interface Component {
  [key: string]: unknown;
  type: number;
  id?: number | undefined;
  custom_id?: string | undefined;
  style?: number | undefined;
  label?: string | null | undefined;
  url?: string | null | undefined;
  disabled?: boolean | undefined;
  content?: string | undefined;
  components?: Component[] | undefined;
  accessory?: Component | undefined;
  items?: GalleryItem[] | undefined;
  media?: Media | undefined;
  file?: Media | undefined;
}

export const componentSchema: z.ZodType<Component> = z.lazy(() =>
  z.looseObject({
    type: z.int(),
    id: z.int().optional(),
    custom_id: z.string().optional(),
    style: z.int().optional(),
    label: z.string().nullish(),
    url: z.string().nullish(),
    disabled: z.boolean().optional(),
    content: z.string().optional(),
    components: z.array(componentSchema).optional(),
    accessory: componentSchema.optional(),
    items: z.array(galleryItemSchema).optional(),
    media: mediaSchema.optional(),
    file: mediaSchema.optional(),
  }),
);

/** Every component of a message, nested ones and accessories too, each with its path in the body. */
export function* walkComponents(
  components: readonly Component[],
  path: readonly (string | number)[] = ['components'],
): Generator<{ component: Component; path: readonly (string | number)[] }> {
  for (const [index, component] of components.entries()) {
    const here = [...path, index];
    yield { component, path: here };
    if (component.components !== undefined)
      yield* walkComponents(component.components, [...here, 'components']);
    if (component.accessory !== undefined) {
      const accessoryPath = [...here, 'accessory'];
      yield { component: component.accessory, path: accessoryPath };
    }
  }
}

/** The media references of one component, each with its path below the component. */
export function mediaOf(component: Component): { media: Media; path: (string | number)[] }[] {
  const found: { media: Media; path: (string | number)[] }[] = [];
  for (const [index, item] of (component.items ?? []).entries())
    found.push({ media: item.media, path: ['items', index, 'media', 'url'] });
  if (component.media !== undefined) found.push({ media: component.media, path: ['media', 'url'] });
  if (component.file !== undefined) found.push({ media: component.file, path: ['file', 'url'] });
  return found;
}
