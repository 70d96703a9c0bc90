/** The operator’s panel: what happens behind the page, and buttons that inject faults. */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

import { z } from 'zod';

import { SECOND } from '../../src/clock.ts';
import type { RouteName } from '../discord/rest/router.ts';
import type { SandboxTask } from '../vendor/vendor.ts';
import type { World } from '../world.ts';
import type { BotKeeper } from './bot-keeper.ts';
import type { Cast } from './cast.ts';
import { readJson } from './http.ts';
import type { LedgerView, PanelView, RequestView, TaskView } from './protocol.ts';

const MEBIBYTE = 1024 * 1024;
const USUAL_LIMIT_BYTES = 10 * MEBIBYTE;
const OUTAGE_MS = 10 * SECOND;
const MAX_SHOWN = 60;
const MAX_PROMPT_LENGTH = 80;
/** The codes of BytePlus ModelArk. */
const REFUSAL = { status: 400, code: 'InputTextSensitiveContentDetected' } as const;
const FAILURE = { code: 'InternalServiceError', message: 'The service failed inside.' } as const;

const actionSchema = z.discriminatedUnion('action', [
  z.object({
    action: z.enum([
      'kill-bot',
      'cut-gateway',
      'expire-tokens',
      'discord-down',
      'refuse-next',
      'lose-answer',
      'fail-next',
    ]),
  }),
  z.object({ action: z.literal('delete-message'), channelId: z.string() }),
  z.object({ action: z.literal('upload-limit'), isSmall: z.boolean() }),
  z.object({ action: z.literal('stall'), isStalled: z.boolean() }),
  z.object({ action: z.literal('render-time'), renderMs: z.number().min(0).max(600_000) }),
  z.object({ action: z.enum(['finish-task', 'fail-task', 'expire-task']), id: z.string() }),
  z.object({ action: z.literal('retire'), model: z.string(), isRetired: z.boolean() }),
]);
type Action = z.infer<typeof actionSchema>;

export interface Panel {
  view(): PanelView;
  /** Executes a button of the panel. Throws for a body of another format, or a missing target. */
  perform(form: FormData): void;
  close(): void;
}

interface Parts {
  readonly world: World;
  readonly cast: Cast;
  readonly bot: BotKeeper;
  /** How long the vendor renders at first. */
  readonly renderMs: number;
}

export function openPanel({ world, cast, bot, renderMs }: Parts): Panel {
  const { discord, vendor } = world;
  const allModels = vendor.models;
  const state = { isStalled: false, renderMs, limitBytes: USUAL_LIMIT_BYTES };
  let endOutage: (() => void) | undefined;

  function startOutage(): void {
    endOutage?.();
    const routes = discord.routes.filter((route) => !route.includes('attachments'));
    const ends = routes.map((route: RouteName) =>
      discord.inject({ kind: 'status', status: 500, route, times: Infinity }),
    );
    const timer = setTimeout(() => endOutage?.(), OUTAGE_MS);
    endOutage = () => {
      clearTimeout(timer);
      for (const end of ends) end();
      endOutage = undefined;
    };
  }

  function setClock(): void {
    vendor.setRenderMs(state.isStalled ? Infinity : state.renderMs);
  }

  function perform(action: Action): void {
    switch (action.action) {
      case 'kill-bot':
        return bot.kill();
      case 'cut-gateway':
        return discord.dropGateway();
      case 'expire-tokens':
        return discord.expireTokens();
      case 'discord-down':
        return startOutage();
      case 'refuse-next':
        return void vendor.inject({ on: 'create', kind: 'status', ...REFUSAL });
      case 'lose-answer':
        return void vendor.inject({ on: 'create', kind: 'lost-answer' });
      case 'fail-next':
        return void vendor.inject({ on: 'create', kind: 'fail-task', ...FAILURE });
      case 'delete-message':
        return deleteLast({ world, cast }, action.channelId);
      case 'upload-limit':
        state.limitBytes = action.isSmall ? MEBIBYTE : USUAL_LIMIT_BYTES;
        return discord.setUploadLimit(state.limitBytes);
      case 'stall':
        state.isStalled = action.isStalled;
        return setClock();
      case 'render-time':
        state.renderMs = action.renderMs;
        return setClock();
      case 'retire':
        return vendor.setRetired(action.model, action.isRetired);
      default:
        return vendor.endTask(action.id, ENDINGS[action.action]);
    }
  }

  return {
    view: () => ({
      bot: bot.state,
      clock: { isStalled: state.isStalled, renderMs: state.renderMs },
      models: allModels.map((id) => ({ id, isRetired: !vendor.models.includes(id) })),
      uploadLimitBytes: state.limitBytes,
      isDiscordDown: endOutage !== undefined,
      pendingFaults: vendor.pendingFaults().map(({ on, kind }) => `${kind} on the next ${on}`),
      tasks: vendor.tasks.slice(-MAX_SHOWN).map(viewTask).reverse(),
      requests: requestsOf(world),
      ledger: readLedger(world.environment['DATABASE_URL'] ?? ''),
      log: bot.log,
    }),
    perform: (form) => perform(actionSchema.parse(readJson(form))),
    close: () => endOutage?.(),
  };
}

const ENDINGS = {
  'finish-task': 'succeed',
  'fail-task': FAILURE,
  'expire-task': 'expire',
} as const;

/** Deletes the bot’s newest public message in the channel. */
function deleteLast({ world, cast }: Pick<Parts, 'world' | 'cast'>, channelId: string): void {
  const [message] = cast.people.flatMap((person) => {
    const shown = world.discord.clientOf(person).messages(channelId);
    const byBot = shown.filter(
      ({ isForThemAlone, authorId }) => !isForThemAlone && authorId === world.discord.applicationId,
    );
    return byBot.slice(-1);
  });
  if (message === undefined) throw new Error('The bot has posted nothing here');
  cast.servers[0]?.deleteMessage(message);
}

function viewTask({ id, model, status, createdAt, request, tokens }: SandboxTask): TaskView {
  return {
    id,
    model,
    status,
    createdAtMs: createdAt,
    prompt: promptOf(request).slice(0, MAX_PROMPT_LENGTH),
    ...(tokens === undefined ? {} : { tokens }),
  };
}

const requestSchema = z.object({
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
});

function promptOf(request: unknown): string {
  const read = requestSchema.safeParse(request);
  return read.success ? (read.data.content.find(({ type }) => type === 'text')?.text ?? '') : '';
}

/** Discord’s and the vendor’s journals combined, newest first, without heartbeats. */
function requestsOf({ discord, vendor }: World): RequestView[] {
  const fromDiscord = discord.journal
    .slice(-MAX_SHOWN * 2)
    .filter((entry) => entry.kind === 'request' || !entry.what.startsWith('op '))
    .map((entry): RequestView =>
      entry.kind === 'gateway'
        ? { atMs: entry.atMs, from: 'gateway', what: `${entry.direction} ${entry.what}` }
        : {
            atMs: entry.startedAtMs,
            from: 'discord',
            what: `${entry.method} ${entry.route}`,
            ...(entry.status === undefined ? {} : { status: entry.status }),
            ...(entry.fault === undefined ? {} : { fault: entry.fault }),
          },
    );
  const fromVendor = vendor.journal.slice(-MAX_SHOWN).map((entry): RequestView => ({
    atMs: entry.at,
    from: 'vendor',
    what: `${entry.route} (${entry.method})`,
    ...(entry.status === undefined ? {} : { status: entry.status }),
    ...(entry.fault === undefined ? {} : { fault: entry.fault }),
  }));
  return [...fromDiscord, ...fromVendor].sort((a, b) => b.atMs - a.atMs).slice(0, MAX_SHOWN);
}

const ledgerSchema = z.array(
  z.object({
    at: z.number(),
    guild_id: z.string(),
    member_id: z.string(),
    kind: z.string(),
    amount: z.number(),
    job_id: z.string(),
  }),
);

/** The newest rows of the bot’s ledger; none until the bot has created its database. */
function readLedger(url: string): LedgerView[] {
  const path = url.replace(/^sqlite:/, '');
  if (!existsSync(path)) return [];
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const [table] = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'ledger'").all();
    if (table === undefined) return [];
    const rows = database
      .prepare(
        'SELECT at, guild_id, member_id, kind, amount, job_id FROM ledger ORDER BY at DESC LIMIT ?',
      )
      .all(MAX_SHOWN);
    return ledgerSchema.parse(rows).map((row) => ({
      atMs: row.at,
      guildId: row.guild_id,
      memberId: row.member_id,
      kind: row.kind,
      amount: row.amount,
      jobId: row.job_id,
    }));
  } finally {
    database.close();
  }
}
