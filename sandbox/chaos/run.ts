/** Runs a plan: rounds of requests and faults, each with its kill, and then a quiet phase until all is done. */
import { setTimeout as delay } from 'node:timers/promises';

import { startWorld } from '../world.ts';
import { createRunDatabase, type DatabaseKind } from './databases.ts';
import { collectEvidence, type Evidence } from './evidence.ts';
import { followUp, runFault } from './follow-ups.ts';
import type { KillPoint, Visit } from './kill-points.ts';
import { Log } from './log.ts';
import { stepOrders, type Plan, type Round } from './plan.ts';
import { openRecords } from './records.ts';
import { Scene } from './scene.ts';
import { addServers, setRules } from './servers.ts';
import { NAMED_STEPS } from './steps.ts';
import { Supervisor } from './supervisor.ts';
import { NeverMet, until } from './wait-until.ts';

/** Long enough for one poll of the bot to find a task queued, and another to find it running. */
const QUEUE_MS = 1_500;
const RENDER_MS = 2_500;
/** Twice: a lost create call is searched for a minute, and the longest pause after failures is another. */
const SETTLED_WITHIN_MS = 300_000;
/** So that two videos certainly take over a minute, and are announced in separate messages. */
const LATE_BY_S = [62, 75] as const;
const SAY_EVERY_MS = 15_000;
const LOOK_EVERY_MS = 250;
/** How long to wait after the last round for kill points that happen by themselves. */
const STANDING_AFTER_MS = 120_000;

export interface RunOptions {
  readonly plan: Plan;
  readonly database: DatabaseKind;
  readonly postgresUrl: string | undefined;
  readonly processes: number;
  /** Kill points awaited during the rounds. */
  readonly standing: readonly KillPoint[];
  readonly say: (line: string) => void;
}

export interface RunOutcome {
  readonly evidence: Evidence;
  /** Kills at each kill point; those at random moments have no name. */
  readonly kills: ReadonlyMap<string | undefined, number>;
  /** Kill points that were not reached. */
  readonly missed: readonly string[];
  readonly tookMs: number;
}

/** @throws Error when the bot cannot be started at all */
export async function run(options: RunOptions): Promise<RunOutcome> {
  await using world = await startWorld({
    vendor: { video: 'stored', queueMs: QUEUE_MS, renderMs: RENDER_MS, concurrency: 500 },
  });
  await using database = await createRunDatabase(options.database, options.postgresUrl);
  const servers = addServers(world.discord);
  const log = new Log();
  const environment = { ...world.environment, ...servers.environment, ...database.environment };
  const supervisor = new Supervisor({
    environment: { ...environment, LOG_LEVEL: 'info' },
    folder: world.folder,
    bots: options.processes,
    onLine: (line) => log.hear(line),
  });
  try {
    const startedAtMs = Date.now();
    await supervisor.startAll();
    await using records = await openRecords(environment['DATABASE_URL'] ?? '');
    await setRules(servers);
    const nextOrder = stepOrders(options.plan);
    const scene = new Scene({ world, servers, supervisor, records, log, nextOrder });
    try {
      const outcome = await new Play(scene, options).play();
      return { ...outcome, tookMs: Date.now() - startedAtMs };
    } finally {
      // Even when it failed in the middle of a round: nothing more is requested.
      scene.over.abort();
    }
  } finally {
    await supervisor.stopAll('SIGKILL');
  }
}

class Play {
  readonly #scene: Scene;
  readonly #options: RunOptions;
  readonly #kills = new Map<string | undefined, number>();
  readonly #missed: string[] = [];
  /** One at a time: the standing kill points happen at any time. */
  #lastKill: Promise<void> = Promise.resolve();

  constructor(scene: Scene, options: RunOptions) {
    this.#scene = scene;
    this.#options = options;
  }

  async play(): Promise<Omit<RunOutcome, 'tookMs'>> {
    const { plan, standing, say } = this.#options;
    const scene = this.#scene;
    const waiting = standing.map(async (step) => this.#visit(step, 0));
    if (waiting.length > 0) await this.#orderLate();
    for (const [index, round] of plan.rounds.entries()) {
      await this.#round(round);
      if ((index + 1) % 10 === 0 || index + 1 === plan.rounds.length)
        say(`  round ${index + 1} of ${plan.rounds.length}: ${await this.#soFar()}`);
    }
    scene.restoreAll();
    await this.#settle(waiting);
    const statuses = await scene.supervisor.stopAll();
    const evidence = await collectEvidence(scene, statuses);
    return { evidence, kills: this.#kills, missed: this.#missed };
  }

  /** The vendor itself delays their first attempt. */
  async #orderLate(): Promise<void> {
    const { vendor } = this.#scene.world;
    for (const seconds of LATE_BY_S) {
      const headers = { 'retry-after': String(seconds) };
      const busy = { kind: 'status', status: 429, code: 'ServerOverloaded', headers } as const;
      vendor.inject({ on: 'create', ...busy });
      const isPutOff = this.#scene.untilVendor(({ fault }) => fault === 'status');
      this.#scene.orders();
      await isPutOff;
    }
  }

  async #round(round: Round): Promise<void> {
    const scene = this.#scene;
    const underway = [
      ...round.orders.map(async (order) => {
        await delay(order.afterMs);
        if (!round.isHasty) await scene.supervisor.anyReady();
        if (scene.over.signal.aborted) return;
        const placed = scene.place(order);
        if (order.later !== undefined) followUp(placed, order.later, scene);
      }),
      ...round.faults.map(async (planned) => {
        await delay(planned.afterMs);
        if (!scene.over.signal.aborted) runFault(planned, scene);
      }),
    ];
    const { kill } = round;
    if (kill?.at === 'random') {
      await delay(kill.afterMs);
      await this.#kill(undefined, this.#victim(round.victim));
    }
    const step = NAMED_STEPS.find(({ name }) => kill?.at === 'step' && name === kill.step);
    if (step !== undefined) await this.#visit(step, this.#victim(round.victim));
    await Promise.all(underway);
    if (!round.isHasty) await scene.supervisor.allReady();
  }

  /**
   * Kills the one bot, and once it is back the others one by one: from outside it is unknown which
   * of them is at the kill point, and meanwhile the others may take its work over.
   */
  async #visit(step: KillPoint, victim: number): Promise<void> {
    const scene = this.#scene;
    const { supervisor, world } = scene;
    const takeBacks: (() => void)[] = [];
    const visit: Visit = {
      scene,
      kill: async () => this.#kill(step.name, victim),
      discord: (fault) => void takeBacks.push(world.discord.inject(fault)),
      vendor: (fault) => void takeBacks.push(world.vendor.inject(fault)),
    };
    try {
      await step.play(visit);
      for (let other = 1; other < supervisor.bots; other += 1) {
        await supervisor.allReady();
        await this.#kill(step.name, (victim + other) % supervisor.bots);
      }
    } catch (error) {
      if (!(error instanceof NeverMet)) throw error;
      this.#missed.push(step.name);
      this.#options.say(`  never reached: ${step.name}`);
    } finally {
      for (const takeBack of takeBacks) takeBack();
    }
  }

  #victim(share: number): number {
    return Math.floor(share * this.#scene.supervisor.bots);
  }

  async #kill(step: string | undefined, victim: number): Promise<void> {
    const { supervisor } = this.#scene;
    const before = this.#lastKill;
    const killing = (async () => {
      await before;
      await supervisor.kill(victim);
      this.#kills.set(step, (this.#kills.get(step) ?? 0) + 1);
    })();
    this.#lastKill = killing;
    await killing;
  }

  /** No more faults: everything that is open comes to its end. */
  async #settle(standing: readonly Promise<void>[]): Promise<void> {
    const { say } = this.#options;
    const scene = this.#scene;
    say('  quiet phase: waiting for open jobs');
    await this.#untilNothingIsOpen();
    await Promise.race([
      Promise.all(standing),
      delay(STANDING_AFTER_MS, undefined, { ref: false }),
    ]);
    scene.over.abort();
    await Promise.all(standing);
    await scene.followed();
    await scene.supervisor.allReady();
    // A member may just have pressed a button.
    await this.#untilNothingIsOpen();
  }

  /** The invariants report what is still open after that. */
  async #untilNothingIsOpen(): Promise<void> {
    const { records } = this.#scene;
    let saidAtMs = Date.now();
    const isSettled = async (): Promise<boolean> => {
      const unfinished = await records.unfinished();
      if (unfinished !== '' && Date.now() - saidAtMs > SAY_EVERY_MS) {
        saidAtMs = Date.now();
        this.#options.say(`  still open: ${unfinished}`);
      }
      return unfinished === '';
    };
    try {
      await until(isSettled, { withinMs: SETTLED_WITHIN_MS, everyMs: LOOK_EVERY_MS });
    } catch (error) {
      if (!(error instanceof NeverMet)) throw error;
    }
  }

  async #soFar(): Promise<string> {
    const jobs = await this.#scene.records.jobs();
    const delivered = jobs.filter(({ state }) => state === 'delivered').length;
    const kills = [...this.#kills.values()].reduce((sum, count) => sum + count, 0);
    return `${this.#scene.placed.length} orders, ${jobs.length} jobs, ${delivered} delivered, ${kills} kills`;
  }
}
