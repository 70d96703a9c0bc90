/**
 * A new message without a response is searched for by Discord’s time, from which the bot’s clock may differ,
 * and not always by the same amount.
 */
import { SnowflakeUtil } from 'discord.js';
import { describe, expect, test } from 'vitest';

import { DAY, HOUR, MINUTE } from '#src/clock.ts';
import { findMarkedMessage } from '#src/discord/messages/delivery-marker.ts';
import type { Messenger } from '#src/discord/rest/messenger.ts';
import type { MessageSearch } from '#src/discord/rest/search-messages.ts';
import type { Job } from '#src/jobs/record/job.ts';

import { aJob, JOB_BORN_MS } from '../../../fakes/job.ts';

const MARKED_AT_MS = JOB_BORN_MS + 30 * MINUTE;
const CHANNEL = '7';
const idAt = (timestamp: number): string => SnowflakeUtil.generate({ timestamp }).toString();
const LOST = {
  id: idAt(MARKED_AT_MS + MINUTE),
  components: [{ items: [{ media: { url: 'https://cdn.example/seedance-job1.mp4' } }] }],
};

/** @param wrongBy the error of the bot’s clock, at the command and at the marker, in milliseconds */
function aMarkedJob({ atCommand = 0, atMark = 0 } = {}): Job {
  return aJob({
    state: 'succeeded',
    interactionId: idAt(JOB_BORN_MS),
    createdAtMs: JOB_BORN_MS + MINUTE + atCommand,
    deliveryMarkerChannelId: CHANNEL,
    deliveryMarkerSetAtMs: MARKED_AT_MS + atMark,
  });
}

/** A channel with the lost message, which responds differently to time spans beyond its limit. */
function channel({
  isLost = true,
  longestMs = Number.POSITIVE_INFINITY,
  tooLong = 'too-many',
}: { isLost?: boolean; longestMs?: number; tooLong?: 'unreadable' | 'too-many' } = {}) {
  const searches: MessageSearch[] = [];
  const find: Messenger['find'] = async (_channelId, search) => {
    searches.push(search);
    const { fromMs, toMs = Number.POSITIVE_INFINITY } = search;
    if (toMs - fromMs > longestMs) return { kind: tooLong };
    const sentAtMs = SnowflakeUtil.timestampFrom(LOST.id);
    const isThere = isLost && fromMs <= sentAtMs && sentAtMs <= toMs && search.isIt(LOST);
    return isThere ? { kind: 'found', message: LOST } : { kind: 'not-there' };
  };
  return { messenger: { find }, searches };
}

const CLOCKS = {
  'that is right': {},
  'that is wrong by a constant amount': { atCommand: -3 * HOUR, atMark: -3 * HOUR },
  'put forward between command and marker': { atCommand: -3 * HOUR },
  'set back between command and marker': { atCommand: 3 * HOUR },
  'that becomes wrong between command and marker': { atMark: 3 * HOUR },
} as const;

describe('a lost message', () => {
  test.each(Object.entries(CLOCKS))(
    'a lost message is found by a clock %s',
    async (_clock, wrongBy) => {
      const { messenger } = channel();

      const found = await findMarkedMessage(aMarkedJob(wrongBy), { messenger });

      expect(found).toEqual({ kind: 'found', as: 'video', messageId: LOST.id });
    },
  );

  test('a lost message is found near its marker without reading everything since the command', async () => {
    const { messenger, searches } = channel({ longestMs: HOUR });

    const found = await findMarkedMessage(aMarkedJob(), { messenger });

    expect(found).toMatchObject({ messageId: LOST.id });
    expect(searches).toHaveLength(1);
  });

  test('a lost message is found in a busy channel although the job took ten minutes to accept and the file six to upload', async () => {
    const acceptedMs = 10 * MINUTE;
    const sent = { ...LOST, id: idAt(MARKED_AT_MS + 6 * MINUTE) };
    const job = { ...aMarkedJob(), createdAtMs: JOB_BORN_MS + acceptedMs };
    const find: Messenger['find'] = async (_channelId, { toMs, isIt }) => {
      if (toMs === undefined) return { kind: 'too-many' };
      const isThere = SnowflakeUtil.timestampFrom(sent.id) <= toMs && isIt(sent);
      return isThere ? { kind: 'found', message: sent } : { kind: 'not-there' };
    };

    expect(await findMarkedMessage(job, { messenger: { find } })).toMatchObject({
      messageId: sent.id,
    });
  });

  test.each(['unreadable', 'too-many'] as const)(
    'a lost message may be anywhere when even the time of its marker is %s',
    async (tooLong) => {
      const { messenger, searches } = channel({ longestMs: 0, tooLong });

      expect(await findMarkedMessage(aMarkedJob(), { messenger })).toEqual({ kind: tooLong });
      expect(searches).toHaveLength(1);
    },
  );
});

test('nothing from before the command is read', async () => {
  const { messenger, searches } = channel();

  await findMarkedMessage(aMarkedJob({ atCommand: 3 * HOUR }), { messenger });

  expect(searches.map(({ fromMs }) => fromMs)).toEqual([JOB_BORN_MS, JOB_BORN_MS]);
});

describe('a message that is not near its marker', () => {
  test('a message is absent when it is not found since the command either', async () => {
    const { messenger, searches } = channel({ isLost: false });

    expect(await findMarkedMessage(aMarkedJob(), { messenger })).toEqual({ kind: 'not-there' });
    expect(searches).toMatchObject([{}, { fromMs: JOB_BORN_MS }]);
    expect(searches[1]).not.toHaveProperty('toMs');
  });

  test('a message is absent in a busy channel when the bot’s clock was right at the command', async () => {
    const { messenger } = channel({ isLost: false, longestMs: HOUR });

    expect(await findMarkedMessage(aMarkedJob(), { messenger })).toEqual({ kind: 'not-there' });
  });

  test.each([-3 * HOUR, 3 * HOUR, DAY])(
    'a message may be anywhere in a busy channel when the bot’s clock was wrong by %d ms then',
    async (atCommand) => {
      const { messenger } = channel({ longestMs: HOUR });

      expect(await findMarkedMessage(aMarkedJob({ atCommand }), { messenger })).toEqual({
        kind: 'too-many',
      });
    },
  );

  test.each([
    [-2 * MINUTE - 1, 'too-many'],
    [-2 * MINUTE, 'not-there'],
    [12 * MINUTE, 'not-there'],
    [12 * MINUTE + 1, 'too-many'],
  ])(
    'a message of a job made %d ms after its command, by the bot’s clock, is %s',
    async (afterMs, found) => {
      const { messenger } = channel({ isLost: false, longestMs: HOUR });
      const job = { ...aMarkedJob(), createdAtMs: JOB_BORN_MS + afterMs };

      expect(await findMarkedMessage(job, { messenger })).toEqual({ kind: found });
    },
  );

  test('a message is not known to be absent once the channel is unreadable', async () => {
    const { messenger } = channel({ isLost: false, longestMs: HOUR, tooLong: 'unreadable' });

    expect(await findMarkedMessage(aMarkedJob(), { messenger })).toEqual({ kind: 'unreadable' });
  });
});

test('a job without a marker sends no request', async () => {
  const { messenger, searches } = channel();

  expect(await findMarkedMessage(aJob({ state: 'succeeded' }), { messenger })).toEqual({
    kind: 'not-there',
  });
  expect(searches).toEqual([]);
});
