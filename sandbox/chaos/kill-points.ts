/** How a bot is brought to a kill point in a job’s life, from outside, and killed right there. */
import type { Fault, RestFault } from '../discord/faults.ts';
import type { RequestEntry } from '../discord/journal.ts';
import type { VendorFault, VendorRequest } from '../vendor/vendor.ts';
import { deletesMessage } from './follow-ups.ts';
import type { LogLine } from './log.ts';
import type { Options } from './orders.ts';
import { EDIT_BY_TOKEN, NEW_MESSAGE } from './routes.ts';
import { STEP_WITHIN_MS, type Scene } from './scene.ts';
import { NeverMet, until } from './wait-until.ts';

/** What a kill point can use to bring a bot there. */
export interface Visit {
  readonly scene: Scene;
  readonly kill: () => Promise<void>;
  /** Injects a fault; it is removed when it has not happened by the end of the visit. */
  readonly discord: (fault: Fault) => void;
  readonly vendor: (fault: VendorFault) => void;
}

export interface KillPoint {
  readonly name: string;
  /** The consequences take more than a minute: not for a short run. */
  readonly isLong?: true;
  /** Happens by itself occasionally: armed at the start, awaited until the end. */
  readonly isStanding?: true;
  /** Brings a bot there, and kills it at that moment. @throws NeverMet */
  readonly play: (visit: Visit) => Promise<void>;
}

/** When the first request for a kill point met another fault, one more is sent. */
const ORDER_AGAIN_MS = 9_000;
/** Long enough for a response to reach the bot, and for its write to meet the lock. */
const ANSWER_UNDER_WAY_MS = 60;
/** By then a killed bot is back and has delivered the video, and has not verified it yet. */
const LONG_UNDER_WAY_MS = 15_000;
const ANSWERED_WITHIN_MS = 20_000;
/** Longer than the pause between two looks of the bot, but not so long that a start fails. */
const LOCKED_FOR_MS = 5_000;
const MOST_TRIES = 5;
const STANDING_WITHIN_MS = 900_000;

type Held = Pick<RestFault, 'route' | 'only'> & { readonly when: 'before' | 'after' };

/** Discord gets the request, and its response never arrives. */
export function killAtDiscord(name: string, held: Held, options?: Options): KillPoint {
  return {
    name,
    async play({ scene, kill, discord }) {
      discord({ ...held, kind: 'hang' });
      const isHung = scene.untilDiscord(isHungAt(held.route, held.when));
      await sendOrdersMeanwhile(scene, isHung, options);
      await kill();
    },
  };
}

export function isHungAt(
  route: string,
  when: 'before' | 'after',
): (request: RequestEntry) => boolean {
  return ({ method, route: template, fault, status }) =>
    `${method} ${template}` === route &&
    fault === 'hang' &&
    (when === 'before' || status !== undefined);
}

export function killAtVendor(name: string, fault: VendorFault): KillPoint {
  return {
    name,
    async play({ scene, kill, vendor }) {
      vendor(fault);
      await sendOrdersMeanwhile(scene, scene.untilVendor(isMetBy(fault)));
      await kill();
    },
  };
}

/** For a request that hung after its work, the journal knows the intended response. */
function isMetBy(fault: VendorFault): (request: VendorRequest) => boolean {
  const isDone = fault.kind === 'hang' && fault.when === 'after';
  return ({ route, fault: met, status }) =>
    route === fault.on && met === fault.kind && (!isDone || status !== undefined);
}

export function killAtLine(name: string, isIt: (line: LogLine) => boolean): KillPoint {
  return {
    name,
    async play({ scene, kill }) {
      await sendOrdersMeanwhile(scene, scene.untilLogged(isIt));
      await kill();
    },
  };
}

/** Discord executes it long after the next bot has delivered the video. */
export async function killDuringEdit({ scene, kill, discord }: Visit): Promise<void> {
  const only = ({ body }: Pick<RequestEntry, 'body'>): boolean =>
    JSON.stringify(body ?? {}).includes('**Rendering**');
  discord({ route: EDIT_BY_TOKEN, kind: 'slow', delayMs: LONG_UNDER_WAY_MS, only });
  const isUnderWay = scene.untilDiscord(
    ({ route, fault, body }) => EDIT_BY_TOKEN.endsWith(route) && fault === 'slow' && only({ body }),
  );
  await sendOrdersMeanwhile(scene, isUnderWay);
  await kill();
}

export function killWhileCancelling(name: string, when: 'before' | 'after'): KillPoint {
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
        await sendOrdersMeanwhile(scene, isMet);
      } finally {
        pressing();
      }
      await kill();
    },
  };
}

/** On the newest plain request that still offers it. */
function pressCancelSoon(scene: Scene): void {
  const newest = scene.placed.findLast(
    ({ reply }) => reply.message?.buttons.some(({ label }) => label === 'Cancel') === true,
  );
  if (newest !== undefined) scene.follow(async () => void scene.clicks(newest, 'Cancel'));
}

/** The message of a job is deleted, so that its video comes in a new one. */
export function killWithoutMessage(name: string, when: 'before' | 'after'): KillPoint {
  return {
    name,
    async play({ scene, kill, discord }) {
      discord({ route: NEW_MESSAGE, kind: 'hang', when, only: hasFile });
      const isMet = scene.untilDiscord(isHungAt(NEW_MESSAGE, when));
      const deleting = scene.log.listen(({ to }) => {
        const newest = scene.placed.findLast(({ order }) => order.kind === 'for a kill point');
        if (to === 'queued' && newest !== undefined) deletesMessage(newest, scene);
      });
      try {
        await sendOrdersMeanwhile(scene, isMet);
      } finally {
        deleting();
      }
      await kill();
    },
  };
}

/** A slow video is announced in a separate message. */
export function killWhileNotifying(name: string, when: 'before' | 'after'): KillPoint {
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

/** The vendor’s response is on its way when nothing can be written any more. */
export async function killBeforeWrite(
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
  await sendOrdersMeanwhile(scene, scene.untilVendor(isMetBy(fault)));
  await scene.records.whileLocked(async () => {
    await until(() => met()?.status !== undefined, { withinMs: ANSWERED_WITHIN_MS });
    await killSoon(kill);
  });
}

export async function killBeforeRefundWrite({ scene, kill, vendor }: Visit): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    await untilOneFails(scene, vendor);
    try {
      await scene.records.whileLocked(async () => {
        await scene.untilVendor(
          ({ route, status }) => route === 'list' && status === 200,
          LOCKED_FOR_MS,
        );
        await killSoon(kill);
      });
      return;
    } catch (error) {
      // It was already written, or another kill point has just killed the bot, which cannot start meanwhile.
      if (!(error instanceof NeverMet) || tries === MOST_TRIES) throw error;
    }
  }
}

async function untilOneFails(scene: Scene, vendor: Visit['vendor']): Promise<void> {
  const { tasks } = scene.world.vendor;
  const failed = (): number => tasks.filter(({ status }) => status === 'failed').length;
  const before = failed();
  failNext(vendor);
  await sendOrdersMeanwhile(
    scene,
    until(() => failed() > before, { withinMs: STEP_WITHIN_MS }),
  );
}

async function killSoon(kill: () => Promise<void>): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ANSWER_UNDER_WAY_MS));
  await kill();
}

export function failNext(vendor: Visit['vendor']): void {
  vendor({ on: 'create', kind: 'fail-task', code: 'InternalServiceError' });
}

/** Sends requests, one now and then, until the kill point has been met. */
export async function sendOrdersMeanwhile(
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

export function hasFile({ files }: Pick<RequestEntry, 'files'>): boolean {
  return files.length > 0;
}
