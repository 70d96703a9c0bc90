/** What a member sees in response to one action. */
import { FLAG, type JsonWriter } from './message-json.ts';
import {
  viewMessage,
  viewVersions,
  type MessageVersion,
  type MessageView,
} from './message-view.ts';
import { viewForm, type FormView } from './modal/form-view.ts';
import type { Modal } from './modal/modal-schema.ts';
import type { InteractionRecord, MessageRecord, Store } from './store.ts';
import { waitFor, type WaitOptions } from './waiting.ts';

/** What the people of the sandbox need to act and to see. */
export interface World {
  readonly store: Store;
  readonly writer: JsonWriter;
  readonly closing: AbortSignal;
}

export class Reply {
  readonly interactionId: string;
  readonly #world: World;
  readonly #interaction: InteractionRecord;

  constructor(world: World, interaction: InteractionRecord) {
    this.#world = world;
    this.#interaction = interaction;
    this.interactionId = interaction.id;
  }

  /** The first response as the member sees it now; undefined before it exists, or when deleted. */
  get message(): MessageView | undefined {
    const original = this.#original();
    return original === undefined || original.deletedAtMs !== undefined
      ? undefined
      : viewMessage(this.#world.writer, original);
  }

  /** Every version of the first response, in order, with its time; even after it was deleted. */
  get versions(): MessageVersion[] {
    const original = this.#original();
    return original === undefined ? [] : viewVersions(this.#world.writer, original);
  }

  /** Follow-ups that everyone sees. */
  get followUps(): MessageView[] {
    return this.#followUps().filter((message) => !message.isEphemeral);
  }

  /** Follow-ups that only this member sees. */
  get ephemeral(): MessageView[] {
    return this.#followUps().filter((message) => message.isEphemeral);
  }

  /** All messages for it that this member sees now, in order. */
  get visible(): MessageView[] {
    const message = this.message;
    return [...(message === undefined ? [] : [message]), ...this.#followUps()];
  }

  /** The form that the bot opened instead of a message, as sent. */
  get modal(): Modal | undefined {
    return this.#interaction.modal;
  }

  /** The form as the member sees it. */
  get form(): FormView | undefined {
    return this.modal === undefined ? undefined : viewForm(this.modal);
  }

  /** Resolves when the bot has opened a form. */
  formOpened(options: WaitOptions = {}): Promise<FormView> {
    return this.#wait(() => this.form, options);
  }

  /** Milliseconds from the member’s action to the bot’s first response; undefined before it. */
  get acknowledgedAfterMs(): number | undefined {
    const { acknowledgedAtMs, createdAtMs } = this.#interaction;
    return acknowledgedAtMs === undefined ? undefined : acknowledgedAtMs - createdAtMs;
  }

  /** How often the event was sent to a connected bot. */
  get deliveryTries(): number {
    return this.#interaction.deliveryTries;
  }

  /** Resolves when the bot has responded at all, with `acknowledgedAfterMs`. */
  acknowledged(options: WaitOptions = {}): Promise<number> {
    return this.#wait(() => this.acknowledgedAfterMs, options);
  }

  /** Resolves with the first visible message, present or future, for which this is true. */
  until(
    predicate: (message: MessageView) => boolean,
    options: WaitOptions = {},
  ): Promise<MessageView> {
    return this.#wait(() => this.visible.find((message) => predicate(message)), options);
  }

  /** Resolves when the first response has been deleted. */
  async gone(options: WaitOptions = {}): Promise<void> {
    await this.#wait(() => this.#original()?.deletedAtMs, options);
  }

  /** Resolves with the text of the first ephemeral message that has any. */
  async refusal(options: WaitOptions = {}): Promise<string> {
    const message = await this.until(
      ({ isEphemeral, isLoading: loading, text }) => isEphemeral && !loading && text !== '',
      options,
    );
    return message.text;
  }

  #original(): MessageRecord | undefined {
    const id = this.#interaction.originalMessageId;
    return id === undefined ? undefined : this.#world.store.messages.get(id);
  }

  #followUps(): MessageView[] {
    return this.#world.store
      .messagesOf(this.interactionId)
      .filter((message) => message.isFollowUp && message.deletedAtMs === undefined)
      .map((message) => viewMessage(this.#world.writer, message));
  }

  #wait<T>(probe: () => T | undefined, options: WaitOptions): Promise<T> {
    return waitFor(this.#world, probe, {
      ...options,
      concerns: (topic) =>
        topic === this.interactionId || topic === this.#interaction.originalMessageId,
      describe: () => this.#describe(),
    });
  }

  #describe(): string {
    if (this.deliveryTries === 0) return 'no bot was connected to receive it';
    if (this.acknowledgedAfterMs === undefined) return 'the bot never answered the interaction';
    if (this.form !== undefined) return `a form is open: ${this.form.title}`;
    const seen = this.visible.map(describeView);
    const deleted = this.#original()?.deletedAtMs === undefined ? '' : ' (the first was deleted)';
    return `the member sees ${seen.length === 0 ? 'nothing' : seen.join(' | ')}${deleted}`;
  }
}

/** One line for error messages. */
export function describeView(message: MessageView): string {
  const kind = (message.flags & FLAG.ephemeral) === 0 ? 'public' : 'ephemeral';
  const files = message.media.map(({ fileName }) => fileName).join(', ');
  const text = message.isLoading ? '(thinking…)' : JSON.stringify(message.text);
  return `${kind} ${text}${files === '' ? '' : ` with ${files}`}`;
}
