/** A message as a member sees it, for tests and the demo. */
import { COMPONENT, mediaOf, walkComponents, type Component } from './component-schema.ts';
import { attachedFiles, isEphemeral, isLoading, type JsonWriter } from './message-json.ts';
import {
  currentState,
  type Json,
  type MessageRecord,
  type MessageState,
  type StoredFile,
} from './store.ts';

export interface ButtonView {
  readonly label: string;
  readonly customId: string | undefined;
  readonly isDisabled: boolean;
  /** The same as `isDisabled`, under Discord’s name. */
  readonly disabled: boolean;
  readonly url: string | undefined;
}

export interface MediaView {
  /** Signed when the view was created. */
  readonly url: string;
  readonly fileName: string;
  readonly contentType: string | undefined;
  readonly sizeBytes: number;
  /** Returns the file. Throws for external media. */
  bytes(): Buffer;
}

export interface MessageView {
  readonly id: string;
  readonly channelId: string;
  readonly authorId: string;
  readonly flags: number;
  readonly isEphemeral: boolean;
  readonly isLoading: boolean;
  readonly content: string;
  /** Content and every text display, in reading order, one per line. */
  readonly text: string;
  /** As Discord's API gives them. */
  readonly components: readonly unknown[];
  /** As Discord's API gives them. */
  readonly embeds: readonly unknown[];
  readonly buttons: readonly ButtonView[];
  /**
   * All media and files, in order: attachments, or with V2 those named by components; then the pictures
   * of embeds, and last those of a forwarded message.
   */
  readonly media: readonly MediaView[];
  /** Ids of the people who were really notified of this version. */
  readonly mentionsPinged: readonly string[];
}

export interface MessageVersion extends MessageView {
  /** When the message was last changed, in Unix milliseconds. */
  readonly atMs: number;
}

export function viewMessage(
  writer: JsonWriter,
  record: MessageRecord,
  state = currentState(record),
): MessageVersion {
  const everything = [...walkComponents(state.components)].map(({ component }) => component);
  const json = writer.message(record, state);
  return {
    id: record.id,
    channelId: record.channelId,
    authorId: record.authorId,
    atMs: state.atMs,
    flags: state.flags,
    isEphemeral: isEphemeral(state),
    isLoading: isLoading(state),
    content: state.content,
    text: [state.content, ...everything.map(({ content }) => content ?? '')]
      .filter((text) => text !== '')
      .join('\n'),
    components: Array.isArray(json['components']) ? json['components'] : [],
    buttons: everything.filter(({ type }) => type === COMPONENT.button).map(viewButton),
    embeds: Array.isArray(json['embeds']) ? json['embeds'] : [],
    media: [
      ...viewMedia(writer, state),
      ...(record.forwarded === undefined ? [] : viewMedia(writer, record.forwarded.state)),
    ],
    mentionsPinged: state.pingedUserIds,
  };
}

export function viewVersions(writer: JsonWriter, record: MessageRecord): MessageVersion[] {
  return record.versions.map((state) => viewMessage(writer, record, state));
}

function viewMedia(writer: JsonWriter, state: MessageState): MediaView[] {
  const components = [...walkComponents(state.components)].map(({ component }) => component);
  return [
    ...attachedFiles(state).map((file) => viewFile(writer.attachment(file), file)),
    ...components.flatMap((component) => viewComponentMedia(writer, state, component)),
    ...state.embedFiles.map((file) => viewFile(writer.attachment(file), file)),
  ];
}

function viewButton(button: Component): ButtonView {
  const isDisabled = button.disabled ?? false;
  return {
    label: button.label ?? '',
    customId: button.custom_id,
    isDisabled,
    disabled: isDisabled,
    url: button.url ?? undefined,
  };
}

function viewComponentMedia(
  writer: JsonWriter,
  state: MessageState,
  component: Component,
): MediaView[] {
  return mediaOf(component).map(({ media }) => {
    const file = state.files.find(({ id }) => id === media.fileId);
    return viewFile(writer.media(state, media), file);
  });
}

function viewFile(json: Json, file: StoredFile | undefined): MediaView {
  const url = typeof json['url'] === 'string' ? json['url'] : '';
  return {
    url,
    fileName: file?.name ?? new URL(url).pathname.split('/').at(-1) ?? '',
    contentType: file?.contentType,
    sizeBytes: file?.bytes.byteLength ?? 0,
    bytes() {
      if (file === undefined) throw new Error(`${url} is not stored in this Discord`);
      return file.bytes;
    },
  };
}
