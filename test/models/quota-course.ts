/**
 * The real manager and vendor ledger on a real database, and the model next to them, taken through the
 * same course of events. Every step creates a new manager, and a restart opens the database again,
 * so that no state is kept elsewhere.
 */
import { HOUR } from '#src/clock.ts';
import { createVendorLedger } from '#src/quota/ledgers/vendor-ledger.ts';
import { NO_LIMIT } from '#src/quota/limits/arithmetic.ts';
import type { Database } from '#src/storage/database.ts';

import { insertJobRow, setJobState } from '../fakes/job-rows.ts';
import { quotaOn, quotaSettings } from '../fakes/quota.ts';
import { ModelAccount, type PeriodKey } from './model-account.ts';
import { ModelJobs, submissionLine, type Ending } from './model-jobs.ts';
import { ModelLimits } from './model-limits.ts';
import {
  GUILD,
  nameOf,
  outcomeOf,
  ROLE,
  TARGETS,
  zoneName,
  type AccountName,
  type CourseAction,
  type ModelLimit,
} from './quota-course-actions.ts';

const START_MS = Date.parse('2026-01-20T09:30:00Z');
const SETTINGS = quotaSettings({
  defaultGuildCredits: 100,
  maxGuildCreditsPerMonth: 160,
  operatorCreditsPerMonth: 150,
});

export class QuotaCourse {
  readonly #reopen: () => Promise<Database>;
  #database: Database;
  readonly #vendorLedger = createVendorLedger();
  readonly #jobs = new ModelJobs();
  readonly #limits = new ModelLimits(SETTINGS.limits.maxGuildCreditsPerMonth);
  readonly #accounts: Record<AccountName, ModelAccount>;
  #isBlocked = false;
  #maxCost: number | undefined;
  #zoneHours = 0;
  #nowMs = START_MS;
  #steps = 0;

  /** @param reopen closes the database and opens it again */
  constructor(database: Database, reopen: () => Promise<Database>) {
    this.#database = database;
    this.#reopen = reopen;
    const account = (): ModelAccount => new ModelAccount(NO_LIMIT, this.#periodKey('month'));
    this.#accounts = { server: account(), alice: account(), bob: account() };
    this.#settle();
  }

  /** Applies it to the database and to the model; what the model forbids must be refused. */
  async perform(action: CourseAction): Promise<void> {
    this.#steps += 1;
    await this.repeat(action);
  }

  /** Repeats it with the same ids. */
  async repeat(action: CourseAction): Promise<void> {
    await this.#carryOut(action);
    this.#settle();
  }

  async ledgers() {
    const view = async (memberId: 'alice' | 'bob') =>
      this.#acting.view({ ...this.#who(memberId), nowMs: this.#nowMs });
    const [alice, bob] = [await view('alice'), await view('bob')];
    const own = ({ member }: typeof alice): number => (member.isShared ? NO_LIMIT : member.left);
    for (const { have, held, used, left } of [alice.server, alice.member, bob.member])
      if (have - held - used !== left && !alice.member.isShared && !bob.member.isShared)
        throw new Error('have − held − used is not left');
    const vendors = await this.#vendorLedger.spentInMonth(this.#database, { nowMs: this.#nowMs });
    const rows = await this.#database.selectFrom('vendor_ledger').selectAll().execute();
    const left = { server: alice.server.left, alice: own(alice), bob: own(bob) };
    return { ...left, vendors, submissions: rows.map(submissionLine).toSorted() };
  }

  modelLedgers() {
    for (const model of Object.values(this.#accounts)) model.checkBooks();
    if (this.#limits.exceeds('server', this.#accounts.server.grants()))
      throw new Error('limit and grants of the server are above the ceiling');
    const { server, alice, bob } = this.#accounts;
    return {
      server: server.left(),
      alice: alice.left(),
      bob: bob.left(),
      vendors: this.#jobs.spentIn(this.#utcMonth),
      submissions: this.#jobs.submissions().toSorted(),
    };
  }

  /** Ends every job in some way, after which nothing is held here or at a vendor. */
  async finish(): Promise<void> {
    for (const number of this.#jobs.numbers) {
      await (number % 2 === 0
        ? this.#end(number, { do: 'settle', credits: 1 })
        : this.#end(number, { do: 'release', book: 'lost' }));
      this.#settle();
    }
  }

  /** How many holds and submissions have no outcome. */
  async open(): Promise<{ holds: number; submissions: number }> {
    const holds = await this.#acting.quota.openHolds(this.#database);
    const submissions = await this.#database
      .selectFrom('vendor_ledger')
      .selectAll()
      .where('state', '=', 'open')
      .execute();
    return { holds: holds.length, submissions: submissions.length };
  }

  async audit(): Promise<string[]> {
    return this.#acting.quota.audit(this.#database);
  }

  get #acting() {
    return quotaOn(this.#database, SETTINGS);
  }

  get #utcMonth(): string {
    return new Date(this.#nowMs).toISOString().slice(0, 'YYYY-MM'.length);
  }

  async #carryOut(action: CourseAction): Promise<void> {
    switch (action.do) {
      case 'hold':
        return this.#hold(action.job, action.credits);
      case 'submit':
      case 'settle':
      case 'release':
        return this.#goOn(action);
      case 'grant':
      case 'deduct':
        return this.#changeExtra(action);
      case 'reset':
        return this.#reset(action);
      case 'limit':
      case 'clear':
        return this.#changeLimit(action);
      case 'wait':
        this.#nowMs += action.hours * HOUR;
        return undefined;
      case 'restart':
        this.#database = await this.#reopen();
        return undefined;
      default:
        return this.#changeRule(action);
    }
  }

  async #hold(number: number, credits: number): Promise<void> {
    const { quota, inTransaction } = this.#acting;
    const { id, memberId } = nameOf(number);
    const concerned = [this.#accounts.server, this.#accounts[memberId]];
    const isKnown = this.#jobs.isKnown(number);
    const expected = isKnown ? 'held' : this.#verdict(concerned, { id, memberId, credits });
    const outcome = await outcomeOf(
      inTransaction(async (transaction) => {
        const hold = { ...this.#who(memberId), jobId: id, credits, nowMs: this.#nowMs };
        await quota.hold(transaction, hold);
        if (isKnown) return;
        await insertJobRow(transaction, { id, guildId: GUILD, memberId, credits });
      }),
    );
    if (outcome !== expected) throw new Error(`${id} is ${outcome}, expected ${expected}`);
    if (outcome !== 'held' || isKnown) return;
    this.#jobs.hold(number, credits);
    if (memberId === 'alice') this.#limits.hadRole = this.#limits.hasRole;
    for (const model of concerned) model.hold(id, credits);
    const { server, [memberId]: own } = await this.ledgers();
    if (server < 0 || own < 0) throw new Error(`${id} was held and left less than nothing`);
  }

  #verdict(
    concerned: readonly ModelAccount[],
    { id, memberId, credits }: { id: string; memberId: 'alice' | 'bob'; credits: number },
  ): string {
    if (memberId === 'alice' && this.#isBlocked) return 'UserError';
    const maxCost = memberId === 'alice' ? (this.#maxCost ?? NO_LIMIT) : NO_LIMIT;
    const isAllowed =
      credits <= maxCost &&
      concerned.every((model) => model.canHold(id, credits)) &&
      this.#committed() + credits <= SETTINGS.limits.operatorCreditsPerMonth;
    return isAllowed ? 'held' : 'QuotaExceeded';
  }

  /** The vendor ledger of this month, and the jobs waiting for submission. */
  #committed(): number {
    return this.#jobs.spentIn(this.#utcMonth) + this.#jobs.waiting();
  }

  /** With one of the existing jobs: most random numbers would have no effect. */
  async #goOn(action: Extract<CourseAction, { do: 'submit' | 'settle' | 'release' }>) {
    const number = this.#jobs.chosen(action.job);
    if (number === undefined) return;
    await (action.do === 'submit' ? this.#submit(number) : this.#end(number, action));
  }

  async #submit(number: number): Promise<void> {
    const { id } = nameOf(number);
    const credits = this.#jobs.submit(number, this.#utcMonth);
    if (credits === undefined) return;
    await this.#acting.inTransaction(async (transaction) => {
      await setJobState(transaction, id, 'running');
      const submission = { submissionId: id, jobId: id, vendor: 'byteplus', guildId: GUILD };
      await this.#vendorLedger.open(transaction, { ...submission, credits, nowMs: this.#nowMs });
    });
  }

  async #end(number: number, ending: Ending): Promise<void> {
    const { id, memberId } = nameOf(number);
    const cost = ending.do === 'settle' ? ending.credits : 0;
    const { deliver, fail, inTransaction } = this.#acting;
    await (ending.do === 'settle' ? deliver(id, cost, this.#nowMs) : fail(id, this.#nowMs));
    for (const model of [this.#accounts.server, this.#accounts[memberId]]) model.end(id, cost);
    if (!this.#jobs.end(number, ending)) return;
    const closed = { submissionId: id, nowMs: this.#nowMs };
    await inTransaction(async (transaction) =>
      ending.do === 'settle'
        ? this.#vendorLedger.bill(transaction, { ...closed, credits: cost })
        : this.#vendorLedger[ending.book](transaction, closed),
    );
  }

  async #changeExtra(action: Extract<CourseAction, { do: 'grant' | 'deduct' }>): Promise<void> {
    const { quota, inTransaction } = this.#acting;
    const { account, credits } = action;
    const stepId = `${action.do} ${action.step} ${account}`;
    const model = this.#accounts[account];
    const isTooMuch =
      action.do === 'grant' &&
      !model.hasTaken(stepId) &&
      this.#limits.forbidsGrant(account, model.grants(), credits);
    const change = { ...this.#by(account), stepId, credits };
    const outcome = await outcomeOf(inTransaction(async (tx) => quota[action.do](tx, change)));
    const expected = isTooMuch ? 'UserError' : 'held';
    if (outcome !== expected) throw new Error(`${stepId} is ${outcome}, expected ${expected}`);
    if (!isTooMuch) model[action.do](stepId, credits);
  }

  async #reset({ step, account }: Extract<CourseAction, { do: 'reset' }>): Promise<void> {
    const { quota, inTransaction } = this.#acting;
    const stepId = `reset ${step} ${account}`;
    await inTransaction(async (tx) => quota.reset(tx, { ...this.#by(account), stepId }));
    this.#accounts[account].reset(stepId);
  }

  async #changeLimit(action: Extract<CourseAction, { do: 'limit' | 'clear' }>): Promise<void> {
    const { quota, inTransaction } = this.#acting;
    const { whose } = action;
    const change = { ...this.#by('server'), stepId: this.#stepId, target: TARGETS[whose] };
    const limit = action.do === 'clear' ? undefined : { credits: action.credits, per: action.per };
    const grants = whose === 'server' || whose === 'alice' ? this.#accounts[whose].grants() : 0;
    const outcome = await outcomeOf(
      inTransaction(async (tx) =>
        limit === undefined
          ? quota.clearLimit(tx, { ...change, clear: 'credits' })
          : quota.setLimit(tx, { ...change, limits: limit }),
      ),
    );
    const expected = this.#limits.change(whose, limit, grants) ? 'held' : 'UserError';
    if (outcome !== expected) throw new Error(`a limit is ${outcome}, expected ${expected}`);
  }

  async #changeRule(
    action: Extract<CourseAction, { do: 'role' | 'maxCost' | 'block' | 'zone' }>,
  ): Promise<void> {
    const { quota, inTransaction } = this.#acting;
    const by = { ...this.#by('server'), stepId: this.#stepId };
    switch (action.do) {
      case 'role':
        this.#limits.hasRole = action.has;
        return;
      case 'maxCost': {
        const limits = { maxCost: action.credits };
        await inTransaction(async (tx) =>
          quota.setLimit(tx, { ...by, target: TARGETS.alice, limits }),
        );
        this.#maxCost = action.credits;
        return;
      }
      case 'block': {
        const change = action.isBlocked ? 'block' : 'unblock';
        await inTransaction(async (tx) => quota[change](tx, { ...by, memberId: 'alice' }));
        this.#isBlocked = action.isBlocked;
        return;
      }
      case 'zone': {
        const timeZone = zoneName(action.hours);
        await inTransaction(async (tx) => quota.setTimeZone(tx, { ...by, timeZone }));
        this.#zoneHours = action.hours;
        return;
      }
      default:
        action satisfies never;
    }
  }

  get #stepId(): string {
    return `step ${this.#steps}`;
  }

  #who(memberId: 'alice' | 'bob') {
    const roleIds = memberId === 'alice' && this.#limits.hasRole ? [ROLE] : [];
    return { guildId: GUILD, memberId, roleIds };
  }

  #by(name: AccountName) {
    const who = name === 'server' ? { guildId: GUILD } : this.#who(name);
    return { ...who, actorId: 'moderator', nowMs: this.#nowMs };
  }

  /** Brings the model’s accounts to the current limits, time zone and time. */
  #settle(): void {
    for (const name of ['server', 'alice', 'bob'] as const) {
      this.#adjust(name, this.#limits.of(name));
    }
  }

  #adjust(name: AccountName, limit: ModelLimit | undefined): void {
    const model = this.#accounts[name];
    model.limit = limit?.credits ?? NO_LIMIT;
    model.periodKey = this.#periodKey((limit ?? this.#limits.ofServer()).per);
    model.nowMs = this.#nowMs;
  }

  #periodKey(per: 'day' | 'month'): PeriodKey {
    const offsetMs = this.#zoneHours * HOUR;
    const length = per === 'day' ? 'YYYY-MM-DD'.length : 'YYYY-MM'.length;
    return (atMs) => new Date(atMs + offsetMs).toISOString().slice(0, length);
  }
}
