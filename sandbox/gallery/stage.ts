/** A server with its own bot, whose replies are kept for the gallery. */
import { createApp, type App } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import type { Locale } from '../../src/text/locales.ts';
import type { Member } from '../discord/actors.ts';
import type { OptionValue } from '../discord/command-options.ts';
import type { GuildHandle } from '../discord/guild.ts';
import type { MessageView } from '../discord/message-view.ts';
import { withOwnFileAddresses } from '../playground/view.ts';
import type { VideoSource } from '../vendor/results/clip.ts';
import { startWorld, type World } from '../world.ts';
import type { GalleryEntry } from './protocol.ts';

const RENDER_MS = 20;
export const LOG_CHANNELS = ['log', 'budget-log'] as const;
const ANIMATE = 'Animate image';
const CHANNELS = ['videos', 'general', ...LOG_CHANNELS];

/** A member’s action: `/quota user` with its options. */
export interface Act {
  readonly title: string;
  readonly who: Member;
  readonly command: string;
  readonly options?: Readonly<Record<string, OptionValue>> | undefined;
  /** The name of a channel; the first when omitted. */
  readonly channel?: string | undefined;
  /** Which version of the reply is shown; the first with text when omitted. */
  readonly shows?: ((message: MessageView) => boolean) | undefined;
}

export interface FileOfGallery {
  /** For example `files/12/chart.png`, as messages name it. */
  readonly path: string;
  readonly bytes: Buffer;
}

export class GalleryStage implements AsyncDisposable {
  readonly locale: Locale;
  readonly world: World;
  readonly guild: GuildHandle;
  readonly alice: Member;
  readonly bo: Member;
  /** The manager of the server. */
  readonly mia: Member;
  readonly roleId: string;
  readonly #app: App;

  private constructor({ locale, world, app }: { locale: Locale; world: World; app: App }) {
    this.locale = locale;
    this.world = world;
    this.#app = app;
    this.guild = world.discord.addGuild({ name: 'Harbour Film Club', channels: CHANNELS });
    this.roleId = this.guild.role('Extras');
    this.alice = this.guild.member('alice', { roles: ['Extras'] });
    this.bo = this.guild.member('bo');
    this.mia = this.guild.member('mia', { permissions: ['ManageGuild'] });
    for (const member of [this.alice, this.bo, this.mia]) member.speaks(locale);
  }

  /** Opens a world, and resolves when its bot accepts commands. */
  static async open(locale: Locale, video: VideoSource): Promise<GalleryStage> {
    const world = await startWorld({ vendor: { video, renderMs: RENDER_MS } });
    const logger = createLogger('silent');
    const app = await createApp(readConfig(world.environment), { logger });
    const stage = new GalleryStage({ locale, world, app });
    await app.start();
    return stage;
  }

  /** Runs a command, and resolves with the displayed reply. */
  async plays({ title, who, command, options = {}, channel, shows }: Act): Promise<GalleryEntry> {
    const reply = who.runs(command, { ...options }, { channel });
    const message = await reply.until(shows ?? hasText);
    const origin = { name: who.name, command: this.#typed(command, options) };
    return this.#entryOf({ title, origin, message, reader: who });
  }

  /** Uses “Animate image” on a message, and resolves with the displayed reply. */
  async uses(title: string, on: MessageView): Promise<GalleryEntry> {
    const message = await this.alice.runsOnMessage(ANIMATE, on).until(hasText);
    return this.#entryOf({ title, origin: this.#animated(), message, reader: this.alice });
  }

  /** The same when a form is opened. */
  async opens(title: string, on: MessageView): Promise<GalleryEntry> {
    const reply = this.alice.runsOnMessage(ANIMATE, on);
    await reply.formOpened();
    return { title, origin: this.#animated(), isForThemAlone: true, form: reply.modal };
  }

  /** Resolves when so many messages are in the channel. */
  async logged(channel: string, count: number): Promise<void> {
    const handle = this.guild.channel(channel);
    await handle.until(() => handle.messages.length >= count);
  }

  /** Every public message of a channel. */
  messagesOf(channel: string, title: string): GalleryEntry[] {
    return this.guild
      .channel(channel)
      .messages.map((message) => this.#entryOf({ title, message, reader: this.mia }));
  }

  /** The files that the entries name, by their path for the page. */
  filesOf(entries: readonly GalleryEntry[]): FileOfGallery[] {
    const client = this.world.discord.clientOf(this.mia);
    const paths = JSON.stringify(entries).matchAll(/"files\/(\d+)\/[^"/]+"/g);
    return [...paths].flatMap(([quoted, id = '']) => {
      const file = client.file(id);
      return file === undefined ? [] : [{ path: quoted.slice(1, -1), bytes: file.bytes }];
    });
  }

  /** Names of people, roles and channels by `user/1`, `role/2`, `channel/3`. */
  names(): Record<string, string> {
    const channels = CHANNELS.map((name) => [`channel/${this.guild.channel(name).id}`, name]);
    const members = [this.alice, this.bo, this.mia].map(({ id, name }) => [`user/${id}`, name]);
    return Object.fromEntries([...channels, ...members, [`role/${this.roleId}`, 'Extras']]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#app.stop();
    await this.world.close();
  }

  #animated(): GalleryEntry['origin'] {
    return { name: this.alice.name, command: ANIMATE };
  }

  #entryOf({
    message: { id, channelId, isEphemeral },
    reader,
    ...entry
  }: Pick<GalleryEntry, 'title' | 'origin'> & {
    readonly message: MessageView;
    readonly reader: Member;
  }): GalleryEntry {
    const shown = this.world.discord.clientOf(reader).messages(channelId);
    const json = JSON.stringify(shown.find((message) => message.id === id)?.json);
    return { ...entry, isForThemAlone: isEphemeral, message: withFilesBeside(json) };
  }

  /** As the member typed it, with people, roles and channels by name. */
  #typed(command: string, options: Readonly<Record<string, OptionValue>>): string {
    const names = new Map(
      Object.entries(this.names()).map(([key, name]) => {
        const [kind, id] = key.split('/');
        return [id, `${kind === 'channel' ? '#' : '@'}${name}`];
      }),
    );
    const typed = Object.entries(options).map(([name, value]) => {
      const word = typeof value === 'object' ? value.name : String(value);
      return `${name}:${names.get(word) ?? word}`;
    });
    return [`/${command}`, ...typed].join(' ');
  }
}

function hasText({ isLoading, text }: MessageView): boolean {
  return !isLoading && text !== '';
}

/** Files are next to the page, and not on a server. */
function withFilesBeside(json: string): unknown {
  return JSON.parse(withOwnFileAddresses(json).replaceAll('"/files/', '"files/'));
}
