/**
 * Every kill point in a job’s life, and how a bot is caught there from outside: a response of Discord or
 * of the vendor is delayed, a line of the bot’s log is seen, its database is locked. The bot knows
 * nothing of it, and is killed at that moment.
 */
import { file } from '../discord/command-options.ts';
import type { RequestEntry } from '../discord/journal.ts';
import { encodePng } from '../png.ts';
import {
  killAtDiscord,
  killAtLine,
  killAtVendor,
  killWhileCancelling,
  killDuringEdit,
  failNext,
  hasFile,
  isHungAt,
  sendOrdersMeanwhile,
  killWhileNotifying,
  killBeforeWrite,
  killBeforeRefundWrite,
  killWithoutMessage,
  type KillPoint,
} from './kill-points.ts';
import { CALLBACK, EDIT_BY_TOKEN, FOLLOW_UP, PICTURE } from './routes.ts';
import { until } from './wait-until.ts';

const PICTURE_FILE = file('p.png', encodePng({ width: 400, height: 400, paint: () => [9, 9, 99] }));
/** Too small for any model: refused after the acknowledgement. */
const SMALL_FILE = file('s.png', encodePng({ width: 200, height: 200, paint: () => [9, 9, 99] }));

export const NAMED_STEPS: readonly KillPoint[] = [
  killAtDiscord('command received, not acknowledged', { route: CALLBACK, when: 'before' }),
  killAtDiscord(
    'acknowledged, not accepted',
    { route: PICTURE, when: 'before' },
    {
      first_frame: PICTURE_FILE,
    },
  ),
  killAtDiscord(
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
    ...killAtVendor('submission recorded, create call not arrived', { on: 'create', kind: 'hang' }),
    isLong: true,
  },
  killAtVendor('create call arrived, not answered', { on: 'create', kind: 'hang', when: 'after' }),
  {
    name: 'create call answered, not recorded',
    play: (visit) => killBeforeWrite(visit, { on: 'create', kind: 'slow', ms: 600 }),
  },
  killAtLine('queued', ({ to }) => to === 'queued'),
  killAtLine('running', ({ to }) => to === 'running'),
  { name: 'edit in progress, executed after the end', play: killDuringEdit },
  killWhileCancelling('cancel requested, not done', 'before'),
  killWhileCancelling('cancelled at the vendor, not recorded', 'after'),
  killAtVendor('video made, not fetched', { on: 'video', kind: 'hang' }),
  killAtVendor('video half fetched', { on: 'video', kind: 'stalled-video' }),
  killAtLine('video stored, not uploaded', ({ event }) => event === 'video-stored'),
  killAtDiscord('upload in progress', { route: EDIT_BY_TOKEN, when: 'before', only: hasFile }),
  killAtDiscord('video in Discord, response lost', {
    route: EDIT_BY_TOKEN,
    when: 'after',
    only: hasFile,
  }),
  killWithoutMessage('new message marked, not sent', 'before'),
  killWithoutMessage('new message sent, not recorded', 'after'),
  {
    name: 'failed at the vendor, refund not recorded',
    play: killBeforeRefundWrite,
  },
  {
    name: 'refund recorded, not shown',
    async play({ scene, kill, vendor }) {
      failNext(vendor);
      await sendOrdersMeanwhile(
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
      await sendOrdersMeanwhile(scene, scene.untilDiscord(isHungAt(EDIT_BY_TOKEN, 'after')));
      await kill();
    },
  },
  killWhileNotifying('delivered, notice not sent', 'before'),
  killWhileNotifying('notice sent, not recorded', 'after'),
];
