/** In any order of events and crashes, open jobs keep their files, and no file outlives its time. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { DAY, HOUR, MINUTE } from '#src/clock.ts';
import { UserError } from '#src/errors.ts';

import { databaseKinds } from '../databases/database.ts';
import { FilesSetup, RETENTION_MS } from '../fakes/files-setup.ts';

const JOBS = 6;
/** Few contents, so that jobs share files. */
const CONTENTS = ['boat', 'ship', 'raft'].map((name) => name.repeat(50));
/** Two contents fit, three do not. */
const GUILD_BYTES = 450;

type Action =
  | { readonly do: 'order'; readonly job: number; readonly content: number }
  | { readonly do: 'refuse'; readonly job: number }
  | { readonly do: 'end'; readonly job: number; readonly isDelivered: boolean }
  | { readonly do: 'sweep' }
  | { readonly do: 'pass'; readonly ms: number };

/** With the step at which the process dies; undefined means it lives. */
interface Step {
  readonly action: Action;
  readonly diesAfter: number | undefined;
}

const job = fc.nat(JOBS - 1);
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constant('order' as const), job, content: fc.nat(CONTENTS.length - 1) }),
  fc.record({ do: fc.constant('refuse' as const), job }),
  fc.record({ do: fc.constant('end' as const), job, isDelivered: fc.boolean() }),
  fc.constant({ do: 'sweep' } as const),
  fc.record({
    do: fc.constant('pass' as const),
    ms: fc.constantFrom(MINUTE, 2 * HOUR, DAY + HOUR, RETENTION_MS + HOUR),
  }),
);
const step: fc.Arbitrary<Step> = fc.record({
  action,
  diesAfter: fc.option(fc.nat(14), { nil: undefined, freq: 2 }),
});

interface Known {
  readonly id: string;
  readonly file: string;
  readonly content: string;
}

/** The expected state, derived from the events. */
class Expected {
  readonly open = new Map<number, Known>();
  /** By name: until when the file may exist. */
  readonly #until = new Map<string, number>();

  allow(name: string, untilMs: number): void {
    this.#until.set(name, Math.max(untilMs, this.#until.get(name) ?? 0));
  }

  mayBeThere(name: string, nowMs: number): boolean {
    const isOpen = [...this.open.values()].some(({ file }) => file === name);
    return isOpen || (this.#until.get(name) ?? 0) >= nowMs;
  }
}

class Play {
  readonly #setup: FilesSetup;
  readonly #expected = new Expected();
  #orders = 0;

  constructor(setup: FilesSetup) {
    this.#setup = setup;
  }

  async take({ action: taken, diesAfter }: Step): Promise<void> {
    const work = async (): Promise<void> => this.#carryOut(taken);
    const isDone =
      diesAfter === undefined ? await work().then(() => true) : await this.#dying(diesAfter, work);
    await this.#checkOpenJobs();
    if (taken.do === 'sweep' && isDone) await this.checkTimes();
  }

  async #dying(diesAfter: number, work: () => Promise<void>): Promise<boolean> {
    return this.#setup.dyingAfter(diesAfter, work);
  }

  async #carryOut(taken: Action): Promise<void> {
    const { clock } = this.#setup;
    switch (taken.do) {
      case 'order':
        return this.#order(taken.job, CONTENTS[taken.content] ?? '');
      case 'refuse':
        return this.#refuse();
      case 'end': {
        const known = this.#expected.open.get(taken.job);
        if (known === undefined) return;
        await this.#setup.end(known.id, taken);
        this.#expected.open.delete(taken.job);
        const keptMs = taken.isDelivered ? RETENTION_MS : DAY;
        this.#expected.allow(known.file, clock.now() + keptMs);
        return;
      }
      case 'sweep':
        await this.#setup.sweep();
        return;
      case 'pass':
        await clock.advance(taken.ms);
        return;
      default:
        taken satisfies never;
    }
  }

  async #order(slot: number, content: string): Promise<void> {
    if (this.#expected.open.has(slot)) return;
    const id = this.#nextId();
    try {
      const file = await this.#setup.keep(id, content);
      this.#expected.allow(file, this.#setup.clock.now() + HOUR);
      if (await this.#setup.accept(id, [file]))
        this.#expected.open.set(slot, { id, file, content });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      await this.#setup.storedFiles.release(id);
    }
  }

  async #refuse(): Promise<void> {
    const id = this.#nextId();
    try {
      await this.#setup.keep(id, CONTENTS[0] ?? '');
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
    await this.#setup.storedFiles.release(id);
  }

  #nextId(): string {
    this.#orders += 1;
    return `job${this.#orders}`;
  }

  async #checkOpenJobs(): Promise<void> {
    for (const { file, content } of this.#expected.open.values()) {
      assert.equal(await readFile(this.#setup.files.path(file), 'utf8'), content);
    }
  }

  async checkTimes(): Promise<void> {
    const nowMs = this.#setup.clock.now();
    const names = new Set([
      ...(await this.#setup.files.list()),
      ...(await this.#setup.rows()).map(({ name }) => name),
    ]);
    const uses = await this.#setup.uses();
    const isReserved = (name: string): boolean =>
      uses.some(({ file, reserved_until }) => file === name && (reserved_until ?? 0) > nowMs);
    const late = [...names].filter(
      (name) => !this.#expected.mayBeThere(name, nowMs) && !isReserved(name),
    );
    assert.deepEqual(late, []);
  }
}

describe.each(databaseKinds())('stored files on %s', (kind) => {
  test('stored files survive any order of requests, ends, sweeps and crashes', async () => {
    const played = fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        await using setup = await FilesSetup.open({ kind, guildBytes: GUILD_BYTES });
        const play = new Play(setup);
        for (const each of steps) await play.take(each);
        // At the end, only the files of open jobs are left.
        await setup.clock.advance(RETENTION_MS + HOUR);
        await setup.sweep();
        await play.checkTimes();
      }),
      { numRuns: kind === 'sqlite' ? 40 : 10 },
    );

    await expect(played).resolves.toBeUndefined();
  });
});
