/** The data of the gallery’s page: types only. */
import type { APIMessage, APIModalInteractionResponseCallbackData } from 'discord-api-types/v10';

/** Discord’s own objects are passed on as the sandbox wrote them; the page parses them. */
export interface GalleryEntry<Message = unknown, Form = unknown> {
  /** When the bot sends it, in a few words. */
  readonly title: string;
  /** Which action led to it; undefined when the bot posts first. */
  readonly origin?: { readonly name: string; readonly command: string } | undefined;
  readonly isForThemAlone: boolean;
  readonly message?: Message | undefined;
  readonly form?: Form | undefined;
}

export interface GalleryGroup<Entry = GalleryEntry> {
  /** Part of file names: `jobs-waiting`. */
  readonly id: string;
  readonly title: string;
  readonly entries: readonly Entry[];
}

export interface GalleryLanguage<Entry = GalleryEntry> {
  readonly locale: string;
  readonly groups: ReadonlyArray<GalleryGroup<Entry>>;
}

export interface GalleryData<Entry = GalleryEntry> {
  /** Times in messages are shown as they were then. */
  readonly madeAtMs: number;
  /** Names of people, roles and channels by `user/1`, `role/2`, `channel/3`. */
  readonly names: Readonly<Record<string, string>>;
  readonly languages: ReadonlyArray<GalleryLanguage<Entry>>;
}

export type PageEntry = GalleryEntry<APIMessage, APIModalInteractionResponseCallbackData>;
