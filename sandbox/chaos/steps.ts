/**
 * Every named step of a job's life, and how a bot is met there from outside: an answer of Discord or
 * of the vendor is held back, a line of the bot's log is seen, its database is locked. The bot knows
 * nothing of it, and is killed right then.
 */
import { file } from '../discord/command-options.ts';
import type { Fault, RestFault } from '../discord/faults.ts';
import type { RequestEntry } from '../discord/journal.ts';
import { encodePng } from '../png.ts';
import type { VendorFault, VendorRequest } from '../vendor/vendor.ts';
import { deletesMessage } from './happenings.ts';
import type { LogLine } from './log.ts';
import type { Options } from './orders.ts';
import { CALLBACK, EDIT_BY_TOKEN, FOLLOW_UP, NEW_MESSAGE, PICTURE } from './routes.ts';
import { STEP_WITHIN_MS, type Scene } from './scene.ts';
import { until } from './watching.ts';

/** What a step has to bring a bot there. */
export interface Visit {
  readonly scene: Scene;
  readonly kill: () => Promise<void>;
  /** Orders a fault; what has not happened by the end of the visit is taken back. */
  readonly discord: (fault: Fault) => void;
  readonly vendor: (fault: VendorFault) => void;
}

export interface NamedStep {
  readonly name: string;
  /** What follows takes more than a minute: not for a short run. */
  readonly isLong?: true;
  /** Comes about by itself now and then: armed at the beginning, waited for to the end. */
  readonly isStanding?: true;
  /** Brings a bot there, and kills it right then. @throws NeverMet */
  readonly play: (visit: Visit) => Promise<void>;
}

/** When the first order for a step has met another mishap, one more is sent. */
const ORDER_AGAIN_MS = 9_000;
/** Long enough for an answer to reach the bot, and for its write to meet the lock. */
const ANSWER_UNDER_WAY_MS = 60;
/** The bot looks every 3 seconds. */
const ANSWERED_WITHIN_MS = 20_000;
const STANDING_WITHIN_MS = 900_000;

const PICTURE_FILE = file('p.png', encodePng({ width: 400, height: 400, paint: () => [9, 9, 99] }));
/** Too small for any model: refused after the acknowledgement. */
const SMALL_FILE = file('s.png', encodePng({ width: 200, height: 200, paint: () => [9, 9, 99] }));

export const NAMED_STEPS: readonly NamedStep[] = [
  atDiscord('a command received, not acknowledged', { route: CALLBACK, when: 'before' }),
  atDiscord(
    'acknowledged, not accepted',
    { route: PICTURE, when: 'before' },
    {
      first_frame: PICTURE_FILE,
    },
  ),
  atDiscord(
    'a refusal begun, not told',
    { route: FOLLOW_UP, when: 'before' },
    {
      first_frame: SMALL_FILE,
    },
  ),
  {
    name: 'the job written',
    async play({ scene, kill }) {
      const { reply } = scene.orders();
      await until(async () => scene.records.isRecorded(reply.interactionId), { withinMs: 20_000 });
      await kill();
    },
  },
  {
    ...atVendor('the create written down, not arrived', { on: 'create', kind: 'hang' }),
    isLong: true,
  },
  atVendor('the create arrived, not answered', { on: 'create', kind: 'hang', when: 'after' }),
  {
    name: 'the create answered, not written down',
    play: (visit) => whileItCannotWrite(visit, { on: 'create', kind: 'slow', ms: 600 }),
  },
  atLine('queued', ({ to }) => to === 'queued'),
  atLine('running', ({ to }) => to === 'running'),
  cancelling('a cancel asked, not done', 'before'),
  cancelling('cancelled at the vendor, not written down', 'after'),
  atVendor('the video made, not fetched', { on: 'video', kind: 'hang' }),
  atVendor('the video half fetched', { on: 'video', kind: 'stalled-video' }),
  atLine('the video stored, not uploaded', ({ event }) => event === 'video-stored'),
  atDiscord('the upload under way', { route: EDIT_BY_TOKEN, when: 'before', only: hasFile }),
  atDiscord('Discord has the video, its answer lost', {
    route: EDIT_BY_TOKEN,
    when: 'after',
    only: hasFile,
  }),
  withoutItsMessage('a new message marked, not sent', 'before'),
  withoutItsMessage('a new message sent, not written down', 'after'),
  {
    name: 'failed at the vendor, the refund not written',
    play: whileRefundCannotBeWritten,
  },
  {
    name: 'the refund written, not told',
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
    name: 'the refund told, the answer lost',
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
  notifying('delivered, the notice not sent', 'before'),
  notifying('the notice sent, not written down', 'after'),
];

type Held = Pick<RestFault, 'route' | 'only'> & { readonly when: 'before' | 'after' };

/** Discord gets the request, and its answer never comes. */
function atDiscord(name: string, held: Held, options?: Options): NamedStep {
  return {
    name,
    async play({ scene, kill, discord }) {
      discord({ ...held, kind: 'hang' });
      const isHung = scene.untilDiscord(isHungAt(held.route, held.when));
      await meanwhileOrdering(scene, isHung, options);
      await kill();
    },
  };
}

function isHungAt(route: string, when: 'before' | 'after'): (request: RequestEntry) => boolean {
  return ({ method, route: template, fault, status }) =>
    `${method} ${template}` === route &&
    fault === 'hang' &&
    (when === 'before' || status !== undefined);
}

function atVendor(name: string, fault: VendorFault): NamedStep {
  return {
    name,
    async play({ scene, kill, vendor }) {
      vendor(fault);
      await meanwhileOrdering(scene, scene.untilVendor(isMetBy(fault)));
      await kill();
    },
  };
}

/** Of what hung after its work was done, the journal knows how it was to be answered. */
function isMetBy(fault: VendorFault): (request: VendorRequest) => boolean {
  const isDone = fault.kind === 'hang' && fault.when === 'after';
  return ({ route, fault: met, status }) =>
    route === fault.on && met === fault.kind && (!isDone || status !== undefined);
}

function atLine(name: string, isIt: (line: LogLine) => boolean): NamedStep {
  return {
    name,
    async play({ scene, kill }) {
      await meanwhileOrdering(scene, scene.untilLogged(isIt));
      await kill();
    },
  };
}

function cancelling(name: string, when: 'before' | 'after'): NamedStep {
  return {
    name,
    async play({ scene, kill, vendor }) {
      const fault = { on: 'cancel', kind: 'hang', when } as const;
      vendor(fault);
      const isMet = scene.untilVendor(isMetBy(fault));
      const pressing = scene.log.listen(({ to, jobId }) => {
        if (to === 'queued' && jobId !== undefined) pressCancelSoon(scene);
      });
      try {
        await meanwhileOrdering(scene, isMet);
      } finally {
        pressing();
      }
      await kill();
    },
  };
}

/** On the newest plain order that still offers it. */
function pressCancelSoon(scene: Scene): void {
  const newest = scene.placed.findLast(
    ({ reply }) => reply.message?.buttons.some(({ label }) => label === 'Cancel') === true,
  );
  if (newest !== undefined) scene.follow(async () => void scene.clicks(newest, 'Cancel'));
}

/** The message of a job is deleted, so that its video comes in a new one. */
function withoutItsMessage(name: string, when: 'before' | 'after'): NamedStep {
  return {
    name,
    async play({ scene, kill, discord }) {
      discord({ route: NEW_MESSAGE, kind: 'hang', when, only: hasFile });
      const isMet = scene.untilDiscord(isHungAt(NEW_MESSAGE, when));
      const deleting = scene.log.listen(({ to }) => {
        const newest = scene.placed.findLast(({ order }) => order.kind === 'for a named step');
        if (to === 'queued' && newest !== undefined) deletesMessage(newest, scene);
      });
      try {
        await meanwhileOrdering(scene, isMet);
      } finally {
        deleting();
      }
      await kill();
    },
  };
}

/** A video that took over a minute is told of in a message of its own. */
function notifying(name: string, when: 'before' | 'after'): NamedStep {
  return {
    name,
    isLong: true,
    isStanding: true,
    async play({ scene, kill, discord }) {
      const only = ({ body, files }: Pick<RequestEntry, 'body' | 'files'>): boolean =>
        files.length === 0 && JSON.stringify(body ?? {}).includes('your video is ready');
      discord({ route: NEW_MESSAGE, kind: 'hang', when, only });
      await scene.untilDiscord(isHungAt(NEW_MESSAGE, when), STANDING_WITHIN_MS);
      await kill();
    },
  };
}

/** The vendor's answer is on its way when nothing can be written any more. */
async function whileItCannotWrite(
  { scene, kill, vendor }: Visit,
  fault: VendorFault,
): Promise<void> {
  const { journal } = scene.world.vendor;
  const from = journal.length;
  const met = () =>
    journal
      .slice(from)
      .find((request) => request.route === fault.on && request.fault === fault.kind);
  vendor(fault);
  await meanwhileOrdering(scene, scene.untilVendor(isMetBy(fault)));
  await scene.records.whileLocked(async () => {
    await until(() => met()?.status !== undefined, { withinMs: ANSWERED_WITHIN_MS });
    await killSoon(kill);
  });
}

async function whileRefundCannotBeWritten({ scene, kill, vendor }: Visit): Promise<void> {
  const { tasks } = scene.world.vendor;
  const failed = (): number => tasks.filter(({ status }) => status === 'failed').length;
  const before = failed();
  failNext(vendor);
  await meanwhileOrdering(
    scene,
    until(() => failed() > before, { withinMs: STEP_WITHIN_MS }),
  );
  await scene.records.whileLocked(async () => {
    const isAsked = scene.untilVendor(
      ({ route, status }) => route === 'list' && status === 200,
      ANSWERED_WITHIN_MS,
    );
    await isAsked;
    await killSoon(kill);
  });
}

async function killSoon(kill: () => Promise<void>): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ANSWER_UNDER_WAY_MS));
  await kill();
}

function failNext(vendor: Visit['vendor']): void {
  vendor({ on: 'create', kind: 'fail-task', code: 'InternalServiceError' });
}

/** Sends orders, one now and then, until the step has been met. */
async function meanwhileOrdering(
  scene: Scene,
  isMet: Promise<unknown>,
  options?: Options,
): Promise<void> {
  scene.orders(options);
  const timer = setInterval(() => scene.orders(options), ORDER_AGAIN_MS);
  try {
    await isMet;
  } finally {
    clearInterval(timer);
  }
}

function hasFile({ files }: Pick<RequestEntry, 'files'>): boolean {
  return files.length > 0;
}
