/**
 * The settings. Only this file reads the environment. All settings are validated at once, and all faults
 * are reported together. An empty value counts as unset.
 */
import { z } from 'zod';

import { pricesSettingSchema } from './catalogue/prices/prices-setting.ts';
import type { PricesSetting } from './catalogue/prices/prices.ts';
import {
  apiKeySetting,
  baseUrlSetting,
  VENDOR_NAMES,
  VENDORS,
  type VendorName,
} from './catalogue/vendors.ts';
import type { ProxySettings } from './dispatcher.ts';
import { ConfigError } from './errors.ts';
import type { LogLevel } from './logger.ts';
import { trimmed } from './pasted-text.ts';
import { credential, databaseUrl, hosts, list, proxyUrl, text, url } from './setting-schemas.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const BYTES_IN_MEGABYTE = 1_000_000;
const SNOWFLAKE = /^\d{17,20}$/;

const wholeCredits = z
  .string()
  .regex(/^\d{1,9}$/, { error: 'must be a whole number of credits, 0 or more' });

const EVERY_GUILD = '*';
const NOT_A_GUILD =
  'must list server ids, such as 123456789012345678, or be * alone for every server';
const allowlist = z.union(
  [
    z.tuple([z.literal(EVERY_GUILD)]).transform(() => 'everyone' as const),
    z.array(z.string().regex(SNOWFLAKE)),
  ],
  { error: NOT_A_GUILD },
);

/** A key and a base URL for each vendor in the vendor table. */
const vendorSettingsSchema = z.object(
  Object.fromEntries(
    VENDOR_NAMES.flatMap((name): ReadonlyArray<[string, z.ZodType<string | undefined>]> => {
      const { baseUrl } = VENDORS[name];
      return [
        [apiKeySetting(name), credential.optional()],
        [baseUrlSetting(name), baseUrl === undefined ? url.optional() : url.default(baseUrl)],
      ];
    }),
  ),
);

/** All other settings, each with its default. */
const environmentSchema = z.object({
  DISCORD_TOKEN: z
    .string({
      error:
        'is required: the bot token from the Bot page of https://discord.com/developers/applications',
    })
    .pipe(credential),
  DISCORD_API_URL: url.default('https://discord.com/api'),
  DISCORD_CDN_HOSTS: z
    .string()
    .default(
      'cdn.discordapp.com,media.discordapp.net,images-ext-1.discordapp.net,images-ext-2.discordapp.net',
    )
    .pipe(hosts),
  VENDOR_ORDER: z
    .string()
    .default('')
    .transform(list)
    .pipe(
      z.array(
        z.enum(VENDOR_NAMES, { error: `must name vendors among ${VENDOR_NAMES.join(', ')}` }),
      ),
    ),
  VIDEO_HOSTS: text.default('').pipe(hosts),
  PRICES: z.string().default('{}').transform(parseJson).pipe(pricesSettingSchema),
  DATABASE_URL: databaseUrl.default('sqlite:data/bot.db'),
  DATA_DIR: z.string().default('data'),
  RETENTION_DAYS: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, { error: 'must be a whole number of days, 1 or more' })
    .default('30')
    .transform(Number),
  GUILD_STORAGE_MB: z
    .string()
    .regex(/^[1-9]\d{0,7}$/, { error: 'must be a whole number of megabytes, 1 or more' })
    .default('2000')
    .transform(Number),
  GUILD_ALLOWLIST: z.string().default('').transform(list).pipe(allowlist),
  DEFAULT_GUILD_CREDITS: wholeCredits.default('500').transform(Number),
  DEFAULT_MEMBER_CREDITS: wholeCredits.transform(Number).optional(),
  MAX_GUILD_CREDITS_PER_MONTH: wholeCredits.default('1000').transform(Number),
  GUILD_CREDITS: z.string().default('').transform(parseGuildCredits),
  OPERATOR_CREDITS_PER_MONTH: wholeCredits.default('5000').transform(Number),
  HTTP_PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: 'must be a port number from 0 to 65535' })
    .transform(Number)
    .refine((port) => port <= 65_535, { error: 'must be a port number from 0 to 65535' })
    .optional(),
  HTTP_HOST: z.string().default('127.0.0.1'),
  HTTPS_PROXY: proxyUrl.optional(),
  HTTP_PROXY: proxyUrl.optional(),
  NO_PROXY: text.default(''),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` })
    .default('info'),
});
type Environment = z.infer<typeof environmentSchema>;

/** All settings. `.env.example` lists exactly these. */
export const SETTING_NAMES: readonly string[] = [
  ...Object.keys(environmentSchema.shape),
  ...Object.keys(vendorSettingsSchema.shape),
];

export interface VendorAccount {
  readonly apiKey: string;
  readonly baseUrl: string;
}

export interface Config {
  readonly discord: {
    readonly token: string;
    readonly apiUrl: string;
    readonly cdnHosts: readonly string[];
  };
  /** The vendors with a key, in order of preference. */
  readonly vendors: ReadonlyMap<VendorName, VendorAccount>;
  /** Hosts whose videos may use plain http, any port, or a private address. */
  readonly videoHosts: readonly string[];
  readonly prices: PricesSetting;
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly retentionDays: number;
  /** Maximum total size of each server's files. */
  readonly guildStorageBytes: number;
  /** `everyone` if the operator explicitly accepts every server. An empty list, the default, does too. */
  readonly guildAllowlist: 'everyone' | readonly string[];
  readonly credits: {
    readonly defaultGuild: number;
    /** Undefined: members share the server's credits. */
    readonly defaultMember: number | undefined;
    readonly maxGuildPerMonth: number;
    readonly guilds: ReadonlyMap<string, number>;
    readonly operatorPerMonth: number;
  };
  readonly http: { readonly port: number | undefined; readonly host: string };
  readonly proxy: ProxySettings;
  readonly logLevel: LogLevel;
}

/**
 * @param environment such as `process.env`
 * @throws ConfigError with every fault, each naming its setting; values of secrets are never repeated
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const { own, accounts } = parseSettings(environmentSchema, environment);
  return toConfig(own, accounts);
}

/**
 * Reads the only setting of programs that need just the database.
 *
 * @throws ConfigError
 */
export function readDatabaseUrl(environment: Readonly<Record<string, string | undefined>>): string {
  const parsed = environmentSchema
    .pick({ DATABASE_URL: true })
    .safeParse(Object.fromEntries(settingsIn(environment)));
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(describeIssue));
  return parsed.data.DATABASE_URL;
}

/** The settings of programs that show what the vendors offer. */
export type VendorSettings = Pick<Config, 'vendors' | 'prices' | 'databaseUrl'>;

/** @throws ConfigError with every fault, except a missing `DISCORD_TOKEN` */
export function readVendorSettings(
  environment: Readonly<Record<string, string | undefined>>,
): VendorSettings {
  const schema = environmentSchema.omit({ DISCORD_TOKEN: true });
  const { own, accounts } = parseSettings(schema, environment);
  return { vendors: accounts, prices: own.PRICES, databaseUrl: own.DATABASE_URL };
}

type Accounts = ReadonlyMap<VendorName, VendorAccount>;

/** @throws ConfigError with every fault of the settings and of the vendors' settings */
function parseSettings<Own extends Pick<Environment, 'VENDOR_ORDER'>>(
  schema: z.ZodType<Own>,
  environment: Readonly<Record<string, string | undefined>>,
): { own: Own; accounts: Accounts } {
  const set = settingsIn(environment);
  const values = { ...conventional(set), ...Object.fromEntries(set) };
  const own = schema.safeParse(values);
  const vendors = vendorSettingsSchema.safeParse(values);
  const issues = [own, vendors].flatMap(({ error }) => error?.issues ?? []);
  const faults = [
    ...issues.map(describeIssue),
    ...vendorFaults(new Set(set.map(([name]) => name))),
  ];
  if (!own.success || !vendors.success || faults.length > 0) throw new ConfigError(faults);
  return { own: own.data, accounts: vendorAccounts(vendors.data, own.data.VENDOR_ORDER) };
}

/** Returns the settings with a value. */
function settingsIn(
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyArray<readonly [name: string, value: string]> {
  return Object.entries(environment)
    .map(([name, value = '']) => [settingName(name), trimmed(value)] as const)
    .filter(([, value]) => value !== '');
}

/** Removes a byte order mark, which some editors write before the first name in a file. */
function settingName(name: string): string {
  return name.replace(/^\uFEFF/, '');
}

/** Accepts the proxy settings in lower case, as is common. */
function conventional(set: ReadonlyArray<readonly [name: string, value: string]>) {
  const proxies = set.filter(([name]) => /^(?:https?|no)_proxy$/.test(name));
  return Object.fromEntries(proxies.map(([name, value]) => [name.toUpperCase(), value]));
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const [name, ...rest] = issue.path;
  const [first] = rest;
  const where = typeof first === 'number' ? `entry ${first + 1}` : `at ${rest.join('.')}`;
  const inside = first === undefined ? '' : ` (${where})`;
  return `${String(name)}${inside} ${issue.message}`;
}

/** Checks rules across several settings, by name only, so that they are reported together with other faults. */
function vendorFaults(set: ReadonlySet<string>): string[] {
  const faults: string[] = [];
  const keys = VENDOR_NAMES.map(apiKeySetting);
  if (!keys.some((key) => set.has(key))) {
    faults.push(`${keys.join(', ')}: at least one vendor key is required, and none is set`);
  }
  if (set.has('ARK_API_KEY') && !set.has('ARK_BASE_URL')) {
    faults.push('ARK_BASE_URL is required with ARK_API_KEY, such as https://example.com/api/v3');
  }
  if (set.has('ARK_BASE_URL') && !set.has('ARK_API_KEY')) {
    faults.push('ARK_API_KEY is required with ARK_BASE_URL');
  }
  return faults;
}

function toConfig(environment: Environment, vendors: Accounts): Config {
  return Object.freeze({
    discord: {
      token: environment.DISCORD_TOKEN,
      apiUrl: environment.DISCORD_API_URL.replace(/\/+$/, ''),
      cdnHosts: environment.DISCORD_CDN_HOSTS,
    },
    vendors,
    videoHosts: environment.VIDEO_HOSTS,
    prices: environment.PRICES,
    databaseUrl: environment.DATABASE_URL,
    dataDir: environment.DATA_DIR,
    retentionDays: environment.RETENTION_DAYS,
    guildStorageBytes: environment.GUILD_STORAGE_MB * BYTES_IN_MEGABYTE,
    guildAllowlist: environment.GUILD_ALLOWLIST,
    credits: {
      defaultGuild: environment.DEFAULT_GUILD_CREDITS,
      defaultMember: environment.DEFAULT_MEMBER_CREDITS,
      maxGuildPerMonth: environment.MAX_GUILD_CREDITS_PER_MONTH,
      guilds: environment.GUILD_CREDITS,
      operatorPerMonth: environment.OPERATOR_CREDITS_PER_MONTH,
    },
    http: { port: environment.HTTP_PORT, host: environment.HTTP_HOST },
    proxy: {
      https: environment.HTTPS_PROXY,
      http: environment.HTTP_PROXY,
      except: environment.NO_PROXY,
    },
    logLevel: environment.LOG_LEVEL,
  });
}

/** Returns the vendors with a key, in the operator's order, then in the table's order. */
function vendorAccounts(
  settings: Readonly<Record<string, string | undefined>>,
  order: readonly VendorName[],
): Accounts {
  const accounts = new Map<VendorName, VendorAccount>();
  for (const name of [...order, ...VENDOR_NAMES]) {
    const apiKey = settings[apiKeySetting(name)];
    const baseUrl = settings[baseUrlSetting(name)];
    if (apiKey !== undefined && baseUrl !== undefined) {
      accounts.set(name, { apiKey, baseUrl: baseUrl.replace(/\/+$/, '') });
    }
  }
  return accounts;
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'must be JSON, such as {"byteplus":{"2.0-mini":{"perMillionTokens":3.5}}}',
    });
    return z.NEVER;
  }
}

function parseGuildCredits(text: string, context: z.RefinementCtx): ReadonlyMap<string, number> {
  const credits = new Map<string, number>();
  for (const entry of list(text)) {
    const match = /^(\d{17,20})=(\d{1,9})$/.exec(entry);
    if (match?.[1] === undefined || match[2] === undefined) {
      context.addIssue({
        code: 'custom',
        message: `must be serverId=credits pairs, such as 123456789012345678=2500; "${entry}" is not one`,
      });
      return z.NEVER;
    }
    credits.set(match[1], Number(match[2]));
  }
  return credits;
}
