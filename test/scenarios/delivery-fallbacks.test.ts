/**
 * Each response of Discord on each delivery route: the member finally sees one message with the video,
 * or with its link, and the price is settled once.
 */
import { describe, expect, test } from 'vitest';

import type { RequestEntry } from '#sandbox/discord/journal.ts';
import type { Reply } from '#sandbox/discord/reply.ts';
import { HOUR, MINUTE, SECOND } from '#src/clock.ts';

import { findVideos } from './find-video.ts';
import {
  EDIT_BY_BOT,
  EDIT_BY_TOKEN,
  NEW_MESSAGE,
  passUntil,
  scenario,
  type Scenario,
  type ScenarioOptions,
} from './harness.ts';
import { USUAL_CREDITS } from './outcome.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const RENDERING: ScenarioOptions = { vendor: { renderMs: 24 * HOUR } };
const WITH_FILE = ({ files }: Pick<RequestEntry, 'files'>): boolean => files.length > 0;

/** Where the video ends up: in the reply to the command, in a new message, or in a direct message. */
type Where = 'reply' | 'new' | 'direct';
type Expected = `${'video' | 'link'} in ${Where}`;

const ANSWERS = {
  'token dead (50027)': { kind: 'status', status: 401, code: 50_027 },
  'webhook unknown (10015)': { kind: 'status', status: 404, code: 10_015 },
  'message unknown (10008)': { kind: 'status', status: 404, code: 10_008 },
  'channel unknown (10003)': { kind: 'status', status: 404, code: 10_003 },
  'no access (50001)': { kind: 'status', status: 403, code: 50_001 },
  'no permission (50013)': { kind: 'status', status: 403, code: 50_013 },
  'takes no messages (50007)': { kind: 'status', status: 403, code: 50_007 },
  'no mutual server (50278)': { kind: 'status', status: 403, code: 50_278 },
  'too large (40005)': { kind: 'status', status: 413, code: 40_005 },
  'AutoMod (200000)': { kind: 'status', status: 400, code: 200_000 },
  'form invalid (50035)': { kind: 'status', status: 400, code: 50_035 },
  'edits of old messages (30046)': { kind: 'status', status: 429, code: 30_046 },
  'rate limit of a minute': { kind: 'rate-limit', retryAfterMs: MINUTE },
  // Short: the library itself waits for the end of this one, by a clock that no test can move.
  'rate limit for all': { kind: 'rate-limit', retryAfterMs: SECOND, scope: 'global' },
  'bot token refused (401)': { kind: 'status', status: 401 },
  'Cloudflare (40333)': { kind: 'status', status: 403, code: 40_333 },
  'server error 500': { kind: 'status', status: 500 },
  'bad gateway 502': { kind: 'status', status: 502 },
  'overloaded (130000)': { kind: 'status', status: 503, code: 130_000 },
  'cut before it was done': { kind: 'cut', when: 'before' },
  'answer lost': { kind: 'cut', when: 'after' },
  'answer reset': { kind: 'cut', when: 'after', how: 'reset' },
  'answer no JSON': { kind: 'malformed' },
} as const;

type Answer = keyof typeof ANSWERS;

/** Temporary faults, on any route: the next attempt uses the same route. */
const PASSING = [
  'edits of old messages (30046)',
  'rate limit of a minute',
  'rate limit for all',
  'bot token refused (401)',
  'Cloudflare (40333)',
  'server error 500',
  'bad gateway 502',
  'overloaded (130000)',
  'cut before it was done',
  'answer lost',
  'answer reset',
  'answer no JSON',
] as const satisfies readonly Answer[];

function passing(expected: Expected): (readonly [Answer, Expected])[] {
  return PASSING.map((answer) => [answer, expected]);
}

interface DeliveryCase {
  readonly name: string;
  readonly route: typeof EDIT_BY_TOKEN | typeof EDIT_BY_BOT | typeof NEW_MESSAGE;
  readonly options: { readonly private?: boolean };
  /** Brings the job to the point where this route is the first one open. */
  readonly reach: (s: Scenario, reply: Reply) => void;
  readonly rows: readonly (readonly [Answer, Expected])[];
}

const DELIVERIES: readonly DeliveryCase[] = [
  {
    name: 'the token of the interaction',
    route: EDIT_BY_TOKEN,
    options: {},
    reach: () => undefined,
    rows: [
      ['token dead (50027)', 'video in reply'],
      ['webhook unknown (10015)', 'video in reply'],
      ['message unknown (10008)', 'video in reply'],
      ['channel unknown (10003)', 'video in reply'],
      ['no access (50001)', 'video in reply'],
      ['no permission (50013)', 'link in reply'],
      ['too large (40005)', 'link in reply'],
      ['AutoMod (200000)', 'video in reply'],
      ['form invalid (50035)', 'video in reply'],
      ...passing('video in reply'),
    ],
  },
  {
    name: 'the token of the bot',
    route: EDIT_BY_BOT,
    options: {},
    reach: (s) => s.clock.pass(16 * MINUTE),
    rows: [
      ['message unknown (10008)', 'video in new'],
      ['channel unknown (10003)', 'video in new'],
      ['no access (50001)', 'video in new'],
      ['no permission (50013)', 'link in reply'],
      ['too large (40005)', 'link in reply'],
      ['AutoMod (200000)', 'video in reply'],
      ['form invalid (50035)', 'video in new'],
      ...passing('video in reply'),
    ],
  },
  {
    name: 'a new message',
    route: NEW_MESSAGE,
    options: {},
    reach: (s, reply) => {
      s.clock.pass(16 * MINUTE);
      s.guild.deleteMessage({ id: reply.message?.id ?? '' });
    },
    rows: [
      ['message unknown (10008)', 'video in new'],
      ['channel unknown (10003)', 'video in new'],
      ['no access (50001)', 'video in new'],
      ['no permission (50013)', 'link in new'],
      ['too large (40005)', 'link in new'],
      ['AutoMod (200000)', 'video in new'],
      ['form invalid (50035)', 'video in new'],
      ...passing('video in new'),
    ],
  },
  {
    name: 'a direct message',
    route: NEW_MESSAGE,
    options: { private: true },
    reach: (s) => s.clock.pass(16 * MINUTE),
    rows: [
      ['takes no messages (50007)', 'video in direct'],
      ['no mutual server (50278)', 'video in direct'],
      ['no permission (50013)', 'link in direct'],
      ['too large (40005)', 'link in direct'],
      ['AutoMod (200000)', 'video in direct'],
      ['form invalid (50035)', 'video in direct'],
      ...passing('video in direct'),
    ],
  },
];

describe.concurrent.each(DELIVERIES)('delivery by $name', ({ route, options, reach, rows }) => {
  test.each(rows)('a delivery answered with "%s" ends as %s', (answer, expected) =>
    scenario(RENDERING, async (s) => {
      const reply = s.video({ prompt: PROMPT, notify: 'mention', ...options });
      const shown = await reply.until(({ text }) => text.includes('Rendering'));
      reach(s, reply);
      s.discord.inject({ route, only: WITH_FILE, ...ANSWERS[answer] });
      s.vendor.setRenderMs(0);
      await passUntil(s, 'delivered');

      expect(findVideos(s, reply, shown.id)).toEqual([expected]);
      const [job] = await s.ledgers.jobs();
      expect(job).toMatchObject({ deliveredAs: expected.split(' ')[0] });
      const settled = (await s.ledgers.ledger()).filter(({ kind }) => kind === 'settle');
      expect(settled.filter(({ member_id: member }) => member === '')).toHaveLength(1);
      expect(await s.ledgers.serverBalance()).toBe(-USUAL_CREDITS);
      const inPublic = s.guild.channel().messages.map(({ text }) => text);
      expect(inPublic).toHaveLength(options.private === true ? 0 : inPublic.length);
    }),
  );
});
