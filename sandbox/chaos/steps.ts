/**
 * Every kill point in a job’s life, and how a bot is caught there from outside: a response of Discord or
 * of the vendor is delayed, a line of the bot’s log is seen, its database is locked. The bot knows
 * nothing of it, and is killed at that moment.
 */
import { file } from '../discord/command-options.ts';
import type { RequestEntry } from '../discord/journal.ts';
import { encodePng } from '../png.ts';
import {
  atDiscord,
  atLine,
  atVendor,
  cancelling,
  duringEdit,
  failNext,
  hasFile,
  isHungAt,
  meanwhileOrdering,
  notifying,
  whileItCannotWrite,
  whileRefundCannotBeWritten,
  withoutItsMessage,
  type NamedStep,
} from './kill-points.ts';
import { CALLBACK, EDIT_BY_TOKEN, FOLLOW_UP, PICTURE } from './routes.ts';
import { until } from './wait-until.ts';

const PICTURE_FILE = file('p.png', encodePng({ width: 400, height: 400, paint: () => [9, 9, 99] }));
/** Too small for any model: refused after the acknowledgement. */
const SMALL_FILE = file('s.png', encodePng({ width: 200, height: 200, paint: () => [9, 9, 99] }));

export const NAMED_STEPS: readonly NamedStep[] = [
  atDiscord('command received, not acknowledged', { route: CALLBACK, when: 'before' }),
  atDiscord(
    'acknowledged, not accepted',
    { route: PICTURE, when: 'before' },
    {
      first_frame: PICTURE_FILE,
    },
  ),
  atDiscord(
    'refusal begun, not shown',
    { route: FOLLOW_UP, when: 'before' },
    {
      first_frame: SMALL_FILE,
    },
  ),
  {
    name: 'job recorded',
    async play({ scene, kill }) {
      const { reply } = scene.orders();
      await until(async () => scene.records.isRecorded(reply.interactionId), { withinMs: 20_000 });
      await kill();
    },
  },
  {
    ...atVendor('submission recorded, create call not arrived', { on: 'create', kind: 'hang' }),
    isLong: true,
  },
  atVendor('create call arrived, not answered', { on: 'create', kind: 'hang', when: 'after' }),
  {
    name: 'create call answered, not recorded',
    play: (visit) => whileItCannotWrite(visit, { on: 'create', kind: 'slow', ms: 600 }),
  },
  atLine('queued', ({ to }) => to === 'queued'),
  atLine('running', ({ to }) => to === 'running'),
  { name: 'edit in progress, executed after the end', play: duringEdit },
  cancelling('cancel requested, not done', 'before'),
  cancelling('cancelled at the vendor, not recorded', 'after'),
  atVendor('video made, not fetched', { on: 'video', kind: 'hang' }),
  atVendor('video half fetched', { on: 'video', kind: 'stalled-video' }),
  atLine('video stored, not uploaded', ({ event }) => event === 'video-stored'),
  atDiscord('upload in progress', { route: EDIT_BY_TOKEN, when: 'before', only: hasFile }),
  atDiscord('video in Discord, response lost', {
    route: EDIT_BY_TOKEN,
    when: 'after',
    only: hasFile,
  }),
  withoutItsMessage('new message marked, not sent', 'before'),
  withoutItsMessage('new message sent, not recorded', 'after'),
  {
    name: 'failed at the vendor, refund not recorded',
    play: whileRefundCannotBeWritten,
  },
  {
    name: 'refund recorded, not shown',
    async play({ scene, kill, vendor }) {
      failNext(vendor);
      await meanwhileOrdering(
        scene,
        scene.untilLogged(({ to }) => to === 'failed'),
      );
      await kill();
    },
  },
  {
    name: 'refund shown, response lost',
    async play({ scene, kill, discord, vendor }) {
      failNext(vendor);
      const only = ({ body }: Pick<RequestEntry, 'body'>): boolean =>
        JSON.stringify(body ?? {}).includes('Nothing was charged');
      const fault = { route: EDIT_BY_TOKEN, kind: 'hang', when: 'after', only } as const;
      discord(fault);
      await meanwhileOrdering(scene, scene.untilDiscord(isHungAt(EDIT_BY_TOKEN, 'after')));
      await kill();
    },
  },
  notifying('delivered, notice not sent', 'before'),
  notifying('notice sent, not recorded', 'after'),
];
