import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { NO_LIMIT } from '#src/quota/arithmetic.ts';
import type { Database } from '#src/storage/database.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../builders/database.ts';
import { insertJobRow, setJobState } from '../builders/job-rows.ts';
import { ModelAccount } from '../builders/model-account.ts';
import { quotaOn, quotaSettings } from '../builders/quota.ts';

const GUILD = 'guild';
const RUNS = { sqlite: 60, postgres: 15 } as const;

type Action =
  | { do: 'hold' | 'settle'; job: number; credits: number }
  | { do: 'release'; job: number }
  | { do: 'grant' | 'take'; step: number; account: AccountName; credits: number }
  | { do: 'reset'; step: number; account: AccountName }
  | { do: 'limit'; account: 'server' | 'members'; credits: number | undefined }
  | { do: 'period-ends' };
type AccountName = 'server' | 'alice' | 'bob';

const credits = fc.integer({ min: 0, max: 60 });
const job = fc.integer({ min: 0, max: 9 });
const step = fc.integer({ min: 0, max: 5 });
const account = fc.constantFrom('server', 'alice', 'bob');
const actions = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('hold', 'settle'), job, credits }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release'), job }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('grant', 'take'), step, account, credits }),
  },
  fc.record({ do: fc.constant('reset'), step, account }),
  fc.record({
    do: fc.constant('limit'),
    account: fc.constantFrom('server', 'members'),
    credits: fc.option(credits, { nil: undefined }),
  }),
  fc.record({ do: fc.constant('period-ends') }),
);

/** The real manager on a real database, and the model beside it, taken through the same course. */
class Course {
  readonly #database: Database;
  readonly #jobs = new Set<number>();
  readonly #ended = new Set<number>();
  readonly models = {
    server: new ModelAccount(100),
    alice: new ModelAccount(NO_LIMIT),
    bob: new ModelAccount(NO_LIMIT),
  };
  #limits: { defaultGuildCredits: number; defaultMemberCredits: number | undefined } = {
    defaultGuildCredits: 100,
    defaultMemberCredits: undefined,
  };
  #month = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  get #nowMs(): number {
    return Date.UTC(2026, this.#month, 15);
  }

  /** A manager made anew for every step: a restart in between changes nothing. */
  get #acting() {
    return quotaOn(this.#database, quotaSettings(this.#limits, 'America/Sao_Paulo'));
  }

  async perform(action: Action): Promise<void> {
    const { quota, inTransaction } = this.#acting;
    switch (action.do) {
      case 'hold':
        return this.#hold(action.job, action.credits);
      case 'settle':
        return this.#end(action.job, action.credits);
      case 'release':
        return this.#end(action.job, undefined);
      case 'grant':
      case 'take': {
        const stepId = `${action.do} ${action.step} ${action.account}`;
        const change = { ...this.#by(action.account), stepId, credits: action.credits };
        await inTransaction(async (tx) => quota[action.do](tx, change));
        return this.models[action.account][action.do](stepId, action.credits);
      }
      case 'reset': {
        const stepId = `reset ${action.step} ${action.account}`;
        await inTransaction(async (tx) => quota.reset(tx, { ...this.#by(action.account), stepId }));
        return this.models[action.account].reset(stepId);
      }
      case 'limit':
        return this.#setLimit(action);
      case 'period-ends':
        this.#month += 1;
        for (const model of Object.values(this.models)) model.endPeriod();
        return undefined;
      default:
        return action satisfies never;
    }
  }

  async left() {
    const view = async (memberId: string) =>
      this.#acting.quota.view(this.#database, { guildId: GUILD, memberId, nowMs: this.#nowMs });
    const [alice, bob] = [await view('alice'), await view('bob')];
    const own = ({ member }: typeof alice): number => (member.isShared ? NO_LIMIT : member.left);
    for (const { have, held, used, left } of [alice.server])
      if (have - held - used !== left) throw new Error('have − held − used is not left');
    return { server: alice.server.left, alice: own(alice), bob: own(bob) };
  }

  modelLeft() {
    for (const model of Object.values(this.models)) model.checkBooks();
    const { server, alice, bob } = this.models;
    return { server: server.left(), alice: alice.left(), bob: bob.left() };
  }

  async audit(): Promise<string[]> {
    return this.#acting.quota.audit(this.#database);
  }

  #by(name: AccountName) {
    const memberId = name === 'server' ? undefined : name;
    return { guildId: GUILD, memberId, actorId: 'moderator', nowMs: this.#nowMs };
  }

  async #hold(number: number, amount: number): Promise<void> {
    const { quota, inTransaction } = this.#acting;
    const [id, memberId] = [`job ${number}`, number % 2 === 0 ? 'alice' : 'bob'] as const;
    const concerned = [this.models.server, this.models[memberId]];
    const isAllowed = concerned.every((model) => model.canHold(id, amount));
    const held = inTransaction(async (transaction) => {
      const hold = { jobId: id, guildId: GUILD, memberId, credits: amount, nowMs: this.#nowMs };
      await quota.hold(transaction, hold);
      if (this.#jobs.has(number)) return;
      await insertJobRow(transaction, { id, guildId: GUILD, memberId, credits: amount });
    });
    const outcome = await held.then(
      () => 'held',
      (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
    );
    const expected = isAllowed ? 'held' : 'QuotaExceeded';
    if (outcome !== expected) throw new Error(`${id} is ${outcome}, expected ${expected}`);
    if (!isAllowed) return;
    this.#jobs.add(number);
    for (const model of concerned) model.hold(id, amount);
  }

  async #end(number: number, cost: number | undefined): Promise<void> {
    if (!this.#jobs.has(number)) return;
    const { deliver, fail } = this.#acting;
    const [id, memberId] = [`job ${number}`, number % 2 === 0 ? 'alice' : 'bob'] as const;
    await (cost === undefined ? fail(id, this.#nowMs) : deliver(id, cost, this.#nowMs));
    if (!this.#ended.has(number)) await setJobState(this.#database, id, 'delivered');
    this.#ended.add(number);
    for (const model of [this.models.server, this.models[memberId]]) model.end(id, cost ?? 0);
  }

  #setLimit({ account: whose, credits: limit }: Extract<Action, { do: 'limit' }>): void {
    if (whose === 'server') {
      this.#limits = { ...this.#limits, defaultGuildCredits: limit ?? 100 };
      this.models.server.limit = limit ?? 100;
      return;
    }
    this.#limits = { ...this.#limits, defaultMemberCredits: limit };
    this.models.alice.limit = limit ?? NO_LIMIT;
    this.models.bob.limit = limit ?? NO_LIMIT;
  }
}

describe.each(databaseKinds())('over any course of events on %s', (kind) => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await openTestDatabase(kind);
  });
  afterAll(async () => opened.close());

  test('the ledger says what the arithmetic says, and repeating a step changes nothing', async () => {
    const property = fc.asyncProperty(fc.array(actions, { maxLength: 30 }), async (course) => {
      for (const table of ['ledger', 'jobs', 'accounts'] as const)
        await opened.database.deleteFrom(table).execute();
      const running = new Course(opened.database);
      for (const action of course) {
        await running.perform(action);
        const left = await running.left();
        expect(left).toEqual(running.modelLeft());
        if (action.do !== 'period-ends') await running.perform(action);
        expect(await running.left()).toEqual(left);
      }
      expect(await running.audit()).toEqual([]);
    });
    await fc.assert(property, { numRuns: RUNS[kind] });
  });
});
