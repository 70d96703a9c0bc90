/** The evidence of a run, collected at its end: what people see, what was requested, what was recorded. */
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { DAY, type Clock } from '../../src/clock.ts';
import { createJobStore } from '../../src/jobs/record/job-store.ts';
import type { Job } from '../../src/jobs/record/job.ts';
import { createLogger } from '../../src/logger.ts';
import { createFileStore } from '../../src/media/files/file-store.ts';
import { createStoredFiles } from '../../src/media/files/stored-files.ts';
import { sweepFiles } from '../../src/media/files/sweep.ts';
import { openDatabase } from '../../src/storage/database.ts';
import type { VendorLedgerTable } from '../../src/storage/schema.ts';
import type { JournalEntry } from '../discord/journal.ts';
import type { MessageView } from '../discord/message-view.ts';
import type { SandboxTask, VendorRequest } from '../vendor/vendor.ts';
import { injectedName } from './fault-plan.ts';
import type { LogLine } from './log.ts';
import type { Placed, Scene } from './scene.ts';
import { SERVERS } from './servers.ts';

/** A message in its final state, and its place. */
export interface SeenMessage {
  readonly message: MessageView;
  /** The request it answers; undefined for messages with the bot’s own token. */
  readonly placed: Placed | undefined;
  readonly where: 'channel' | 'private' | 'direct';
}

export interface Evidence {
  readonly placed: readonly Placed[];
  readonly jobs: readonly Job[];
  readonly claims: ReadonlyMap<string, 'open' | 'over'>;
  readonly paid: ReadonlyMap<string, { readonly server: number; readonly member: number }>;
  readonly vendorLedger: readonly VendorLedgerTable[];
  readonly audit: readonly string[];
  readonly messages: readonly SeenMessage[];
  readonly tasks: readonly SandboxTask[];
  readonly discordJournal: readonly JournalEntry[];
  readonly vendorJournal: readonly VendorRequest[];
  /** The sandbox’s own complaints. */
  readonly sandboxFaults: readonly string[];
  /** Files that housekeeping would never delete. */
  readonly leftFiles: readonly string[];
  /** The log lines about a job or an interaction, by its id. */
  readonly linesAbout: (id: string) => readonly LogLine[];
  readonly fatalLines: readonly string[];
  /** Warnings and errors, and how often each was logged. */
  readonly complaints: ReadonlyMap<string, number>;
  /** Exit statuses after an orderly stop. */
  readonly statuses: readonly (number | null)[];
  readonly ownExits: readonly (number | null)[];
  readonly tally: ReadonlyMap<string, number>;
}

/** @param statuses of the bots, which have stopped */
export async function collectEvidence(
  scene: Scene,
  statuses: readonly (number | null)[],
): Promise<Evidence> {
  const { world, records, log, placed, supervisor } = scene;
  const { discord, vendor } = world;
  return {
    placed,
    jobs: await records.jobs(),
    claims: await records.claims(),
    paid: await records.paid(),
    vendorLedger: await records.vendorLedger(),
    audit: await records.audit(),
    messages: messagesOf(scene),
    tasks: vendor.tasks,
    discordJournal: discord.journal,
    vendorJournal: vendor.journal,
    sandboxFaults: [
      ...discord.unknownRoutes.map((route) => `Discord has no route ${route}`),
      ...discord.schemaFaults.map(({ route }) => `Discord would refuse a body of ${route}`),
      ...discord.internalErrors.map((error) => `the sandbox failed: ${String(error)}`),
      ...vendor.journal
        .filter(({ route }) => route === 'unknown')
        .map(({ method, path }) => `the vendor has no route ${method} ${path}`),
    ],
    leftFiles: await leftFiles(scene),
    linesAbout: (id) => log.about(id),
    fatalLines: log.fatal,
    complaints: log.complaints,
    statuses,
    ownExits: supervisor.ownExits,
    tally: countsOf(scene),
  };
}

function messagesOf({ placed, servers }: Scene): SeenMessage[] {
  const answers = placed.flatMap((one) =>
    one.reply.visible.map((message): SeenMessage => ({
      message,
      placed: one,
      where: message.isEphemeral ? 'private' : 'channel',
    })),
  );
  const known = new Set(answers.map(({ message }) => message.id));
  const inChannels = SERVERS.flatMap((plan) =>
    plan.channels.flatMap((name) => servers.guild(plan).channel(name).messages),
  );
  const direct = servers.people.flatMap((person) => person.directMessages);
  return [
    ...answers,
    ...inChannels
      .filter(({ id }) => !known.has(id))
      .map((message): SeenMessage => ({ message, placed: undefined, where: 'channel' })),
    ...direct.map((message): SeenMessage => ({ message, placed: undefined, where: 'direct' })),
  ];
}

/** Facts that no journal has. Injected gateway faults that were not met have not happened. */
function countsOf({ tally, world }: Scene): Map<string, number> {
  const counts = new Map(tally);
  for (const fault of world.discord.pendingFaults()) {
    if ('route' in fault) continue;
    const name = injectedName(fault);
    counts.set(name, (counts.get(name) ?? 0) - (fault.times ?? 1));
  }
  return counts;
}

/** Cleans the bot’s folder as its housekeeping will once everything is past its retention. */
async function leftFiles({ world }: Scene): Promise<string[]> {
  const folder = world.environment['DATA_DIR'] ?? '';
  const clock = inAYear;
  const files = await createFileStore(folder, clock);
  const { database, close } = await openDatabase(world.environment['DATABASE_URL'] ?? '');
  const logger = createLogger('silent');
  const storedFiles = createStoredFiles({ database, files, guildBytes: 1e9, clock, logger });
  await sweepFiles({
    database,
    files,
    storedFiles,
    clock,
    retentionMs: DAY,
    findJob: async (jobId) => createJobStore(database).fileJob(jobId),
    signal: new AbortController().signal,
  });
  await close();
  const kept = await readdir(world.folder, { recursive: true, withFileTypes: true });
  return kept
    .filter((entry) => entry.isFile())
    .map((entry) => relative(world.folder, join(entry.parentPath, entry.name)))
    .filter((name) => !name.startsWith('bot.db'));
}

const inAYear: Clock = {
  now: () => Date.now() + 365 * DAY,
  sleep: () => Promise.reject(new Error('This clock does not sleep')),
};
