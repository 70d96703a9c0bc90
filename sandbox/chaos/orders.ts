/** What members ask for: every kind of request, and what they do about it afterwards. */
import { file, type OptionValue } from '../discord/command-options.ts';
import { encodePng } from '../png.ts';
import type { Chance } from './random.ts';
import { FORBIDDEN_WORD, MEMBERS, SERVERS, type ServerPlan } from './servers.ts';

export type Options = Readonly<Record<string, OptionValue>>;

/** A member’s action on one of their requests, so long after its first message appeared. */
export interface FollowUp {
  readonly does: 'cancels' | 'makes-final' | 'deletes-message';
  readonly afterMs: number;
}

export interface Order {
  /** In its prompt, and therefore in its message and in the vendor’s task, which are found by it. */
  readonly tag: string;
  readonly kind: string;
  readonly server: ServerPlan;
  readonly member: string;
  readonly channel: string;
  readonly options: Options;
  readonly isPrivate: boolean;
  /** From the beginning of its round. */
  readonly afterMs: number;
  readonly later: FollowUp | undefined;
}

interface Kind {
  readonly kind: string;
  readonly weight: number;
  readonly options: (chance: Chance) => Options;
  readonly later?: (chance: Chance) => FollowUp;
  /** It is refused whatever else happens. */
  readonly isRefused?: true;
}

/** Part of private prompts, so that private text can be recognised on the wire. */
export const PRIVATE_WORD = 'secretly';

const SIZE = { width: 480, height: 360 };
const FIRST = file('dusk.png', encodePng({ ...SIZE, paint: (x, y) => [90 * x, 60, 160 * y] }));
const LAST = file('dawn.png', encodePng({ ...SIZE, paint: (x, y) => [240 * y, 160, 90 * x] }));
const SMALL = file('icon.png', encodePng({ width: 200, height: 200, paint: () => [9, 99, 9] }));

const FAST = { model: '1.0-pro-fast', resolution: '480p' } as const;

const KINDS: readonly Kind[] = [
  { kind: 'prompt alone', weight: 18, options: () => ({}) },
  {
    kind: 'another model',
    weight: 12,
    options: (chance) => ({
      model: chance.oneOf(['1.0-pro', '1.0-pro-fast', '2.0-fast', '2.0-mini']),
      resolution: chance.oneOf(['480p', '720p']),
      duration: chance.whole(4, 8),
    }),
  },
  { kind: 'first frame', weight: 12, options: () => ({ first_frame: FIRST }) },
  {
    kind: 'first and last frame',
    weight: 5,
    options: () => ({ first_frame: FIRST, last_frame: LAST, model: '1.0-pro' }),
  },
  { kind: 'private', weight: 12, options: () => ({ private: true, ...FAST }) },
  { kind: 'told by direct message', weight: 6, options: () => ({ notify: 'dm', ...FAST }) },
  { kind: 'not told', weight: 5, options: () => ({ notify: 'none', ...FAST }) },
  { kind: 'economy', weight: 3, options: () => ({ economy: true, ...FAST }) },
  {
    kind: 'draft, then final',
    weight: 6,
    options: () => ({ draft: true, model: '2.5', duration: 4 }),
    later: (chance) => ({ does: 'makes-final', afterMs: chance.whole(0, 1_500) }),
  },
  {
    kind: 'cancelled',
    weight: 10,
    options: () => FAST,
    later: (chance) => ({ does: 'cancels', afterMs: chance.whole(0, 2_500) }),
  },
  {
    kind: 'message deleted',
    weight: 10,
    options: () => FAST,
    later: (chance) => ({ does: 'deletes-message', afterMs: chance.whole(0, 3_500) }),
  },
  { kind: 'too long', weight: 3, options: () => ({ duration: 60 }), isRefused: true },
  {
    kind: 'picture too small',
    weight: 2,
    options: () => ({ first_frame: SMALL }),
    isRefused: true,
  },
  { kind: 'forbidden word', weight: 3, options: () => ({}), isRefused: true },
];

const TAG_DIGITS = 5;

function tagOf(number: number): string {
  return `boat${String(number).padStart(TAG_DIGITS, '0')}`;
}

/** Whether it should become a job: the budget of some servers runs out. */
export function isExpectedToRun(order: Pick<Order, 'kind' | 'server'>): boolean {
  const isRefused = KINDS.some(({ kind, isRefused: is }) => kind === order.kind && is === true);
  return !isRefused && !order.server.isPoor;
}

/** @param number of the request, for its tag */
export function makeOrder(chance: Chance, number: number, afterMs: number): Order {
  const { kind, options: optionsOf, later } = chance.weighted(KINDS);
  const server = chance.weighted(SERVERS);
  const options = optionsOf(chance);
  const isPrivate = options['private'] === true;
  const word = kind === 'forbidden word' ? FORBIDDEN_WORD : '';
  const tag = tagOf(number);
  return {
    tag,
    kind,
    server,
    member: chance.oneOf(MEMBERS),
    channel: chance.oneOf(server.channels),
    options: { ...options, prompt: promptOf(tag, isPrivate ? PRIVATE_WORD : word) },
    isPrivate,
    afterMs,
    later: later?.(chance),
  };
}

/** A request that brings a bot to a named kill point. */
export function plainOrder(number: number, options: Options = {}): Order {
  const [server] = SERVERS;
  const tag = tagOf(number);
  return {
    tag,
    kind: 'for a kill point',
    server,
    member: MEMBERS[number % MEMBERS.length] ?? MEMBERS[0],
    channel: server.channels[0],
    options: { ...FAST, ...options, prompt: promptOf(tag) },
    isPrivate: false,
    afterMs: 0,
    later: undefined,
  };
}

function promptOf(tag: string, word = ''): string {
  return ['The paper', tag, word, 'drifts across a quiet bay']
    .filter((part) => part !== '')
    .join(' ');
}
