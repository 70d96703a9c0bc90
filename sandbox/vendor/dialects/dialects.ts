/** All dialects, by name. */
import type { Dialect, DialectName } from '../dialect.ts';
import { AIMLAPI } from './aimlapi.ts';
import { AZERION } from './azerion.ts';
import { KYYAIPOWER } from './kyyaipower.ts';
import { OFFICIAL, POWERTOKENS } from './official.ts';
import { PIXAZO } from './pixazo.ts';

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  official: OFFICIAL,
  powertokens: POWERTOKENS,
  azerion: AZERION,
  kyyaipower: KYYAIPOWER,
  pixazo: PIXAZO,
  aimlapi: AIMLAPI,
};
