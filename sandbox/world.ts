/**
 * A Discord and a Seedance vendor on loopback, and the settings that point a bot at them. The bot
 * reaches the sandbox through the same settings as the real services.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startDiscord, type DiscordOptions, type DiscordSandbox } from './discord/discord.ts';
import { startVendor, type VendorOptions, type VendorSandbox } from './vendor/vendor.ts';

export interface WorldOptions {
  readonly discord?: DiscordOptions | undefined;
  readonly vendor?: VendorOptions | undefined;
}

export interface World extends AsyncDisposable {
  readonly discord: DiscordSandbox;
  readonly vendor: VendorSandbox;
  /** The world’s own folder, removed with it. */
  readonly folder: string;
  /** The settings of a bot in this world. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const discord = await startDiscord(options.discord);
  const vendor = await startVendor(options.vendor);
  const folder = await mkdtemp(join(tmpdir(), 'seedance-'));
  const close = async (): Promise<void> => {
    await Promise.all([discord.close(), vendor.close()]);
    await rm(folder, { recursive: true, force: true });
  };
  return {
    discord,
    vendor,
    folder,
    environment: {
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.apiUrl,
      DISCORD_CDN_HOSTS: discord.cdnHost,
      [`${accountOf(options.vendor)}_API_KEY`]: vendor.key,
      [`${accountOf(options.vendor)}_BASE_URL`]: vendor.url,
      VIDEO_HOSTS: vendor.host,
      GUILD_ALLOWLIST: '*',
      DATABASE_URL: `sqlite:${join(folder, 'bot.db')}`,
      DATA_DIR: join(folder, 'data'),
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Which settings name the vendor: ByteDance’s own API has two names, distinguished by the model ids. */
function accountOf({ dialect = 'official', idPrefix = '' }: VendorOptions = {}): string {
  if (dialect !== 'official') return dialect.toUpperCase();
  return idPrefix === '' ? 'BYTEPLUS' : 'VOLCENGINE';
}
