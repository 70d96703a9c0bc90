import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

import type { DatabaseKind } from './test/builders/database.ts';
import { POSTGRES_VARIABLE, postgresUrl } from './test/builders/postgres.ts';

const ALL = 'test/**/*.test.ts';
const SCENARIOS = 'test/scenarios/**/*.test.ts';

/**
 * Played on SQLite alone: what they are about comes before the database, or after it, and would be
 * the same test twice.
 */
const NOT_ABOUT_THE_DATABASE = [
  // The edge of the process: settings, signals, exit codes.
  'test/scenarios/process.test.ts',
  // Discord falls silent.
  'test/scenarios/gateway.test.ts',
  // Re-encoding with ffmpeg.
  'test/scenarios/large-videos.test.ts',
  // Tables of files, options and texts, and what is made of each.
  'test/scenarios/bad-input.test.ts',
  'test/scenarios/references.test.ts',
  'test/scenarios/member-text.test.ts',
  // What comes from outside, and is refused before anything is written.
  'test/scenarios/security.test.ts',
  // What Discord answers to a finished video, and what the disk of the files does.
  'test/scenarios/delivery-ladder.test.ts',
  'test/scenarios/disk-full.test.ts',
];

/**
 * Scenarios at once in each worker. A bot has up to 11 connections, the test's look at its books
 * one or two more, and its hold on the database one; a Postgres that is set up as it comes has 100 for all.
 */
const MOST_ON_POSTGRES = 2;

function scenariosOn(
  databaseKind: DatabaseKind,
  exclude: readonly string[] = [],
): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name: `scenarios on ${databaseKind}`,
      include: [SCENARIOS],
      exclude: [...exclude],
      provide: { databaseKind },
      ...(databaseKind === 'postgres' ? { maxConcurrency: MOST_ON_POSTGRES } : {}),
    },
  };
}

function projects(): TestProjectInlineConfiguration[] {
  const everywhere: TestProjectInlineConfiguration[] = [
    { extends: true, test: { name: 'unit', include: [ALL], exclude: [SCENARIOS] } },
    scenariosOn('sqlite'),
  ];
  if (postgresUrl() !== undefined) {
    return [...everywhere, scenariosOn('postgres', NOT_ABOUT_THE_DATABASE)];
  }
  process.stderr.write(`[nothing is tested on Postgres: ${POSTGRES_VARIABLE} is not set]\n`);
  return everywhere;
}

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Most tests wait for sockets and databases more than they compute.
    maxWorkers: 3,
    // Nothing in src works on import or keeps state in a module: discord.js and the app are loaded
    // once for each worker, not for each file. Halves the time of short files.
    isolate: false,
    globalSetup: ['test/builders/postgres-run.ts'],
    projects: projects(),
  },
});
