import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

import { CHROMIUM_VARIABLE, chromiumPath } from './sandbox/chromium.ts';
import type { DatabaseKind } from './test/databases/database.ts';
import { POSTGRES_VARIABLE, postgresUrl } from './test/databases/postgres.ts';

const ALL = 'test/**/*.test.ts';
const SCENARIOS = 'test/scenarios/**/*.test.ts';
const BROWSER = 'test/browser/**/*.test.ts';
/**
 * Long runs on one database: what Discord leaves out of its payloads, field by field, in which the
 * database plays no part; and a short chaos run, which `npm run chaos` plays at length on both.
 */
const ON_SQLITE_ONLY = ['test/scenarios/openapi*.test.ts', 'test/scenarios/chaos.test.ts'];

/**
 * Scenarios at once in each worker. A bot has up to 11 connections, the test's look at its books
 * one or two more, and its hold on the database one; a Postgres that is set up as it comes has 100 for all.
 */
const MOST_ON_POSTGRES = 2;

function scenariosOn(databaseKind: DatabaseKind): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name: `scenarios on ${databaseKind}`,
      include: [SCENARIOS],
      provide: { databaseKind },
      ...(databaseKind === 'postgres'
        ? { maxConcurrency: MOST_ON_POSTGRES, exclude: ON_SQLITE_ONLY }
        : {}),
    },
  };
}

function projects(): TestProjectInlineConfiguration[] {
  const everywhere: TestProjectInlineConfiguration[] = [
    { extends: true, test: { name: 'unit', include: [ALL], exclude: [SCENARIOS, BROWSER] } },
    scenariosOn('sqlite'),
    ...browserProject(),
  ];
  if (postgresUrl() !== undefined) {
    return [...everywhere, scenariosOn('postgres')];
  }
  process.stderr.write(`[nothing is tested on Postgres: ${POSTGRES_VARIABLE} is not set]\n`);
  return everywhere;
}

/** The playground in a real browser, where there is one. */
function browserProject(): TestProjectInlineConfiguration[] {
  if (chromiumPath() !== undefined)
    return [{ extends: true, test: { name: 'browser', include: [BROWSER] } }];
  process.stderr.write(
    `[nothing is tested in a browser: no Chromium, and ${CHROMIUM_VARIABLE} is not set]\n`,
  );
  return [];
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
    globalSetup: ['test/databases/postgres-run.ts'],
    projects: projects(),
  },
});
