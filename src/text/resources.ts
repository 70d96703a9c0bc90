/** All user-visible sentences, by language and subject. Each file is a namespace of keys. */
import enCards from '../../locales/en-US/cards.json' with { type: 'json' };
import enCommands from '../../locales/en-US/commands.json' with { type: 'json' };
import enCommon from '../../locales/en-US/common.json' with { type: 'json' };
import enCredits from '../../locales/en-US/credits.json' with { type: 'json' };
import enErrors from '../../locales/en-US/errors.json' with { type: 'json' };
import enLogChannel from '../../locales/en-US/log-channel.json' with { type: 'json' };
import enMedia from '../../locales/en-US/media.json' with { type: 'json' };
import enModeration from '../../locales/en-US/moderation.json' with { type: 'json' };
import enOrders from '../../locales/en-US/orders.json' with { type: 'json' };
import enPlan from '../../locales/en-US/plan.json' with { type: 'json' };
import enQuota from '../../locales/en-US/quota.json' with { type: 'json' };
import enSettings from '../../locales/en-US/settings.json' with { type: 'json' };
import zhCards from '../../locales/zh-CN/cards.json' with { type: 'json' };
import zhCommands from '../../locales/zh-CN/commands.json' with { type: 'json' };
import zhCommon from '../../locales/zh-CN/common.json' with { type: 'json' };
import zhCredits from '../../locales/zh-CN/credits.json' with { type: 'json' };
import zhErrors from '../../locales/zh-CN/errors.json' with { type: 'json' };
import zhLogChannel from '../../locales/zh-CN/log-channel.json' with { type: 'json' };
import zhMedia from '../../locales/zh-CN/media.json' with { type: 'json' };
import zhModeration from '../../locales/zh-CN/moderation.json' with { type: 'json' };
import zhOrders from '../../locales/zh-CN/orders.json' with { type: 'json' };
import zhPlan from '../../locales/zh-CN/plan.json' with { type: 'json' };
import zhQuota from '../../locales/zh-CN/quota.json' with { type: 'json' };
import zhSettings from '../../locales/zh-CN/settings.json' with { type: 'json' };
import type { Locale } from './locales.ts';

const ENGLISH = {
  cards: enCards,
  commands: enCommands,
  common: enCommon,
  credits: enCredits,
  errors: enErrors,
  logChannel: enLogChannel,
  media: enMedia,
  moderation: enModeration,
  orders: enOrders,
  plan: enPlan,
  quota: enQuota,
  settings: enSettings,
};

const CHINESE = {
  cards: zhCards,
  commands: zhCommands,
  common: zhCommon,
  credits: zhCredits,
  errors: zhErrors,
  logChannel: zhLogChannel,
  media: zhMedia,
  moderation: zhModeration,
  orders: zhOrders,
  plan: zhPlan,
  quota: zhQuota,
  settings: zhSettings,
};

export type Namespace = keyof typeof ENGLISH;
type Sentences = Readonly<Record<Namespace, Readonly<Record<string, string>>>>;

export const RESOURCES: Readonly<Record<Locale, Sentences>> = {
  'en-US': ENGLISH,
  'zh-CN': CHINESE,
};

type WithoutPlural<Key> = Key extends `${infer Base}_${'one' | 'other'}` ? Base : Key;
type KeysOf<Name extends Namespace> =
  `${Name}:${WithoutPlural<keyof (typeof ENGLISH)[Name]> & string}`;

/** Such as `errors:directMessage`. A sentence with a plural has one key for all its forms. */
export type TextKey = { [Name in Namespace]: KeysOf<Name> }[Namespace];
